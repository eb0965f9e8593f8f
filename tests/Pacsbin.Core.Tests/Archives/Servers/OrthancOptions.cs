using System.Security.Cryptography.X509Certificates;

namespace Pacsbin.Tests.Archives.Servers;

/// <summary>How an <see cref="OrthancServer"/> is set up.</summary>
internal sealed record OrthancOptions
{
    /// <summary>Makes the server speak HTTPS with this certificate, which has its key.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Makes the server refuse clients that have no certificate by this authority.</summary>
    public X509Certificate2? ClientAuthority { get; init; }

    /// <summary>What the tests themselves show a server that asks for a certificate.</summary>
    public X509Certificate2? ControlCertificate { get; init; }

    /// <summary>Names and passwords for Basic authentication; none: everybody may do everything.</summary>
    public IReadOnlyDictionary<string, string> Users { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether an instance that comes again replaces the stored one.</summary>
    public bool Overwrites { get; init; }

    /// <summary>Whether the server notes every instance that comes, also one that it has already; this costs it time.</summary>
    public bool CountsArrivals { get; init; }

    /// <summary>Entries of the configuration file that replace ours.</summary>
    public IReadOnlyDictionary<string, object> More { get; init; } = new Dictionary<string, object>();
}
