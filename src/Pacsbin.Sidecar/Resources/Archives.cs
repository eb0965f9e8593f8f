using Pacsbin.Archives;

namespace Pacsbin.Sidecar.Resources;

/// <summary>Where the secret of an archive is.</summary>
public enum SecretPlace
{
    /// <summary>It has none.</summary>
    None,

    /// <summary>Stored, encrypted.</summary>
    Stored,

    /// <summary>In an environment variable.</summary>
    Variable,
}

/// <summary>A registered archive, without its secret and without paths.</summary>
/// <param name="Name">What a person calls it.</param>
/// <param name="QidoUri">The root of QIDO-RS; null if the archive cannot be searched.</param>
/// <param name="WadoUri">The root of WADO-RS; null if nothing can be fetched.</param>
/// <param name="StowUri">The root of STOW-RS; null if nothing can be stored.</param>
/// <param name="Authentication">How the archive knows who asks.</param>
/// <param name="Secret">Where password, token or client secret is.</param>
/// <param name="Thumbprint">SHA-256 of the only certificate that is accepted; null for any that is trusted.</param>
/// <param name="AllowHttp">Whether plain http may leave this machine.</param>
public sealed record ArchiveSummary(string Name, Uri? QidoUri, Uri? WadoUri, Uri? StowUri, ArchiveAuthentication Authentication, SecretPlace Secret, string? Thumbprint, bool AllowHttp)
{
    internal static ArchiveSummary Of(ArchiveDefinition archive) => new(
        archive.Name, archive.QidoUri, archive.WadoUri, archive.StowUri, archive.Authentication,
        archive.SecretVariable is not null ? SecretPlace.Variable : archive.ProtectedSecret is not null ? SecretPlace.Stored : SecretPlace.None,
        archive.Thumbprint, archive.AllowHttp);
}

/// <summary>The archives that the sidecar's user has registered.</summary>
public sealed record ArchiveList(IReadOnlyList<ArchiveSummary> Archives);
