using System.Buffers;
using System.Buffers.Binary;
using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Imaging;

/// <summary>RLE frames (PS3.5 Annex G): a PackBits segment for every byte of a pixel, the most significant first.</summary>
internal static class RleCodec
{
    /// <summary>The most bytes that a byte of RLE gives: a pair makes 128.</summary>
    public const int MaxRatio = 64;

    private const int HeaderLength = 64;
    private const int MaxSegments = 15;
    private const int MaxRun = 128;

    /// <summary>Decodes a frame.</summary>
    /// <param name="frame">One whole frame; padding after it is allowed.</param>
    /// <param name="shape">The pixels as they are native; single bits stay packed.</param>
    /// <param name="destination">The native frame: little-endian cells in the shape's planar configuration.</param>
    /// <exception cref="PacsbinException">MalformedElement: another number of segments than the shape's, or a segment outside the
    /// frame, overlapping the next, or ending before the last pixel.</exception>
    public static void Decode(ReadOnlySpan<byte> frame, in ImageShape shape, Span<byte> destination)
    {
        if (frame.Length < HeaderLength)
        {
            throw FrameError.Malformed("The frame ends inside the RLE header", frame.Length);
        }

        var segments = shape.RleSegments;
        if (segments > MaxSegments || BinaryPrimitives.ReadUInt32LittleEndian(frame) != segments)
        {
            throw FrameError.Malformed($"The RLE header does not have the {segments} segments that the image needs", 0);
        }

        for (var segment = 0; segment < segments; segment++)
        {
            var start = Offset(frame, segment);
            var end = segment + 1 < segments ? Offset(frame, segment + 1) : (uint)frame.Length;
            if (start < HeaderLength || start >= end || end > frame.Length)
            {
                throw FrameError.Malformed($"RLE segment {segment + 1} is empty, overlaps another or is outside the frame", 4 + (4 * segment));
            }

            var plane = new BytePlane(shape, segment);
            DecodeSegment(frame[(int)start..(int)end], plane, destination[plane.First..], (int)start);
        }
    }

    /// <summary>Encodes a frame.</summary>
    /// <param name="nativeFrame">Little-endian cells in the shape's planar configuration; single bits are packed.</param>
    /// <param name="shape">The frame's shape.</param>
    /// <param name="destination">Takes the frame: header and segments of even length.</param>
    /// <exception cref="PacsbinException">LimitExceeded if pixels have more than 15 bytes, or the frame may need more than 2 GB.</exception>
    public static void Encode(ReadOnlySpan<byte> nativeFrame, in ImageShape shape, IBufferWriter<byte> destination)
    {
        var segments = shape.RleSegments;
        var (rows, rowBytes) = RowsOf(shape);
        var longest = HeaderLength + (segments * (((long)rows * (rowBytes + ((rowBytes + MaxRun - 1) / MaxRun))) + 1));
        if (segments > MaxSegments || longest > Array.MaxLength)
        {
            throw new PacsbinException(PacsbinError.LimitExceeded, "RLE has at most 15 segments, and a frame of at most 2 GB (PS3.5 G.2).");
        }

        var encoded = destination.GetSpan((int)longest);
        encoded[..HeaderLength].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(encoded, (uint)segments);
        var length = HeaderLength;
        var row = ArrayPool<byte>.Shared.Rent(rowBytes);
        try
        {
            for (var segment = 0; segment < segments; segment++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(encoded[(4 + (4 * segment))..], (uint)length);
                var plane = new BytePlane(shape, segment);
                for (var y = 0; y < rows; y++)
                {
                    // PS3.5 G.3.1: a run does not cross the end of a row.
                    plane.Gather(nativeFrame, y * rowBytes, row.AsSpan(0, rowBytes));
                    length += EncodeRow(row.AsSpan(0, rowBytes), encoded[length..]);
                }

                if (length % 2 != 0)
                {
                    encoded[length++] = 0;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(row);
        }

        destination.Advance(length);
    }

    private static uint Offset(ReadOnlySpan<byte> frame, int segment) =>
        BinaryPrimitives.ReadUInt32LittleEndian(frame[(4 + (4 * segment))..]);

    // Rows of single bits that end within a byte cannot be told apart.
    private static (int Rows, int Bytes) RowsOf(in ImageShape shape) => shape.BitsAllocated != 1
        ? (shape.Rows, shape.Columns)
        : shape.Columns % 8 == 0 ? (shape.Rows, shape.Columns / 8) : (1, (int)shape.RleSegmentBytes);

    // PS3.5 G.3.2: 0 to 127 starts a literal run, 129 to 255 a replicate run, 128 is nothing.
    private static void DecodeSegment(ReadOnlySpan<byte> segment, in BytePlane plane, Span<byte> destination, int offset)
    {
        var position = 0;
        var done = 0;
        while (done < plane.Count)
        {
            if (position + 1 >= segment.Length)
            {
                throw FrameError.Malformed("An RLE segment ends before the last pixel", offset + position);
            }

            var control = segment[position++];
            if (control == MaxRun)
            {
                continue;
            }

            var run = control < MaxRun ? control + 1 : 257 - control;
            var used = Math.Min(run, plane.Count - done);
            if (control < MaxRun)
            {
                if (used > segment.Length - position)
                {
                    throw FrameError.Malformed("An RLE segment ends inside a run", offset + position);
                }

                plane.Scatter(segment.Slice(position, used), done, destination);
                position += run;
            }
            else
            {
                plane.Fill(segment[position++], done, used, destination);
            }

            done += used;
        }
    }

    private static int EncodeRow(ReadOnlySpan<byte> row, Span<byte> destination)
    {
        var length = 0;
        var literal = 0; // where the bytes that no run has yet begin
        for (var at = 0; at < row.Length;)
        {
            var run = row[at..].IndexOfAnyExcept(row[at]);
            run = Math.Min(run < 0 ? row.Length - at : run, MaxRun);

            // Two equal bytes within a literal run cost less as a part of it.
            if (run < 2 || (run == 2 && literal < at))
            {
                at += run;
                continue;
            }

            length += WriteLiteral(row[literal..at], destination[length..]);
            destination[length++] = (byte)(257 - run);
            destination[length++] = row[at];
            at += run;
            literal = at;
        }

        return length + WriteLiteral(row[literal..], destination[length..]);
    }

    private static int WriteLiteral(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        var length = 0;
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(MaxRun, bytes.Length)..])
        {
            var run = Math.Min(MaxRun, bytes.Length);
            destination[length++] = (byte)(run - 1);
            bytes[..run].CopyTo(destination[length..]);
            length += run;
        }

        return length;
    }
}
