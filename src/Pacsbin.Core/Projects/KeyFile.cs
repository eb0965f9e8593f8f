using System.Security.Cryptography;
using System.Text;
using Pacsbin.Studies;

namespace Pacsbin.Projects;

/// <summary>The file in a project's folder that holds its key: readable by its owner only, and on Windows encrypted for the current user.</summary>
internal static class KeyFile
{
    /// <summary>The file's name.</summary>
    public const string FileName = "project.key";

    /// <summary>Comes before what Windows' data protection has encrypted.</summary>
    private const string ProtectedPrefix = "pacsbin-key-1-dpapi:";

    /// <summary>More than any key file has.</summary>
    private const int MaximumLength = 4096;

    /// <summary>What only the owner may have of a file.</summary>
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private static readonly byte[] Purpose = "PacsbinPS project key 1"u8.ToArray();

    /// <summary>Whether a project has a key file, or a link or a folder of its name.</summary>
    public static bool IsIn(string folder) => new FileInfo(Path.Join(folder, FileName)) is var file && (file.Exists || file.LinkTarget is not null || Directory.Exists(file.FullName));

    /// <summary>Reads the key of a project's folder, into an array that the collector does not move; null if there is none.</summary>
    /// <exception cref="PacsbinException">KeyMissing if others may know it or it cannot be read; FileIo and FileAccessDenied.</exception>
    public static byte[]? Read(string folder)
    {
        if (!IsIn(folder))
        {
            return null;
        }

        var path = Path.Join(folder, FileName);
        var content = GC.AllocateArray<byte>(MaximumLength, pinned: true);
        try
        {
            return Parse(content.AsSpan(0, ReadSafely(path, content)));
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Writes the key into a project's folder.</summary>
    /// <exception cref="PacsbinException">As of <see cref="WholeFile.Write(string, byte[], bool, bool)"/>.</exception>
    public static void Write(string folder, byte[] key, bool replace)
    {
        var text = OperatingSystem.IsWindows()
            ? SecretText.RawTextOf(ProtectedPrefix, ProtectedData.Protect(key, Purpose, DataProtectionScope.CurrentUser))
            : SecretText.RawTextOf(SecretText.RawPrefix, key);
        try
        {
            WholeFile.Write(Path.Join(folder, FileName), text, ownerOnly: true, replace);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    private static int ReadSafely(string path, byte[] content)
    {
        if (new FileInfo(path).LinkTarget is not null)
        {
            throw Refused($"{FileName} is a symbolic link, which could lead anywhere. Put the file itself there, or import the key again.");
        }

        using var file = WholeFile.OpenRead(path);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & Others) != 0)
        {
            throw Refused($"Others than its owner can read or change {FileName}. If nobody has, take their permissions away: chmod 600 {FileName}.");
        }

        return file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
    }

    private static byte[] Parse(ReadOnlySpan<byte> content)
    {
        var text = content.TrimEnd(" \t\r\n"u8);
        byte[]? key = null;
        if (After(text, SecretText.RawPrefix, out var base64))
        {
            key = SecretText.FromBase64(base64);
        }
        else if (After(text, ProtectedPrefix, out base64) && SecretText.FromBase64(base64) is { } encrypted)
        {
            key = Unprotect(encrypted);
        }

        if (key is { Length: SecretText.KeyLength })
        {
            return key;
        }

        CryptographicOperations.ZeroMemory(key);
        throw Refused($"{FileName} holds no key. Import the key again.");
    }

    private static byte[] Unprotect(byte[] encrypted)
    {
        byte[]? key = null;
        try
        {
            if (OperatingSystem.IsWindows())
            {
                key = ProtectedData.Unprotect(encrypted, Purpose, DataProtectionScope.CurrentUser);
                var pinned = GC.AllocateArray<byte>(key.Length, pinned: true);
                key.CopyTo(pinned, 0);
                return pinned;
            }
        }
        catch (CryptographicException)
        {
            // Another user's, or damaged: said below.
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }

        throw Refused($"{FileName} is encrypted for another user or machine. Import the key again.");
    }

    private static bool After(ReadOnlySpan<byte> text, string prefix, out ReadOnlySpan<byte> rest)
    {
        var has = text.StartsWith(Encoding.ASCII.GetBytes(prefix));
        rest = has ? text[prefix.Length..] : default;
        return has;
    }

    private static PacsbinException Refused(string why) => new(PacsbinError.KeyMissing, why);
}
