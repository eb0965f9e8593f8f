using System.Net;

namespace Pacsbin.Sidecar;

/// <summary>What a sidecar may touch and where it listens.</summary>
/// <remarks>The serializer sets members that a file leaves out to null; lists are empty then.</remarks>
public sealed record SidecarOptions
{
    private const int DefaultRetrySeconds = 30;

    /// <summary>The TCP port; 0 for one that is free.</summary>
    public int Port { get; init; }

    /// <summary>The addresses to listen on; none for 127.0.0.1 and ::1.</summary>
    public IReadOnlyList<string> Listen { get; init => field = value ?? []; } = [];

    /// <summary>Whether others than loopback addresses may be among <see cref="Listen"/>, which needs <see cref="CertificateFile"/> too.</summary>
    public bool AllowRemote { get; init; }

    /// <summary>A PKCS #12 file without password, readable by its owner only, or a PEM file with certificate and key; null for plain http.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Names beside those of this machine's loopback under which clients may ask; only with TLS.</summary>
    public IReadOnlyList<string> HostNames { get; init => field = value ?? []; } = [];

    /// <summary>Folders with source studies and scripts, which may be read.</summary>
    public IReadOnlyList<string> Roots { get; init => field = value ?? []; } = [];

    /// <summary>The folder of the workspace, or one with workspaces in it; null for none.</summary>
    public string? Workspace { get; init; }

    /// <summary>The folder with projects in it; null for none.</summary>
    public string? Projects { get; init; }

    /// <summary>The folder in which studies that are fetched from archives may be written, and read again; null for none.</summary>
    public string? Received { get; init; }

    /// <summary>The folder to which approved studies may be copied; null for none.</summary>
    public string? Outgoing { get; init; }

    /// <summary>The folder in which jobs, schedules and uploads are kept, for its owner only; null for one in the user's application data for this workspace. A connection string of PostgreSQL, which has "Host=", lets several sidecars share them.</summary>
    public string? Store { get; init; }

    /// <summary>With a database as <see cref="Store"/>: the folder that all its sidecars share, for the key of what is in the database, which must not be there too, and for uploads.</summary>
    public string? Shared { get; init; }

    /// <summary>How long a job waits that an archive has failed; twice as long after each attempt; 0 for 30.</summary>
    public int RetrySeconds { get; init => field = value == 0 ? DefaultRetrySeconds : value; } = DefaultRetrySeconds;

    /// <summary>Whether the store is a database that several sidecars share.</summary>
    public bool IsStoreShared => Store?.Contains("Host=", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The collector of OpenTelemetry that gets metrics and traces by OTLP over HTTP; null for none.</summary>
    public Uri? Telemetry { get; init; }

    /// <summary>Where the token is written; null for a file in the user's application data that has the port in its name.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Whether Ctrl+C and the end of its console leave it alone.</summary>
    public bool Background { get; init; }

    /// <summary>Whether a one-time link for a browser is printed at the start.</summary>
    public bool PrintLoginLink { get; init; }

    /// <summary>The addresses to listen on.</summary>
    public IReadOnlyList<IPAddress> Addresses => Listen.Count == 0 ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [.. Listen.Select(IPAddress.Parse)];

    /// <summary>The first thing that is wrong; null if all is well.</summary>
    public string? Problem() => this switch
    {
        { Port: < 0 or > 65535 } => "A port is a number from 0 to 65535.",
        _ when Listen.Any(a => !IPAddress.TryParse(a, out _)) => "Listen takes addresses, such as 127.0.0.1.",
        { CertificateFile: { } certificate } when !File.Exists(certificate) => "The certificate's file does not exist.",
        { CertificateFile: null } when HostNames.Count > 0 => "Other host names need TLS: give a certificate.",
        _ when HostNames.Any(h => Uri.CheckHostName(h) != UriHostNameType.Dns) => "A host name is a name of DNS, without a port.",
        _ when Addresses.Any(a => !IPAddress.IsLoopback(a)) && (CertificateFile is null || !AllowRemote) =>
            "Others than this machine could connect: addresses other than 127.0.0.1 and ::1 need a certificate and the switch --allow-remote.",
        { IsStoreShared: true, Shared: null } => "A database as the store needs --shared: a folder that all its sidecars share.",
        { IsStoreShared: false, Shared: not null } => "--shared is for a database as the store.",
        { Telemetry: { } collector } when !collector.IsAbsoluteUri || (collector.Scheme != Uri.UriSchemeHttps && !(collector.Scheme == Uri.UriSchemeHttp && collector.IsLoopback)) =>
            "Telemetry takes an address of https, or of http on this machine.",
        { RetrySeconds: < 1 or > 3600 } => "Waiting takes from 1 to 3600 seconds.",
        _ => Roots.Append(Workspace).Append(Projects).Append(Received).Append(Outgoing).Append(Shared).OfType<string>().Select(ProblemOf).FirstOrDefault(p => p is not null),
    };

    private static string? ProblemOf(string folder) =>
        !Directory.Exists(folder) ? "A folder that is named on the command line or in the configuration does not exist."
        : Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) is null ? "The root of a file system is no folder to allow: it would allow every file."
        : null;
}
