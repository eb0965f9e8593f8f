namespace Pacsbin.Archives;

/// <summary>Reads an archive's answer, as far as anybody would want it, and tells when something has come.</summary>
/// <param name="source">The answer's body.</param>
/// <param name="limit">The most bytes.</param>
/// <param name="heard">Called for each piece.</param>
internal sealed class LimitedStream(Stream source, long limit, Action heard) : Stream
{
    private long position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    /// <exception cref="PacsbinException">ArchiveFailed beyond the limit.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        heard();
        position += read;
        return position <= limit ? read : throw new PacsbinException(PacsbinError.ArchiveFailed, $"The archive's answer has more than {limit} bytes.");
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
