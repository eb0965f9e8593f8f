using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Pacsbin.Projects;

/// <summary>What makes a crosswalk's file tell nothing: values are encrypted, and found by keyed hashes.</summary>
/// <remarks>It belongs to one thread at a time, but for <see cref="IndexOf"/>.</remarks>
internal sealed class CrosswalkCipher : IDisposable
{
    /// <summary>The bytes of an index.</summary>
    public const int IndexLength = 16;

    private const int NonceLength = 12;
    private const int TagLength = 16;

    /// <summary>Contents are filled up to a multiple of this: a name's length would say something of the name.</summary>
    private const int BlockLength = 64;

    private readonly AesGcm values;
    private readonly byte[] indexKey;

    /// <summary>Takes keys for the two purposes; the caller zeroes its own.</summary>
    public CrosswalkCipher(ReadOnlySpan<byte> valueKey, ReadOnlySpan<byte> indexKey)
    {
        values = new AesGcm(valueKey, TagLength);
        this.indexKey = indexKey.ToArray();
    }

    /// <summary>Takes the keys that a project derives for its crosswalk.</summary>
    public static CrosswalkCipher Of(Project project)
    {
        var valueKey = project.Derive("crosswalk values");
        var indexKey = project.Derive("crosswalk index");
        try
        {
            return new CrosswalkCipher(valueKey, indexKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(valueKey);
            CryptographicOperations.ZeroMemory(indexKey);
        }
    }

    /// <summary>The index that finds a row: equal for equal texts of one kind, and without the key it says nothing of them.</summary>
    public byte[] IndexOf(string kind, params ReadOnlySpan<string> texts)
    {
        var message = new ArrayWriter();
        message.Write(kind);
        foreach (var text in texts)
        {
            message.Write(text);
        }

        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(indexKey, message.Written, hash);
        return hash[..IndexLength].ToArray();
    }

    /// <summary>Encrypts a row's texts. The row's kind and key go into the tag: no row can stand in the place of another.</summary>
    public byte[] Encrypt(string kind, ReadOnlySpan<byte> key, params ReadOnlySpan<string?> texts)
    {
        var content = new ArrayWriter();
        foreach (var text in texts)
        {
            content.Write(text);
        }

        var plain = content.FilledUpTo(BlockLength);
        var result = new byte[NonceLength + plain.Length + TagLength];
        var nonce = result.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        values.Encrypt(nonce, plain, result.AsSpan(NonceLength, plain.Length), result.AsSpan(NonceLength + plain.Length), AssociatedData(kind, key));
        CryptographicOperations.ZeroMemory(plain);
        return result;
    }

    /// <summary>The texts of a row.</summary>
    /// <exception cref="PacsbinException">MalformedElement if the row is not what was encrypted.</exception>
    public string?[] Decrypt(string kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> encrypted, int count)
    {
        if (encrypted.Length < NonceLength + TagLength)
        {
            throw CrosswalkDatabase.Damaged();
        }

        var plain = new byte[encrypted.Length - NonceLength - TagLength];
        try
        {
            values.Decrypt(encrypted[..NonceLength], encrypted[NonceLength..^TagLength], encrypted[^TagLength..], plain, AssociatedData(kind, key));
        }
        catch (AuthenticationTagMismatchException)
        {
            throw CrosswalkDatabase.Damaged();
        }

        var texts = new string?[count];
        var rest = plain.AsSpan();
        for (var i = 0; i < count; i++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest);
            texts[i] = length < 0 ? null : Encoding.UTF8.GetString(rest.Slice(4, length));
            rest = rest[(4 + Math.Max(0, length))..];
        }

        CryptographicOperations.ZeroMemory(plain);
        return texts;
    }

    public void Dispose()
    {
        values.Dispose();
        CryptographicOperations.ZeroMemory(indexKey);
    }

    private static byte[] AssociatedData(string kind, ReadOnlySpan<byte> key) => [.. Encoding.ASCII.GetBytes(kind), 0, .. key];

    /// <summary>Texts one after the other, each after its length, so that no two lists of texts give the same bytes.</summary>
    private sealed class ArrayWriter
    {
        private byte[] bytes = new byte[4 * BlockLength];
        private int length;

        public ReadOnlySpan<byte> Written => bytes.AsSpan(0, length);

        public void Write(string? text)
        {
            var count = text is null ? 0 : Encoding.UTF8.GetByteCount(text);
            if (bytes.Length < length + 4 + count)
            {
                Array.Resize(ref bytes, Math.Max(2 * bytes.Length, length + 4 + count));
            }

            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(length), text is null ? -1 : count);
            Encoding.UTF8.GetBytes(text, bytes.AsSpan(length + 4));
            length += 4 + count;
        }

        public byte[] FilledUpTo(int block)
        {
            var filled = new byte[(length + block - 1) / block * block];
            Written.CopyTo(filled);
            return filled;
        }
    }
}
