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
    public static void Write(string path, bool force, Action<Stream> write)
    {
        RequireFree(path, force);
        var partial = Path.Join(Path.GetDirectoryName(path), $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.partial");
        try
        {
            using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
            }

            RequireFree(path, force); // again: drawing takes time
            File.Move(partial, path, overwrite: force);
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            Delete(partial);
            if (e is IOException)
            {
                RequireFree(path, force); // somebody else's picture may have appeared since
            }

            throw known;
        }
        catch
        {
            Delete(partial);
            throw;
        }
    }

    private static void RequireFree(string path, bool force)
    {
        if (!force && Path.Exists(path))
        {
            throw new PacsbinException(PacsbinError.DestinationExists, "The destination has a picture of this image already.");
        }
    }

    private static void Delete(string partial)
    {
        try
        {
            File.Delete(partial);
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is not null)
        {
            // What stays is hidden and is no picture yet; the first error is the one to tell.
        }
    }
}
