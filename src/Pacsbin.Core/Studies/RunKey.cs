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
    private readonly FileStream? file;

    private RunKey(FileStream? file, byte[] key)
    {
        this.file = file;
        Key = key;
    }

    /// <summary>256 bits.</summary>
    public byte[] Key { get; }

    /// <summary>Takes the key that an interrupted run into this destination left, or makes a new one.</summary>
    public static RunKey Acquire(string destination)
    {
        var name = Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(Path.TrimEndingDirectorySeparator(Path.GetFullPath(destination)))));
        for (var attempt = 0; attempt < 64; attempt++)
        {
            try
            {
                var place = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create);
                if (place.Length == 0)
                {
                    break;
                }

                var folder = Directory.CreateDirectory(Path.Join(place, "Pacsbin", "runs")).FullName;
                return Open(Path.Join(folder, $"{name}-{attempt}.key"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another run has this one locked, or there is no place to keep a key: the last resort is below.
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

    private static RunKey Open(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(path, options);
        var key = new byte[KeyLength];
        if (file.ReadAtLeast(key, KeyLength, throwOnEndOfStream: false) < KeyLength)
        {
            RandomNumberGenerator.Fill(key);
            file.SetLength(0);
            file.Position = 0;
            file.Write(key);
        }

        return new RunKey(file, key);
    }
}
