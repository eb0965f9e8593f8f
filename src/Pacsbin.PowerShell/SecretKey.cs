using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using Pacsbin.Projects;

namespace Pacsbin.PowerShell;

/// <summary>Hands out the text of a SecureString, leaving no copy of it behind.</summary>
internal static class SecretKey
{
    /// <summary>The 256-bit key that the text makes for a project, or for runs without one, in an array that the collector does not move; the caller zeroes it.</summary>
    /// <exception cref="PacsbinException">As of <see cref="SecretText.KeyOf"/>.</exception>
    public static byte[] BytesOf(SecureString secret, string? projectId) => Use(secret, text => SecretText.KeyOf(text, projectId));

    /// <summary>Does something with the text, which is gone afterwards.</summary>
    public static T Use<T>(SecureString secret, Func<ReadOnlySpan<char>, T> use)
    {
        var text = GC.AllocateUninitializedArray<char>(secret.Length, pinned: true);
        var unmanaged = Marshal.SecureStringToGlobalAllocUnicode(secret);
        try
        {
            Marshal.Copy(unmanaged, text, 0, text.Length);
            return use(text);
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(unmanaged);
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(text.AsSpan()));
        }
    }
}
