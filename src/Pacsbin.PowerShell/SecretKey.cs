using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using Pacsbin.Projects;

namespace Pacsbin.PowerShell;

/// <summary>Takes the bytes of a key out of a SecureString, leaving no copy behind.</summary>
internal static class SecretKey
{
    /// <summary>The UTF-8 bytes of the text, in an array that the collector does not move; the caller zeroes it.</summary>
    /// <exception cref="PacsbinException">KeyMissing if there are fewer than <see cref="Pseudonymizer.MinimumKeyLength"/> bytes.</exception>
    public static byte[] BytesOf(SecureString key)
    {
        var text = GC.AllocateUninitializedArray<char>(key.Length, pinned: true);
        var unmanaged = Marshal.SecureStringToGlobalAllocUnicode(key);
        try
        {
            Marshal.Copy(unmanaged, text, 0, text.Length);
            var bytes = GC.AllocateUninitializedArray<byte>(Encoding.UTF8.GetByteCount(text), pinned: true);
            Encoding.UTF8.GetBytes(text, bytes);
            if (bytes.Length >= Pseudonymizer.MinimumKeyLength)
            {
                return bytes;
            }

            CryptographicOperations.ZeroMemory(bytes);
            throw new PacsbinException(PacsbinError.KeyMissing, $"The key has {bytes.Length} bytes; at least {Pseudonymizer.MinimumKeyLength} are needed.");
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(unmanaged);
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(text.AsSpan()));
        }
    }
}
