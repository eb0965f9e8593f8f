using System.Security.Cryptography;

namespace Pacsbin.Projects;

/// <summary>Writes small files in one step: whatever happens, a file is whole or not there.</summary>
internal static class WholeFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a file under another name and gives it its own when it is on the disk.</summary>
    /// <param name="path">Where the file is to be; a link there is replaced, not followed.</param>
    /// <param name="content">All of its bytes.</param>
    /// <param name="ownerOnly">Whether nobody else may read it, from its creation on. On Windows the content has to see to that.</param>
    /// <param name="replace">Whether a file that is there gives way.</param>
    /// <exception cref="PacsbinException">DestinationExists if a file is there that is not to be replaced; FileAccessDenied also if the file system cannot keep others out; FileIo.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, bool ownerOnly, bool replace)
    {
        try
        {
            if (!replace && Path.Exists(path))
            {
                throw Exists();
            }

            // A name that nobody can foresee or have made a file of: two writers never share one.
            var temporary = $"{path}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.new";
            using var file = Open(temporary, ownerOnly);
            try
            {
                Fill(file, content, ownerOnly);
                file.Dispose();
                Move(temporary, path, replace);
            }
            catch
            {
                file.Dispose();
                File.Delete(temporary);
                throw;
            }
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    private static FileStream Open(string path, bool ownerOnly)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (ownerOnly && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new FileStream(path, options);
    }

    private static void Fill(FileStream file, ReadOnlySpan<byte> content, bool ownerOnly)
    {
        if (ownerOnly && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & ~OwnerOnly) != 0)
        {
            throw new PacsbinException(PacsbinError.FileAccessDenied, "This file system does not keep permissions, so others could read the file. Choose another place.");
        }

        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    private static void Move(string temporary, string path, bool replace)
    {
        try
        {
            File.Move(temporary, path, replace);
        }
        catch (IOException e) when (!replace && IsExisting(e))
        {
            throw Exists(); // another process was faster; a moment later it loses, so whoever needs more takes a lock
        }
    }

    /// <summary>ERROR_FILE_EXISTS and ERROR_ALREADY_EXISTS of Windows, EEXIST of all others.</summary>
    private static bool IsExisting(IOException exception) => OperatingSystem.IsWindows() ? (exception.HResult & 0xFFFF) is 80 or 183 : exception.HResult == 17;

    private static PacsbinException Exists() => new(PacsbinError.DestinationExists, "The file is there already.");
}
