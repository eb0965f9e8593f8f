using System.IO.Hashing;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Pacsbin.Dicom;

namespace Pacsbin.Studies;

/// <summary>Writes a file and computes the XXH128 of its bytes on the way.</summary>
internal sealed class HashingStream : WriteOnlyStream
{
    private readonly SafeFileHandle file;
    private readonly XxHash128 hash;
    private readonly IncrementalHash? sha256;
    private readonly CancellationToken cancellationToken;
    private readonly WrittenStart? start;

    /// <param name="path">The file to create; it must not exist.</param>
    /// <param name="hash">Reset here; it belongs to the caller's thread.</param>
    /// <param name="cancellationToken">Makes the next write throw.</param>
    /// <param name="start">Receives the first bytes.</param>
    /// <param name="hasSha256">Whether SHA-256 is wanted too.</param>
    public HashingStream(string path, XxHash128 hash, CancellationToken cancellationToken, WrittenStart? start = null, bool hasSha256 = false)
    {
        file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        this.hash = hash;
        sha256 = hasSha256 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        this.cancellationToken = cancellationToken;
        this.start = start;
        start?.Clear();
        hash.Reset();
    }

    /// <summary>The hash of what was written, as 32 hexadecimal digits.</summary>
    public string Hash()
    {
        Span<byte> bytes = stackalloc byte[16];
        hash.GetCurrentHash(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>The SHA-256 of what was written, as 64 hexadecimal digits; null if it was not asked for.</summary>
    public string? Sha256() => sha256 is null ? null : Convert.ToHexStringLower(sha256.GetCurrentHash());

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RandomAccess.Write(file, buffer, Written);
        Written += buffer.Length;
        hash.Append(buffer);
        sha256?.AppendData(buffer);
        start?.Add(buffer);
    }

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
            sha256?.Dispose();
        }

        base.Dispose(disposing);
    }
}
