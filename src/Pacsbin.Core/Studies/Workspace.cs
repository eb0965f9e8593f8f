using System.Buffers;

namespace Pacsbin.Studies;

/// <summary>A destination folder: one folder for each de-identified study, with its files and <see cref="Manifest"/>.</summary>
internal static class Workspace
{
    private static readonly SearchValues<char> UidCharacters = SearchValues.Create("0123456789.");

    /// <summary>Whether a folder is a study of a workspace.</summary>
    public static bool IsStudy(string folder) => File.Exists(Path.Join(folder, Manifest.FileName));

    /// <summary>Takes state and findings of a study that is in a workspace from its manifest.</summary>
    public static void ReadState(DicomStudy study)
    {
        if (!IsStudy(study.Path))
        {
            return;
        }

        Manifest manifest;
        try
        {
            manifest = Manifest.Read(study.Path)!;
        }
        catch (PacsbinException)
        {
            // Without its manifest the study counts as not reviewed; writing to it reports the error.
            study.State = StudyState.Deidentified;
            return;
        }

        study.State = manifest.State;
        foreach (var finding in manifest.Files.SelectMany(f => f.Findings ?? []))
        {
            study.Add(finding);
        }
    }

    /// <summary>Refuses to let a study's folder be replaced that holds anything beside what its manifest lists, or a file that is read for it.</summary>
    /// <exception cref="PacsbinException">DestinationExists; FileIo, FileAccessDenied.</exception>
    public static void RequireReplaceable(string folder, Manifest manifest, DicomStudy source)
    {
        try
        {
            var known = manifest.Files.Select(f => f.Name).Append(Manifest.FileName).ToHashSet(StringComparer.Ordinal);
            if (Directory.EnumerateFileSystemEntries(folder).Any(e => !known.Contains(Path.GetFileName(e))))
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

    /// <summary>Whether a text has only what a UID may have (PS3.5 9.1): digits and periods, at most 64.</summary>
    public static bool IsUid(string uid) => uid.Length is > 0 and <= 64 && !uid.AsSpan().ContainsAnyExcept(UidCharacters);

    /// <summary>A name for a study's folder or an instance's file: the UID if it is one, never anything that leads elsewhere.</summary>
    public static string SafeName(string uid) =>
        IsUid(uid) && uid[0] != '.' && !uid.Contains("..", StringComparison.Ordinal)
            ? uid
            : throw new PacsbinException(PacsbinError.MalformedElement, "The UID is not legal (PS3.5 9.1) and cannot name a file.");
}
