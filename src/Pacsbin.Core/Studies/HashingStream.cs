using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace Pacsbin.Studies;

/// <summary>Writes a file and computes the XXH128 of its bytes on the way.</summary>
internal sealed class HashingStream : Stream
{
    private readonly SafeFileHandle file;
    private readonly XxHash128 hash;
    private readonly CancellationToken cancellationToken;
    private long written;

    /// <param name="path">The file to create; it must not exist.</param>
    /// <param name="hash">Reset here; it belongs to the caller's thread.</param>
    /// <param name="cancellationToken">Makes the next write throw.</param>
    public HashingStream(string path, XxHash128 hash, CancellationToken cancellationToken)
    {
        file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        this.hash = hash;
        this.cancellationToken = cancellationToken;
        hash.Reset();
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => written;

    public override long Position
    {
        get => written;
        set => throw new NotSupportedException();
    }

    /// <summary>The hash of what was written, as 32 hexadecimal digits.</summary>
    public string Hash()
    {
        Span<byte> bytes = stackalloc byte[16];
        hash.GetCurrentHash(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RandomAccess.Write(file, buffer, written);
        written += buffer.Length;
        hash.Append(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
