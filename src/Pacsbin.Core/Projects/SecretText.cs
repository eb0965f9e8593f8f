using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Pacsbin.Projects;

/// <summary>Makes keys of secret texts, leaving no copy of the text behind.</summary>
public static class SecretText
{
    /// <summary>The environment variable whose text makes a project's key.</summary>
    public const string EnvironmentVariable = "PACSBIN_KEY";

    /// <summary>What a text begins with that is a key itself, in base 64, rather than one to be stretched.</summary>
    internal const string RawPrefix = "pacsbin-key-1:";

    /// <summary>Bytes of a key.</summary>
    internal const int KeyLength = 32;

    /// <summary>The rounds of PBKDF2: a text that a person made up can be guessed, and this makes each guess cost a tenth of a second.</summary>
    internal const int Rounds = 600_000;

    /// <summary>What a text of another version or for another reader begins with: stretching it would make a key that nobody meant.</summary>
    private const string ReservedPrefix = "pacsbin-key-";

    /// <summary>What all runs without a project share; that of a project's key has the project's id after it.</summary>
    private static ReadOnlySpan<byte> Salt => "PacsbinPS pseudonyms 1"u8;

    /// <summary>The 256-bit key of a text: what follows <c>pacsbin-key-1:</c>, or what PBKDF2 makes of the UTF-8 bytes of any other. The array is one that the collector does not move; the caller zeroes it.</summary>
    /// <param name="text">The secret.</param>
    /// <param name="projectId">The <see cref="ProjectSettings.Id"/> of the project whose key it is: one text makes another key for each project. Null for a run without a project.</param>
    /// <exception cref="PacsbinException">KeyMissing if there are fewer than <see cref="Pseudonymizer.MinimumKeyLength"/> bytes, or other than 32 in base 64.</exception>
    public static byte[] KeyOf(ReadOnlySpan<char> text, string? projectId)
    {
        if (text.StartsWith(ReservedPrefix, StringComparison.Ordinal))
        {
            return RawKeyOf(text);
        }

        var bytes = Utf8(text);
        try
        {
            if (bytes.Length < Pseudonymizer.MinimumKeyLength)
            {
                throw new PacsbinException(PacsbinError.KeyMissing, $"The key has {bytes.Length} bytes; at least {Pseudonymizer.MinimumKeyLength} are needed.");
            }

            return Stretch(bytes, [.. Salt, .. Encoding.ASCII.GetBytes(projectId ?? "")]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>The key that the text in <see cref="EnvironmentVariable"/> makes for a project; null if there is none.</summary>
    /// <inheritdoc cref="KeyOf"/>
    public static byte[]? KeyOfEnvironment(string projectId)
    {
        var text = Environment.GetEnvironmentVariable(EnvironmentVariable);
        try
        {
            return string.IsNullOrEmpty(text) ? null : KeyOf(text, projectId);
        }
        catch (PacsbinException e)
        {
            throw new PacsbinException(e.Error, $"{EnvironmentVariable}: {e.Message}");
        }
    }

    /// <summary>256 bits that cost <see cref="Rounds"/> rounds of PBKDF2.</summary>
    internal static byte[] Stretch(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> salt)
    {
        var key = NewKey();
        Rfc2898DeriveBytes.Pbkdf2(secret, salt, key, Rounds, HashAlgorithmName.SHA256);
        return key;
    }

    /// <summary>The UTF-8 bytes of a text, in an array that the collector does not move; the caller zeroes it.</summary>
    internal static byte[] Utf8(ReadOnlySpan<char> text)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(Encoding.UTF8.GetByteCount(text), pinned: true);
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    /// <summary>An array for a key that the collector does not move, so that zeroing it leaves no copy.</summary>
    internal static byte[] NewKey() => GC.AllocateArray<byte>(KeyLength, pinned: true);

    /// <summary>The UTF-8 text of a key after a prefix, in an array that the collector does not move; the caller zeroes it.</summary>
    internal static byte[] RawTextOf(string prefix, ReadOnlySpan<byte> key)
    {
        var text = GC.AllocateUninitializedArray<byte>(prefix.Length + Base64.GetMaxEncodedToUtf8Length(key.Length), pinned: true);
        Encoding.ASCII.GetBytes(prefix, text);
        Base64.EncodeToUtf8(key, text.AsSpan(prefix.Length), out _, out _);
        return text;
    }

    /// <summary>What base 64 stands for, in an array that the collector does not move; null if it is not base 64.</summary>
    internal static byte[]? FromBase64(ReadOnlySpan<byte> text)
    {
        var longest = GC.AllocateArray<byte>(Base64.GetMaxDecodedFromUtf8Length(text.Length), pinned: true);
        var isValid = Base64.DecodeFromUtf8(text, longest, out _, out var length) == OperationStatus.Done;
        var bytes = GC.AllocateArray<byte>(length, pinned: true);
        longest.AsSpan(0, length).CopyTo(bytes);
        CryptographicOperations.ZeroMemory(longest);
        return isValid ? bytes : null;
    }

    private static byte[] RawKeyOf(ReadOnlySpan<char> text)
    {
        if (text.StartsWith(RawPrefix, StringComparison.Ordinal))
        {
            var base64 = Utf8(text[RawPrefix.Length..].Trim());
            var key = FromBase64(base64);
            CryptographicOperations.ZeroMemory(base64);
            if (key is { Length: KeyLength })
            {
                return key;
            }

            CryptographicOperations.ZeroMemory(key);
        }

        throw new PacsbinException(PacsbinError.KeyMissing, $"A key that begins with {ReservedPrefix} is {RawPrefix} and {KeyLength} bytes in base 64.");
    }
}
