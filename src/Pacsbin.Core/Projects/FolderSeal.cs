using System.Security.Cryptography;

namespace Pacsbin.Projects;

/// <summary>Encrypts by AES-256-GCM under a random key in a file of a folder, which only its owner can read and Windows encrypts for the user.</summary>
/// <param name="folder">The folder, which exists.</param>
public sealed class FolderSeal(string folder)
{
    private static readonly int NonceLength = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int TagLength = AesGcm.TagByteSizes.MaxSize;

    /// <summary>Encrypts; the key is made if there is none.</summary>
    /// <param name="plain">What is to be kept secret.</param>
    /// <param name="binding">What it belongs to: with other bytes it cannot be opened.</param>
    /// <exception cref="PacsbinException">KeyMissing if others may know the key or it cannot be read; FileIo, FileAccessDenied.</exception>
    public byte[] Seal(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> binding)
    {
        var key = KeyFile.Read(folder) ?? NewKey();
        try
        {
            var sealedBytes = new byte[NonceLength + TagLength + plain.Length];
            RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, NonceLength));
            using var aes = new AesGcm(key, TagLength);
            aes.Encrypt(sealedBytes.AsSpan(0, NonceLength), plain, sealedBytes.AsSpan(NonceLength + TagLength), sealedBytes.AsSpan(NonceLength, TagLength), binding);
            return sealedBytes;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Decrypts; null if there is no key, or it is another, or the bytes or their binding were changed.</summary>
    /// <exception cref="PacsbinException">KeyMissing if others may know the key or it cannot be read; FileIo, FileAccessDenied.</exception>
    public byte[]? Open(ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> binding)
    {
        if (sealedBytes.Length <= NonceLength + TagLength || KeyFile.Read(folder) is not { } key)
        {
            return null;
        }

        try
        {
            var plain = new byte[sealedBytes.Length - NonceLength - TagLength];
            using var aes = new AesGcm(key, TagLength);
            aes.Decrypt(sealedBytes[..NonceLength], sealedBytes[(NonceLength + TagLength)..], sealedBytes.Slice(NonceLength, TagLength), plain, binding);
            return plain;
        }
        catch (CryptographicException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private byte[] NewKey()
    {
        var key = SecretText.NewKey();
        RandomNumberGenerator.Fill(key);
        KeyFile.Write(folder, key, replace: false);
        return key;
    }
}
