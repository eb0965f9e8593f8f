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
        var reader = new JpegSegmentReader(frame);
        var writer = new CodestreamWriter(destination);
        writer.Write(frame[..2]);
        var applications = new JpegApplicationData();
        while (reader.TryRead() && reader.Marker != JpegMarker.EndOfImage)
        {
            var marker = reader.Marker;
            var contents = reader.Contents;
            if (JpegMarker.IsApplication(marker))
            {
                applications.Write(marker, contents, ref writer, reader.Position);
            }
            else if (marker != JpegMarker.Comment)
            {
                writer.WriteUInt16((ushort)(0xFF00 + marker));
                writer.WriteUInt16((ushort)(contents.Length + 2));
                writer.Write(contents);
            }

            if (marker == JpegMarker.StartOfScan)
            {
                var end = EndOfEntropyCodedData(frame, reader.Position, reader.Structure.IsJpegLs);
                writer.Write(frame[reader.Position..end]);
                reader.Position = end;
            }
        }

        reader.Structure.RequireScan(reader.Position);
        if (reader.Marker == JpegMarker.EndOfImage)
        {
            writer.WriteUInt16(0xFF00 + JpegMarker.EndOfImage);
        }
        else
        {
            writer.WriteMissingEnd(0xFF00 + JpegMarker.EndOfImage);
        }

        removed = !writer.IsSameAs(frame);
        return writer.Length;
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
