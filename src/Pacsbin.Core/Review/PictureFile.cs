using Pacsbin.Studies;

namespace Pacsbin.Review;

/// <summary>A picture's file in a folder, which appears when it is whole.</summary>
internal static class PictureFile
{
    private const int LongestUid = 64; // PS3.5 9.1

    /// <summary>A file name from a UID; what cannot be in one is replaced, so that no name and no path gets in.</summary>
    public static string NameOf(string uid, string suffix)
    {
        var name = string.Concat(uid.Take(LongestUid).Select(c => char.IsAsciiDigit(c) || c == '.' ? c : '_'));
        return (name.Trim('.').Length == 0 ? "_" : name.Trim('.')) + suffix;
    }

    /// <summary>Writes a file under another name and renames it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="force">Whether a file that is there is replaced.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="PacsbinException">DestinationExists, FileAccessDenied, FileIo, or what <paramref name="write"/> throws.</exception>
    public static void Write(string path, bool force, Action<Stream> write) =>
        WholeFile.Write(path, force, "The destination has a picture of this image already.", stream =>
        {
            write(stream);
            return true;
        });
}
