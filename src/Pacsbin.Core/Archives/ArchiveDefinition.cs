using System.Net;
using System.Text.Json.Serialization;

namespace Pacsbin.Archives;

/// <summary>How an archive knows who asks.</summary>
public enum ArchiveAuthentication
{
    /// <summary>It does not ask.</summary>
    None,

    /// <summary>User name and password (RFC 7617).</summary>
    Basic,

    /// <summary>A token (RFC 6750).</summary>
    Bearer,

    /// <summary>A certificate of the client, in the TLS handshake.</summary>
    ClientCertificate,

    /// <summary>A token that a token endpoint gives for client id and client secret (RFC 6749 section 4.4).</summary>
    OAuth2ClientCredentials,
}

/// <summary>An archive or a PACS that speaks DICOMweb (PS3.18): where it is, and how it is sure of us and we of it.</summary>
public sealed record ArchiveDefinition
{
    /// <summary>The longest name.</summary>
    public const int MaximumNameLength = 64;

    /// <summary>What a person calls it; case does not matter.</summary>
    public required string Name { get; init; }

    /// <summary>The root of QIDO-RS, before <c>/studies</c>; null if the archive cannot be searched.</summary>
    public Uri? QidoUri { get; init; }

    /// <summary>The root of WADO-RS; null if nothing can be fetched.</summary>
    public Uri? WadoUri { get; init; }

    /// <summary>The root of STOW-RS; null if nothing can be stored.</summary>
    public Uri? StowUri { get; init; }

    /// <summary>How the archive knows who asks.</summary>
    public ArchiveAuthentication Authentication { get; init; }

    /// <summary>User name of Basic, or client id of OAuth 2.0.</summary>
    public string? UserName { get; init; }

    /// <summary>The token endpoint of OAuth 2.0.</summary>
    public Uri? TokenUri { get; init; }

    /// <summary>The scope that a token is asked for; null for none.</summary>
    public string? Scope { get; init; }

    /// <summary>The full path of the client's certificate with its key: PKCS #12, or PEM.</summary>
    public string? ClientCertificatePath { get; init; }

    /// <summary>The environment variable that holds password, token or client secret; null if it is stored or there is none.</summary>
    public string? SecretVariable { get; init; }

    /// <summary>Password, token or client secret, encrypted by <see cref="ArchiveStore"/>; null if there is none.</summary>
    public string? ProtectedSecret { get; init; }

    /// <summary>The full path of a PEM file with the certificate authorities that may have signed the archive's certificate; null for those of the operating system.</summary>
    public string? CaPath { get; init; }

    /// <summary>SHA-256 of the only certificate that is accepted, 64 hexadecimal digits; null for any that is trusted.</summary>
    public string? Thumbprint { get; init; }

    /// <summary>Whether plain http may leave this machine.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>What names the archive in manifests; null if nothing can be stored.</summary>
    [JsonIgnore]
    public string? Target => StowUri is null ? null : At(StowUri, "studies").AbsoluteUri;

    /// <summary>The address of a resource below the root of a service.</summary>
    public static Uri At(Uri root, string resource) => new($"{root.AbsoluteUri.TrimEnd('/')}/{resource}");

    /// <summary>The name only.</summary>
    public override string ToString() => Name;

    /// <summary>The first thing that is wrong; null if all is well.</summary>
    public string? Problem() => this switch
    {
        _ when Name.Length is 0 or > MaximumNameLength || Name.Trim() != Name || Name.Any(char.IsControl) =>
            $"An archive's name is 1 to {MaximumNameLength} printable characters without space around them.",
        { QidoUri: null, WadoUri: null, StowUri: null } => "An archive has at least one of QIDO-RS, WADO-RS and STOW-RS.",
        { Authentication: ArchiveAuthentication.Basic or ArchiveAuthentication.OAuth2ClientCredentials, UserName: null or "" } => $"{Authentication} needs a user name or client id.",
        { Authentication: ArchiveAuthentication.Basic } when UserName!.Contains(':', StringComparison.Ordinal) || UserName.Any(char.IsControl) => "A user name of Basic has no colon (RFC 7617).",
        { Authentication: ArchiveAuthentication.OAuth2ClientCredentials, TokenUri: null } => "OAuth 2.0 needs a token endpoint.",
        { Authentication: ArchiveAuthentication.ClientCertificate, ClientCertificatePath: null } => "The client's certificate is missing.",
        { Authentication: not ArchiveAuthentication.ClientCertificate, ClientCertificatePath: not null } => "A client's certificate is for the authentication ClientCertificate.",
        { Authentication: ArchiveAuthentication.ClientCertificate } when Uris.Any(u => !u.IsAbsoluteUri || u.Scheme != Uri.UriSchemeHttps) => "A client's certificate needs https.",
        { Authentication: ArchiveAuthentication.None } when HasSecret => "There is a secret, and nothing that it is for.",
        { Authentication: ArchiveAuthentication.Basic or ArchiveAuthentication.Bearer or ArchiveAuthentication.OAuth2ClientCredentials } when !HasSecret => $"{Authentication} needs a secret.",
        { Thumbprint: { } thumbprint } when thumbprint.Length != 64 || !thumbprint.All(char.IsAsciiHexDigit) => "A thumbprint is the SHA-256 of the certificate: 64 hexadecimal digits.",
        _ => Uris.Select(ProblemOf).FirstOrDefault(p => p is not null),
    };

    private bool HasSecret => SecretVariable is not null || ProtectedSecret is not null;

    private IEnumerable<Uri> Uris => new[] { QidoUri, WadoUri, StowUri, TokenUri }.OfType<Uri>();

    private string? ProblemOf(Uri uri) =>
        !uri.IsAbsoluteUri || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp) ? "An archive's address begins with https://, or http://."
        : uri.UserInfo.Length > 0 ? "An archive's address has no user name or password in it."
        : uri.Query.Length > 0 || uri.Fragment.Length > 0 ? "An archive's address has no ? and no # in it."
        : uri.Scheme == Uri.UriSchemeHttp && !AllowHttp && !IsThisMachine(uri) ? "Without TLS others can read what is fetched and sent: http needs AllowHttp, or an address of this machine."
        : null;

    /// <summary>Whether an address is of this machine; the name loopback, which .NET takes for one, is like any other.</summary>
    internal static bool IsThisMachine(Uri uri) =>
        uri.HostNameType is UriHostNameType.Dns ? uri.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) : IPAddress.TryParse(uri.DnsSafeHost, out var address) && IPAddress.IsLoopback(address);
}
