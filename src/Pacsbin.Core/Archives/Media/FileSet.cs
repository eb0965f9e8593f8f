namespace Pacsbin.Archives.Media;

/// <summary>The names in a file-set of ours: at most eight capitals, digits and low lines each (PS3.10 8.2), without extension (PS3.12).</summary>
internal static class FileSet
{
    public const string DirectoryName = "DICOMDIR";
    public const string FolderName = "DICOM";
    private const int Most = 999_999;

    /// <summary>The components of a file's ID.</summary>
    /// <param name="study">Counted from 0.</param>
    /// <param name="file">Counted from 0.</param>
    /// <exception cref="PacsbinException">LimitExceeded beyond a million.</exception>
    public static string[] PlaceOf(int study, int file) => study < Most && file < Most
        ? [FolderName, $"ST{study + 1:D6}", $"IM{file + 1:D6}"]
        : throw new PacsbinException(PacsbinError.LimitExceeded, $"A DICOMDIR of more than {Most} studies, or of studies of more than {Most} files, has no names for them.");

    /// <summary>Whether a name is that of a study's folder, or of a file in it.</summary>
    public static bool IsName(string name, string start) => name.Length == 8 && name.StartsWith(start, StringComparison.Ordinal) && name.AsSpan(2).IndexOfAnyExceptInRange('0', '9') < 0;
}
