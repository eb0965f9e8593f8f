using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using Pacsbin.Projects;

namespace Pacsbin.PowerShell;

/// <summary>Makes a key of a SecureString, leaving no copy of the text behind.</summary>
internal static class SecretKey
{
    /// <summary>The rounds of PBKDF2: a text that a person made up can be guessed, and this makes each guess cost a tenth of a second.</summary>
    private const int Rounds = 600_000;

    private static ReadOnlySpan<byte> Salt => "PacsbinPS pseudonyms 1"u8;

    /// <summary>256 bits derived from the UTF-8 bytes of the text, in an array that the collector does not move; the caller zeroes it.</summary>
    /// <exception cref="PacsbinException">KeyMissing if there are fewer than <see cref="Pseudonymizer.MinimumKeyLength"/> bytes.</exception>
    public static byte[] BytesOf(SecureString secret)
    {
        var text = GC.AllocateUninitializedArray<char>(secret.Length, pinned: true);
        byte[]? bytes = null;
        var unmanaged = Marshal.SecureStringToGlobalAllocUnicode(secret);
        try
        {
            Marshal.Copy(unmanaged, text, 0, text.Length);
            bytes = GC.AllocateUninitializedArray<byte>(Encoding.UTF8.GetByteCount(text), pinned: true);
            Encoding.UTF8.GetBytes(text, bytes);
            if (bytes.Length < Pseudonymizer.MinimumKeyLength)
            {
                throw new PacsbinException(PacsbinError.KeyMissing, $"The key has {bytes.Length} bytes; at least {Pseudonymizer.MinimumKeyLength} are needed.");
            }

            var key = GC.AllocateUninitializedArray<byte>(32, pinned: true);
            Rfc2898DeriveBytes.Pbkdf2(bytes, Salt, key, Rounds, HashAlgorithmName.SHA256);
            return key;
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(unmanaged);
            CryptographicOperations.ZeroMemory(bytes);
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(text.AsSpan()));
        }
    }
}
