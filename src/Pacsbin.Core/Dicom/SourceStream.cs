namespace Pacsbin.Dicom;

/// <summary>Reads a <see cref="DicomSource"/> from an offset on, for decoders that want a stream.</summary>
internal sealed class SourceStream(DicomSource source, long offset) : Stream
{
    private long position = offset;

    /// <summary>Whether more was asked for than the source has.</summary>
    public bool WasReadPastEnd { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var read = source.Read(position, buffer);
        WasReadPastEnd |= read == 0 && !buffer.IsEmpty;
        position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>Passes bytes on to a stream that it leaves open, and counts them.</summary>
internal sealed class CountingStream(Stream inner) : WriteOnlyStream
{
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        inner.Write(buffer);
        Written += buffer.Length;
    }

    public override void Flush() => inner.Flush();
}
