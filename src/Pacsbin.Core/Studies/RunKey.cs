using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;

namespace Pacsbin.Studies;

/// <summary>The random key of a run without one of its own: thrown away when the run ends, kept for a rerun while it has not.</summary>
/// <remarks>
/// It is a file in the user's own application data, readable by its owner only, never beside the data. Runs into the same
/// destination at the same time have a key each.
/// </remarks>
internal sealed class RunKey : IDisposable
{
    private const int KeyLength = 32;
    private const int MostAtOnce = 64;
    private readonly FileStream? file;

    private RunKey(FileStream? file, byte[] key)
    {
        this.file = file;
        Key = key;
    }

    /// <summary>256 bits.</summary>
    public byte[] Key { get; }

    /// <summary>The file that a rerun finds it in; null if there is no place to keep one.</summary>
    public string? FilePath => file?.Name;

    /// <summary>Takes the key that an interrupted run into this destination left, or makes a new one.</summary>
    public static RunKey Acquire(string destination)
    {
        var name = Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(Path.TrimEndingDirectorySeparator(Path.GetFullPath(destination)))));
        if (MakeFolder() is { } folder)
        {
            // What is there comes first: the key of a run that was killed may be the second of two that ran at once.
            var paths = Enumerable.Range(0, MostAtOnce).Select(n => Path.Join(folder, $"{name}-{n}.key")).ToList();
            var key = paths.Where(Path.Exists).Select(p => Open(p, FileMode.Open)).FirstOrDefault(k => k is not null)
                ?? paths.Select(p => Open(p, FileMode.CreateNew)).FirstOrDefault(k => k is not null);
            if (key is not null)
            {
                return key;
            }
        }

        return new RunKey(null, RandomNumberGenerator.GetBytes(KeyLength));
    }

    /// <summary>Ends the run: the key is gone.</summary>
    public void Discard()
    {
        if (file is null)
        {
            return;
        }

        file.SetLength(0);
        File.Delete(file.Name);
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(Key);
        file?.Dispose();
    }

    private static string? MakeFolder()
    {
        try
        {
            var place = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create);
            return place.Length == 0 ? null : Directory.CreateDirectory(Path.Join(place, "Pacsbin", "runs")).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Opens or makes one of the files; null if it is another run's, or no longer there.</summary>
    private static RunKey? Open(string path, FileMode mode)
    {
        // Elsewhere than on Windows FileShare.Delete is a lock that two runs can hold at once.
        var share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode is FileMode.CreateNew)
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        FileStream? file = null;
        try
        {
            file = new FileStream(path, options);
            if (!File.Exists(path))
            {
                file.Dispose(); // the run that had it has ended between opening and locking
                return null;
            }

            return new RunKey(file, ReadOrFill(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            return null;
        }
    }

    private static byte[] ReadOrFill(FileStream file)
    {
        var key = new byte[KeyLength];
        if (file.ReadAtLeast(key, KeyLength, throwOnEndOfStream: false) < KeyLength)
        {
            RandomNumberGenerator.Fill(key);
            file.SetLength(0);
            file.Position = 0;
            file.Write(key);
            file.Flush(flushToDisk: true);
        }

        return key;
    }
}
