using Pacsbin.Archives;

namespace Pacsbin.PowerShell;

/// <summary>Where the secret of an archive is.</summary>
public enum ArchiveSecretSource
{
    /// <summary>It has none.</summary>
    None,

    /// <summary>Stored, encrypted.</summary>
    Stored,

    /// <summary>In an environment variable.</summary>
    Variable,
}

/// <summary>An archive, as it is shown: without its secret.</summary>
/// <param name="Name">What a person calls it.</param>
/// <param name="QidoUri">The root of QIDO-RS; null if the archive cannot be searched.</param>
/// <param name="WadoUri">The root of WADO-RS; null if nothing can be fetched.</param>
/// <param name="StowUri">The root of STOW-RS; null if nothing can be stored.</param>
/// <param name="Authentication">How the archive knows who asks.</param>
/// <param name="UserName">User name or client id; null for none.</param>
/// <param name="Secret">Where password, token or client secret is.</param>
/// <param name="SecretVariable">The environment variable that holds it; null if it is elsewhere.</param>
/// <param name="TokenUri">The token endpoint of OAuth 2.0; null for none.</param>
/// <param name="Scope">The scope of a token; null for none.</param>
/// <param name="ClientCertificate">The file with the client's certificate; null for none.</param>
/// <param name="CaFile">The file with the authorities that are trusted; null for those of the operating system.</param>
/// <param name="Thumbprint">SHA-256 of the only certificate that is accepted; null for any that is trusted.</param>
/// <param name="AllowHttp">Whether plain http may leave this machine.</param>
public sealed record PacsbinArchive(
    string Name, Uri? QidoUri, Uri? WadoUri, Uri? StowUri, ArchiveAuthentication Authentication, string? UserName, ArchiveSecretSource Secret, string? SecretVariable, Uri? TokenUri, string? Scope,
    string? ClientCertificate, string? CaFile, string? Thumbprint, bool AllowHttp)
{
    /// <summary>The name.</summary>
    public override string ToString() => Name;

    internal static PacsbinArchive Of(ArchiveDefinition archive) => new(
        archive.Name, archive.QidoUri, archive.WadoUri, archive.StowUri, archive.Authentication, archive.UserName,
        archive.SecretVariable is not null ? ArchiveSecretSource.Variable : archive.ProtectedSecret is not null ? ArchiveSecretSource.Stored : ArchiveSecretSource.None,
        archive.SecretVariable, archive.TokenUri, archive.Scope, archive.ClientCertificatePath, archive.CaPath, archive.Thumbprint, archive.AllowHttp);
}
