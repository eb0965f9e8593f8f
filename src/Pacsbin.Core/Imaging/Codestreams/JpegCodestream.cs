using System.Buffers.Binary;

namespace Pacsbin.Imaging.Codestreams;

/// <summary>Removes everything from a JPEG (ITU-T T.81) or JPEG-LS (T.87) frame that decoding does not need, without decoding it.</summary>
internal static class JpegCodestream
{
    /// <summary>The bytes by which a frame without EOI grows.</summary>
    public const int MaxGrowth = 2;

    /// <summary>Copies a frame without comments, application data, fill bytes and bytes after its end.</summary>
    /// <param name="frame">One whole frame; padding after it is allowed.</param>
    /// <param name="destination">At least as long as <paramref name="frame"/>, and not overlapping it;
    /// <see cref="MaxGrowth"/> longer if a missing EOI is to be appended.</param>
    /// <param name="removed">Whether the result differs from the frame by more than one zero byte of padding.</param>
    /// <returns>The number of bytes written to <paramref name="destination"/>.</returns>
    /// <exception cref="PacsbinException"><see cref="PacsbinError.MalformedElement"/>: not JPEG, a reserved marker, or a
    /// segment that is longer or shorter than its contents; <see cref="PacsbinError.UnsupportedTransferSyntax"/>: JPEG-LS
    /// mapping tables.</exception>
    public static int Clean(ReadOnlySpan<byte> frame, Span<byte> destination, out bool removed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, frame.Length);
        if (frame.Length < 2 || BinaryPrimitives.ReadUInt16BigEndian(frame) != 0xFF00 + JpegMarker.StartOfImage)
        {
            throw FrameError.Malformed("The frame does not start with JPEG's SOI", 0);
        }

        var writer = new CodestreamWriter(destination);
        writer.Write(frame[..2]);
        var structure = default(JpegStructure);
        var applications = new JpegApplicationData();
        var position = 2;
        while (true)
        {
            if (!TryReadMarker(frame, ref position, out var marker))
            {
                structure.RequireScan(position);
                writer.WriteMissingEnd(0xFF00 + JpegMarker.EndOfImage);
                break;
            }

            if (marker == JpegMarker.EndOfImage)
            {
                structure.RequireScan(position);
                writer.WriteUInt16(0xFF00 + JpegMarker.EndOfImage);
                break;
            }

            var contents = ReadSegment(frame, ref position);
            if (marker is >= JpegMarker.Application0 and <= JpegMarker.Application15)
            {
                applications.Write(marker, contents, ref writer, position);
            }
            else if (marker != JpegMarker.Comment)
            {
                JpegSegments.Validate(marker, contents, position);
                structure.Add(marker, position);
                writer.WriteUInt16((ushort)(0xFF00 + marker));
                writer.WriteUInt16((ushort)(contents.Length + 2));
                writer.Write(contents);
            }

            if (marker == JpegMarker.StartOfScan)
            {
                var end = EndOfEntropyCodedData(frame, position, structure.IsJpegLs);
                writer.Write(frame[position..end]);
                position = end;
            }
        }

        removed = !writer.IsSameAs(frame);
        return writer.Length;
    }

    private static bool TryReadMarker(ReadOnlySpan<byte> frame, ref int position, out byte marker)
    {
        marker = 0;
        if (position < frame.Length && frame[position] != 0xFF)
        {
            throw FrameError.Malformed("A JPEG marker is expected", position);
        }

        // T.81 B.1.1.2: any marker may be preceded by fill bytes FF.
        while (position < frame.Length && frame[position] == 0xFF)
        {
            position++;
        }

        if (position == frame.Length)
        {
            return false;
        }

        marker = frame[position++];
        return true;
    }

    private static ReadOnlySpan<byte> ReadSegment(ReadOnlySpan<byte> frame, ref int position)
    {
        if (frame.Length - position < 2)
        {
            throw FrameError.Malformed("The frame ends inside a JPEG segment's length", position);
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(frame[position..]);
        if (length < 2 || length > frame.Length - position)
        {
            throw FrameError.Malformed($"The JPEG segment's length {length} does not fit into the frame", position);
        }

        var contents = frame.Slice(position + 2, length - 2);
        position += length;
        return contents;
    }

    private static int EndOfEntropyCodedData(ReadOnlySpan<byte> frame, int position, bool jpegLs)
    {
        while (true)
        {
            var found = frame[position..].IndexOf((byte)0xFF);
            if (found < 0)
            {
                return frame.Length;
            }

            var start = position + found;
            var next = start + 1;
            while (next < frame.Length && frame[next] == 0xFF)
            {
                next++;
            }

            if (next == frame.Length)
            {
                return start;
            }

            // T.81 B.1.1.5: a zero is stuffed after FF. T.87 A.1: a zero bit is, so that the next byte is below 80.
            var isData = jpegLs ? frame[next] < 0x80 && next == start + 1 : frame[next] == 0;
            if (!isData && frame[next] is < JpegMarker.Restart0 or > JpegMarker.Restart7)
            {
                return start;
            }

            position = next + 1;
        }
    }
}
