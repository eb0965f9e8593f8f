using System.Buffers.Binary;

namespace Pacsbin.Imaging.Codestreams;

/// <summary>Removes everything from an RLE frame (PS3.5 Annex G) that is not decoded into pixels.</summary>
internal static class RleFrame
{
    /// <summary>The bytes by which a frame whose segments have odd lengths grows: one for each segment.</summary>
    public const int MaxGrowth = MaxSegments;

    private const int HeaderLength = 64;
    private const int MaxSegments = 15;

    /// <summary>Copies a frame without unused offsets, gaps, and bytes after each segment's last pixel.</summary>
    /// <param name="frame">One whole frame; padding after it is allowed.</param>
    /// <param name="segments">The segments that the image has: Samples per Pixel x bytes allocated for a sample, one for single bits (PS3.5 G.2).</param>
    /// <param name="segmentBytes">The bytes that a segment decodes to: Rows x Columns, or an eighth of it, rounded up, for single bits.</param>
    /// <param name="destination">At least <see cref="MaxGrowth"/> longer than <paramref name="frame"/>, and not overlapping it.</param>
    /// <param name="removed">Whether the result differs from the frame by more than one zero byte of padding.</param>
    /// <returns>The number of bytes written to <paramref name="destination"/>.</returns>
    /// <exception cref="PacsbinException"><see cref="PacsbinError.MalformedElement"/>: another number of segments, or a
    /// segment outside the frame, overlapping the next, empty, or ending inside a run.</exception>
    public static int Clean(ReadOnlySpan<byte> frame, int segments, long segmentBytes, Span<byte> destination, out bool removed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, frame.Length + MaxGrowth);
        if (frame.Length < HeaderLength)
        {
            throw FrameError.Malformed("The frame ends inside the RLE header", frame.Length);
        }

        var count = BinaryPrimitives.ReadUInt32LittleEndian(frame);
        if (count is 0 or > MaxSegments || count != segments)
        {
            throw FrameError.Malformed($"The RLE header does not have the {segments} segments that the image needs", 0);
        }

        var writer = new CodestreamWriter(destination);
        Span<byte> header = stackalloc byte[HeaderLength];
        header.Clear();
        writer.Write(header);
        BinaryPrimitives.WriteUInt32LittleEndian(writer.Written, count);
        for (var index = 0; index < segments; index++)
        {
            var start = Offset(frame, index);
            var end = index + 1 < segments ? Offset(frame, index + 1) : (uint)frame.Length;
            if (start < HeaderLength || start >= end || end > frame.Length)
            {
                throw FrameError.Malformed($"RLE segment {index + 1} is empty, overlaps another or is outside the frame", 4 + (4 * index));
            }

            BinaryPrimitives.WriteUInt32LittleEndian(writer.Written[(4 + (4 * index))..], (uint)writer.Length);
            CopySegment(frame[(int)start..(int)end], segmentBytes, (int)start, ref writer);
        }

        removed = !writer.IsSameAs(frame);
        return writer.Length;
    }

    private static uint Offset(ReadOnlySpan<byte> frame, int segment) =>
        BinaryPrimitives.ReadUInt32LittleEndian(frame[(4 + (4 * segment))..]);

    // PS3.5 G.3.2: 0 to 127 starts a literal run, 129 to 255 a replicate run, 128 is nothing.
    private static void CopySegment(ReadOnlySpan<byte> segment, long remaining, int offset, ref CodestreamWriter writer)
    {
        var position = 0;
        var start = writer.Length;
        while (remaining > 0 && position < segment.Length)
        {
            var control = segment[position];
            var run = Math.Min(control < 128 ? control + 1 : 257 - control, remaining);
            var length = control == 128 ? 1 : control < 128 ? 1 + (int)run : 2;
            if (length > segment.Length - position)
            {
                // Some encoders pad with a zero although pixels are missing: it is no run.
                if (position == segment.Length - 1 && control == 0)
                {
                    break;
                }

                throw FrameError.Malformed("An RLE segment ends inside a run", offset + position);
            }

            if (control != 128)
            {
                // A run beyond the last pixel is shortened: what it holds there is no pixel.
                writer.Write([(byte)(control < 128 ? run - 1 : 257 - run)]);
                writer.Write(segment.Slice(position + 1, length - 1));
                remaining -= run;
            }

            position += length;
        }

        if (writer.Length == start)
        {
            throw FrameError.Malformed("An RLE segment holds no run", offset);
        }

        if (writer.Length % 2 != 0)
        {
            writer.Write([0]);
        }
    }
}
