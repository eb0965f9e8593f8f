namespace Pacsbin.Imaging;

/// <summary>The bytes of one significance of one sample in a native frame: what an RLE segment holds (PS3.5 G.2).</summary>
internal readonly struct BytePlane
{
    private readonly int stride;

    /// <param name="shape">The native frame's.</param>
    /// <param name="segment">From 0: sample by sample, the most significant byte first.</param>
    public BytePlane(in ImageShape shape, int segment)
    {
        Count = (int)shape.RleSegmentBytes;
        var cell = Math.Max(1, shape.BitsAllocated / 8);
        var (sample, significance) = (segment / cell, segment % cell);
        stride = shape.IsPlanar ? cell : cell * shape.Samples;
        First = (shape.IsPlanar ? sample * Count * cell : sample * cell) + cell - 1 - significance;
    }

    /// <summary>The number of bytes.</summary>
    public int Count { get; }

    /// <summary>Where in the frame the first byte is.</summary>
    public int First { get; }

    /// <summary>Writes bytes to their places.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="start">Which byte of the plane is the first.</param>
    /// <param name="frame">The frame from <see cref="First"/> on.</param>
    public void Scatter(ReadOnlySpan<byte> bytes, int start, Span<byte> frame)
    {
        if (stride == 1)
        {
            bytes.CopyTo(frame[start..]);
            return;
        }

        var at = start * stride;
        foreach (var value in bytes)
        {
            frame[at] = value;
            at += stride;
        }
    }

    /// <summary>Writes one byte to many places.</summary>
    public void Fill(byte value, int start, int count, Span<byte> frame)
    {
        if (stride == 1)
        {
            frame.Slice(start, count).Fill(value);
            return;
        }

        var at = start * stride;
        for (var i = 0; i < count; i++)
        {
            frame[at] = value;
            at += stride;
        }
    }

    /// <summary>Reads bytes from their places.</summary>
    /// <param name="frame">The whole frame.</param>
    /// <param name="start">Which byte of the plane is the first.</param>
    /// <param name="bytes">Filled.</param>
    public void Gather(ReadOnlySpan<byte> frame, int start, Span<byte> bytes)
    {
        var at = First + (start * stride);
        if (stride == 1)
        {
            frame.Slice(at, bytes.Length).CopyTo(bytes);
            return;
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = frame[at];
            at += stride;
        }
    }
}
