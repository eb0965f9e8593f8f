using System.Buffers;

namespace Pacsbin.Studies;

/// <summary>A destination folder: one folder for each de-identified study, with its files and <see cref="Manifest"/>.</summary>
public static class Workspace
{
    private static readonly SearchValues<char> UidCharacters = SearchValues.Create("0123456789.");

    /// <summary>The manifest of a folder that is a study of a workspace; null if there is none, or a file of that name that is no manifest.</summary>
    public static Manifest? ManifestOf(string folder)
    {
        try
        {
            return Manifest.Read(folder);
        }
        catch (PacsbinException)
        {
            return null; // without a manifest nothing says that the files are de-identified
        }
    }

    /// <summary>Refuses to let a study's folder be replaced that holds anything beside what its manifest lists, or a file that is read for it.</summary>
    /// <exception cref="PacsbinException">DestinationExists; FileIo, FileAccessDenied.</exception>
    internal static void RequireReplaceable(string folder, Manifest manifest, DicomStudy source)
    {
        try
        {
            if (CountUnlisted(folder, manifest) > 0)
            {
                throw new PacsbinException(PacsbinError.DestinationExists, "The study's folder in the workspace holds files that its manifest does not list; they would be lost.");
            }

            var folders = new Dictionary<string, string>(StringComparer.Ordinal);
            var real = RealPath.Of(new DirectoryInfo(folder), folders);
            if (source.Series.SelectMany(s => s.Instances).Select(i => i.File.Folder).Distinct().Any(f => RealPath.Of(new DirectoryInfo(f), folders) == real))
            {
                throw new PacsbinException(PacsbinError.DestinationExists, "The study would replace the files that it is made from.");
            }
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    /// <summary>How many files and folders are in a study's folder that its manifest does not list, and that no interrupted run has left.</summary>
    internal static int CountUnlisted(string folder, Manifest manifest)
    {
        var known = manifest.Files.Select(f => f.Name).Append(Manifest.FileName).Append(Manifest.TemporaryName).Append(StagingJournal.FileName).ToHashSet(StringComparer.Ordinal);
        var all = new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false };
        return new DirectoryInfo(folder).EnumerateFileSystemInfos("*", all).Count(e => e is DirectoryInfo { LinkTarget: null } || !known.Contains(e.Name));
    }

    /// <summary>Whether a text has only what a UID may have (PS3.5 9.1): digits with single periods between them, at most 64.</summary>
    public static bool IsUid(string uid) =>
        uid.Length is > 0 and <= 64 && !uid.AsSpan().ContainsAnyExcept(UidCharacters) && uid[0] != '.' && !uid.Contains("..", StringComparison.Ordinal);

    /// <summary>Whether a text is UIDs with backslashes between them.</summary>
    public static bool AreUids(string text) => text.Split('\\').All(IsUid);

    /// <summary>A name for a study's folder or an instance's file: the UID if it is one, never anything that leads elsewhere.</summary>
    public static string SafeName(string uid) =>
        IsUid(uid)
            ? uid
            : throw new PacsbinException(PacsbinError.MalformedElement, "The UID is not legal (PS3.5 9.1) and cannot name a file.");
}
