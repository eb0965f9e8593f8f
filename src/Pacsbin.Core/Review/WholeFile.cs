namespace Pacsbin.Review;

/// <summary>A file that appears when it is whole.</summary>
internal static class WholeFile
{
    /// <summary>Writes a file under another name and renames it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="force">Whether a file that is there is replaced.</param>
    /// <param name="taken">What to say if a file is there.</param>
    /// <param name="write">Writes the content, and may read it again; false if there is to be no file after all.</param>
    /// <param name="isPrivate">Whether only its owner may read it; Windows leaves that to the folder.</param>
    /// <exception cref="PacsbinException">DestinationExists, FileAccessDenied, FileIo, or what <paramref name="write"/> throws.</exception>
    public static bool Write(string path, bool force, string taken, Func<Stream, bool> write, bool isPrivate = false)
    {
        RequireFree(path, force, taken);
        var partial = PartialOf(path);
        try
        {
            bool isMeant;
            using (var stream = Create(partial, isPrivate))
            {
                isMeant = write(stream);
            }

            if (!isMeant)
            {
                Delete(partial);
                return false;
            }

            RequireFree(path, force, taken); // again: writing takes time
            File.Move(partial, path, overwrite: force);
            return true;
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            Delete(partial);
            if (e is IOException)
            {
                RequireFree(path, force, taken); // somebody else's file may have appeared since
            }

            throw known;
        }
        catch
        {
            Delete(partial);
            throw;
        }
    }

    /// <summary>A private file beside another one that is gone when it is closed.</summary>
    public static FileStream CreateTemporary(string path) => Create(PartialOf(path), isPrivate: true, FileOptions.DeleteOnClose);

    private static string PartialOf(string path) => Path.Join(Path.GetDirectoryName(path), $".{Guid.NewGuid():N}.partial");

    private static FileStream Create(string path, bool isPrivate, FileOptions options = FileOptions.None)
    {
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = options };
        if (isPrivate && !OperatingSystem.IsWindows())
        {
            how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, how);
    }

    private static void RequireFree(string path, bool force, string taken)
    {
        if (!force && Path.Exists(path))
        {
            throw new PacsbinException(PacsbinError.DestinationExists, taken);
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
            // What stays is hidden and no whole file; the first error is the one to tell.
        }
    }
}
