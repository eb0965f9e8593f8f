using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;

namespace Pacsbin.Studies;

/// <summary>The random key of a run without one of its own: thrown away when the run ends, kept for a rerun while it has not.</summary>
/// <remarks>
/// It is a file in the user's own application data, readable by its owner only, never beside the data. Runs into the same
/// destination at the same time have a key each. No rerun takes a key that is a week old, or that others could have read.
/// </remarks>
internal sealed class RunKey : IDisposable
{
    private const int KeyLength = 32;
    private const int MostAtOnce = 64;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan Patience = TimeSpan.FromDays(7);
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

    /// <summary>Ends the run: the key is gone, from the disk too.</summary>
    /// <exception cref="PacsbinException">FileIo, FileAccessDenied.</exception>
    public void Discard()
    {
        try
        {
            if (file is not null)
            {
                Erase(file);
            }
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(Key);
        file?.Dispose();
    }

    /// <summary>The folder of the keys, in which those of runs that were never finished do not stay; null if there is no place for it.</summary>
    private static string? MakeFolder()
    {
        try
        {
            var place = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create);
            if (place.Length == 0)
            {
                return null;
            }

            var folder = Directory.CreateDirectory(Path.Join(place, "Pacsbin", "runs")).FullName;
            foreach (var stale in Directory.EnumerateFiles(folder, "*.key").Where(f => IsStale(File.GetLastWriteTimeUtc(f))))
            {
                Open(stale, FileMode.Open)?.Dispose();
            }

            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Opens or makes one of the files; null if it is another run's, no longer there, or not to be trusted, in which case it is erased.</summary>
    private static RunKey? Open(string path, FileMode mode)
    {
        // Elsewhere than on Windows FileShare.Delete is a lock that two runs can hold at once.
        var share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode is FileMode.CreateNew)
        {
            options.UnixCreateMode = OwnerOnly;
        }

        FileStream? file = null;
        try
        {
            if (new FileInfo(path).LinkTarget is not null)
            {
                return null;
            }

            file = new FileStream(path, options);
            if (!File.Exists(path))
            {
                file.Dispose(); // the run that had it has ended between opening and locking
                return null;
            }

            if (IsExposed(file) || IsStale(File.GetLastWriteTimeUtc(file.SafeFileHandle)))
            {
                using (file)
                {
                    Erase(file);
                }

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

    /// <summary>Whether others could have read the key; also of a new file, on a file system without permissions.</summary>
    private static bool IsExposed(FileStream file) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & ~OwnerOnly) != 0;

    private static bool IsStale(DateTime written) => (DateTime.UtcNow - written).Duration() > Patience;

    private static void Erase(FileStream file)
    {
        // Random bytes, not zeros: if the process ends before the file is gone, a rerun must not have a key that everybody knows.
        file.Position = 0;
        file.Write(RandomNumberGenerator.GetBytes(Math.Max(KeyLength, (int)Math.Min(file.Length, 4096))));
        file.Flush(flushToDisk: true);
        file.SetLength(0);
        File.Delete(file.Name);
    }
}
