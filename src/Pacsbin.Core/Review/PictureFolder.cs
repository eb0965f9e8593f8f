using Pacsbin.Studies;

namespace Pacsbin.Review;

/// <summary>The folder that pictures go to, which is never one that is given away as de-identified.</summary>
internal static class PictureFolder
{
    /// <summary>Makes the folder unless pictures do not belong there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="showsSources">Whether pictures of source studies are among them.</param>
    /// <exception cref="PacsbinException">DestinationExists if it is a study of a workspace or inside of one, or, for source studies, a workspace; FileIo, FileAccessDenied.</exception>
    public static void Make(string folder, bool showsSources)
    {
        try
        {
            Require(RealPathOf(folder), showsSources);
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    /// <summary>Whether a folder is a study of a workspace or inside of one.</summary>
    public static bool IsInStudy(string folder) => IsOfStudy(RealPathOf(folder));

    private static string RealPathOf(string folder) => RealPath.Of(new DirectoryInfo(Path.GetFullPath(folder)), new(StringComparer.Ordinal));

    private static bool IsOfStudy(string folder) => HasManifest(folder) || HasManifest(Path.GetDirectoryName(folder));

    private static void Require(string folder, bool showsSources)
    {
        if (IsOfStudy(folder))
        {
            throw new PacsbinException(PacsbinError.DestinationExists, "Pictures do not belong into the folder of a de-identified study. Choose another destination.");
        }

        if (showsSources && (IsWorkspace(folder) || IsWorkspace(Path.GetDirectoryName(folder))))
        {
            throw new PacsbinException(PacsbinError.DestinationExists, "Pictures of a source study do not belong into a workspace. Choose another destination.");
        }
    }

    private static bool HasManifest(string? folder) => File.Exists(Path.Join(folder, Manifest.FileName));

    // Others have files of that name too, so it is read: a folder beside the temporary files of all programs must not be refused.
    private static bool IsWorkspace(string? folder) =>
        Directory.Exists(folder) && Directory.EnumerateDirectories(folder, "*", new EnumerationOptions()).Any(f => HasManifest(f) && Workspace.ManifestOf(f) is not null);
}
