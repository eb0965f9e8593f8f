using System.IO.Hashing;
using System.Text;

namespace Pacsbin.Studies;

/// <summary>A file that appears when it is whole: whatever happens, it is all there or not at all.</summary>
public static class WholeFile
{
    private const string Ending = ".partial";
    private const int LongestName = 200;
    private const int BufferSize = 4096;
    private const int MostAttempts = 16;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a file under another name and gives it its own when it is on the disk.</summary>
    /// <param name="path">Where the file is to be; a link there is replaced, not followed.</param>
    /// <param name="force">Whether a file that is there is replaced.</param>
    /// <param name="taken">What to say if a file is there.</param>
    /// <param name="write">Writes the content, and may read it again; false if there is to be no file after all.</param>
    /// <param name="isPrivate">Whether nobody else may read it, from its creation on; Windows leaves that to the content or the folder.</param>
    /// <exception cref="PacsbinException">DestinationExists; FileAccessDenied also if the file system cannot keep others out; FileIo, FileNotFound, or what <paramref name="write"/> throws.</exception>
    public static bool Write(string path, bool force, string taken, Func<Stream, bool> write, bool isPrivate = false) =>
        Write(path, force, taken, write, isPrivate, BufferSize);

    /// <summary>Writes a small file in the same way.</summary>
    /// <param name="path">Where the file is to be; a link there is replaced, not followed.</param>
    /// <param name="content">All of its bytes.</param>
    /// <param name="ownerOnly">Whether nobody else may read it, from its creation on. On Windows the content has to see to that.</param>
    /// <param name="replace">Whether a file that is there gives way.</param>
    /// <exception cref="PacsbinException">DestinationExists; FileAccessDenied also if the file system cannot keep others out; FileIo, FileNotFound.</exception>
    public static void Write(string path, byte[] content, bool ownerOnly, bool replace) =>
        Write(
            path,
            replace,
            "The file is there already.",
            stream =>
            {
                stream.Write(content);
                return true;
            },
            ownerOnly,
            bufferSize: 0); // none that a key would stay in

    /// <summary>Opens a file that another writer may be about to replace, or has just put there and not yet closed; the caller closes it.</summary>
    public static FileStream OpenRead(string path) =>
        new(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });

    /// <summary>A private file beside another one that is gone when it is closed.</summary>
    internal static FileStream CreateTemporary(string path) => Create(path, isPrivate: true, BufferSize, FileOptions.DeleteOnClose);

    private static bool Write(string path, bool force, string taken, Func<Stream, bool> write, bool isPrivate, int bufferSize)
    {
        RequireFree(path, force, taken);
        FileStream? file = null;
        try
        {
            if (isPrivate)
            {
                RemoveLeftovers(path); // a folder of thousands of pictures is not searched for each of them
            }

            file = Create(path, isPrivate, bufferSize);
            if (!write(file))
            {
                Delete(file);
                return false;
            }

            file.Flush(flushToDisk: true);
            RequireFree(path, force, taken); // again: writing takes time
            File.Move(file.Name, path, overwrite: force); // still open, or another writer could take it for a leftover
            file.Dispose();
            return true;
        }
        catch (IOException e) when (!force && IsExisting(e))
        {
            Delete(file);
            throw new PacsbinException(PacsbinError.DestinationExists, taken); // another process was faster; a moment later it loses, so whoever needs more takes a lock
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            Delete(file);
            throw known;
        }
        catch
        {
            Delete(file);
            throw;
        }
    }

    private static FileStream Create(string path, bool isPrivate, int bufferSize, FileOptions options = FileOptions.None)
    {
        // Readers are let in: the file has its own name already while it is still open. Whoever looks for leftovers opens with FileShare.None, which this is enough to stop.
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Read | FileShare.Delete, Options = options, BufferSize = bufferSize };
        if (isPrivate && !OperatingSystem.IsWindows())
        {
            how.UnixCreateMode = OwnerOnly;
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // A name that nobody can foresee or have made a file of: two writers never share one.
                var file = new FileStream(Path.Join(Path.GetDirectoryName(path), $"{StartOf(path)}{Guid.NewGuid():N}{Ending}"), how);
                if (isPrivate && IsExposed(file))
                {
                    Delete(file);
                    throw new PacsbinException(PacsbinError.FileAccessDenied, "This file system does not keep permissions, so others could read the file. Choose another place.");
                }

                if (attempt == MostAttempts || File.Exists(file.Name))
                {
                    return file;
                }

                file.Dispose();
            }
            catch (IOException e) when (attempt < MostAttempts && StagingJournal.IsSharing(e))
            {
                // Another writer took it for a leftover before it was locked.
            }
        }
    }

    /// <summary>Whether the mode did not take.</summary>
    private static bool IsExposed(FileStream file) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & ~OwnerOnly) != 0;

    /// <summary>How the temporary names of a file begin; all of a name that is so long that nothing can be added is its hash.</summary>
    private static string StartOf(string path)
    {
        var name = Path.GetFileName(path);
        return $".{(Encoding.UTF8.GetByteCount(name) <= LongestName ? name : Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(name))))}.";
    }

    /// <summary>Removes what killed writers of the same file have left; what another process has open is being written.</summary>
    internal static void RemoveLeftovers(string path)
    {
        var start = StartOf(path);
        var all = new EnumerationOptions { AttributesToSkip = FileAttributes.None };
        foreach (var leftover in Directory.EnumerateFiles(Path.GetDirectoryName(Path.GetFullPath(path))!, "*" + Ending, all).Where(f => IsPartial(Path.GetFileName(f), start)))
        {
            try
            {
                // Deleted while nobody else can have it open; Windows does that when it is closed.
                using var file = new FileStream(leftover, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None);
                if (!OperatingSystem.IsWindows())
                {
                    File.Delete(leftover);
                }
            }
            catch (Exception e) when (PacsbinException.FromIo(e) is not null)
            {
                // Somebody is writing it, or it is not ours.
            }
        }
    }

    private static bool IsPartial(string name, string start) =>
        name.StartsWith(start, StringComparison.Ordinal) && name.EndsWith(Ending, StringComparison.Ordinal)
        && name.Length == start.Length + 32 + Ending.Length && Guid.TryParseExact(name.AsSpan(start.Length, 32), "N", out _);

    private static void RequireFree(string path, bool force, string taken)
    {
        if (!force && Path.Exists(path))
        {
            throw new PacsbinException(PacsbinError.DestinationExists, taken);
        }
    }

    private static void Delete(FileStream? partial)
    {
        if (partial is null)
        {
            return;
        }

        try
        {
            using (partial)
            {
                File.Delete(partial.Name);
            }
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is not null)
        {
            // What stays is hidden and no whole file, and goes with the next write; the first error is the one to tell.
        }
    }

    /// <summary>ERROR_FILE_EXISTS and ERROR_ALREADY_EXISTS of Windows, EEXIST of all others.</summary>
    private static bool IsExisting(IOException exception) => OperatingSystem.IsWindows() ? (exception.HResult & 0xFFFF) is 80 or 183 : exception.HResult == 17;
}
