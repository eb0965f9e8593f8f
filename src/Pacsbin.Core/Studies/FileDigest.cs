using System.Buffers;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace Pacsbin.Studies;

/// <summary>What tells the bytes of a file from all others.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Xxh128">32 hexadecimal digits.</param>
/// <param name="Sha256">64 hexadecimal digits; null if it was not asked for.</param>
internal readonly record struct FileDigest(long Length, string Xxh128, string? Sha256)
{
    private const int BufferLength = 256 * 1024;

    /// <summary>Reads a file once.</summary>
    /// <param name="path">The file.</param>
    /// <param name="hasSha256">Whether SHA-256 is wanted, which costs several times as much as XXH128.</param>
    /// <param name="cancellationToken">Looked at between two parts of the file.</param>
    public static FileDigest Of(string path, bool hasSha256 = false, CancellationToken cancellationToken = default)
    {
        var xxh128 = new XxHash128();
        using var sha256 = hasSha256 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            long length = 0;
            for (int read; (read = RandomAccess.Read(file, buffer.AsSpan(0, BufferLength), length)) > 0; length += read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                xxh128.Append(buffer.AsSpan(0, read));
                sha256?.AppendData(buffer, 0, read);
            }

            return new FileDigest(length, Convert.ToHexStringLower(xxh128.GetCurrentHash()), sha256 is null ? null : Convert.ToHexStringLower(sha256.GetCurrentHash()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a file of a study; null if its bytes are not those that the manifest lists.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static FileDigest? OfListed(string folder, ManifestFile file, bool hasSha256 = false, CancellationToken cancellationToken = default)
    {
        var path = Path.Join(folder, file.Name);
        var info = new FileInfo(path);
        if (!info.Exists)
        {
            throw new FileNotFoundException();
        }

        // A link is not the file that was written. A pipe has no length, and opening it could wait for ever.
        if (info.LinkTarget is not null || info.Length != file.Length || file.Length == 0)
        {
            return null;
        }

        var digest = Of(path, hasSha256, cancellationToken);
        return digest.Length == file.Length && digest.Xxh128 == file.Xxh128 && (!hasSha256 || file.Sha256 is null || file.Sha256 == digest.Sha256) ? digest : null;
    }
}
