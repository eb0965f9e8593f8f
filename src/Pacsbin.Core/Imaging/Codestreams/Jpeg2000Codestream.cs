using System.Buffers.Binary;

namespace Pacsbin.Imaging.Codestreams;

/// <summary>Removes everything from a JPEG 2000 or HTJ2K frame (T.800, T.801, T.814) that decoding does not need, without decoding it.</summary>
internal static class Jpeg2000Codestream
{
    /// <summary>The bytes by which a frame without EOC grows.</summary>
    public const int MaxGrowth = 2;

    private const int TilePartHeaderLength = 12;

    /// <summary>Copies a frame's codestream without comments, packet lengths, file format boxes and bytes after its end;
    /// tile-part lengths are made to agree with the result.</summary>
    /// <param name="frame">One whole frame; padding after it is allowed.</param>
    /// <param name="destination">At least as long as <paramref name="frame"/>, and not overlapping it;
    /// <see cref="MaxGrowth"/> longer if a missing EOC is to be appended.</param>
    /// <param name="removed">Whether the result differs from the frame by more than one zero byte of padding.</param>
    /// <returns>The number of bytes written to <paramref name="destination"/>.</returns>
    /// <exception cref="PacsbinException"><see cref="PacsbinError.MalformedElement"/>: neither a codestream nor a JP2 file,
    /// or a segment or tile-part that is longer or shorter than its contents;
    /// <see cref="PacsbinError.UnsupportedTransferSyntax"/>: a marker segment or JP2 box that decoding needs and that
    /// cannot be cleaned.</exception>
    public static int Clean(ReadOnlySpan<byte> frame, Span<byte> destination, out bool removed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, frame.Length);
        var codestream = Jp2Boxes.FindCodestream(frame);
        var writer = new CodestreamWriter(destination);
        var reader = new Jpeg2000Reader(codestream);
        var segments = default(Jpeg2000Segments);
        var lengths = new TilePartLengths();
        CopyMainHeader(ref reader, ref writer, ref segments, lengths);
        do
        {
            CopyTilePart(ref reader, ref writer, segments, lengths);
        }
        while (reader.Remaining >= 2 && reader.Peek() == Jpeg2000Marker.StartOfTilePart);

        lengths.RequireComplete(reader.Position);
        if (reader.Remaining >= 2 && reader.Peek() != Jpeg2000Marker.EndOfCodestream)
        {
            throw FrameError.Malformed("A tile-part or the end of the codestream is expected", reader.Position);
        }

        if (reader.Remaining >= 2)
        {
            writer.WriteUInt16(Jpeg2000Marker.EndOfCodestream);
        }
        else
        {
            writer.WriteMissingEnd(Jpeg2000Marker.EndOfCodestream);
        }

        removed = !writer.IsSameAs(frame);
        return writer.Length;
    }

    private static void CopyMainHeader(ref Jpeg2000Reader reader, ref CodestreamWriter writer, ref Jpeg2000Segments segments, TilePartLengths lengths)
    {
        reader.Expect(Jpeg2000Marker.StartOfCodestream);
        writer.WriteUInt16(Jpeg2000Marker.StartOfCodestream);
        while (reader.Peek() != Jpeg2000Marker.StartOfTilePart)
        {
            var marker = reader.ReadSegment(out var contents);
            if (marker == Jpeg2000Marker.TilePartLengths)
            {
                WriteSegment(marker, contents, ref writer);
                lengths.Add(contents, writer.Length, reader.Position);
            }
            else if (!Jpeg2000Marker.IsDispensable(marker))
            {
                segments.Validate(marker, contents, reader.Position, isMainHeader: true);
                WriteSegment(marker, contents, ref writer);
            }
        }

        segments.RequireMainHeader(reader.Position);
    }

    // The state of the main header is copied: what a tile-part declares is its own (T.800 A.6).
    private static void CopyTilePart(ref Jpeg2000Reader reader, ref CodestreamWriter writer, Jpeg2000Segments segments, TilePartLengths lengths)
    {
        var start = reader.Position;
        var header = reader.Take(TilePartHeaderLength);
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[6..]);
        if (BinaryPrimitives.ReadUInt16BigEndian(header[2..]) != TilePartHeaderLength - 2
            || (length != 0 && (length < TilePartHeaderLength + 2 || length > (uint)(reader.Length - start))))
        {
            throw FrameError.Malformed("A tile-part's length does not fit into the codestream", start);
        }

        var end = length == 0 ? reader.Length : start + (int)length;
        var written = writer.Length;
        writer.Write(header);
        while (reader.Peek() != Jpeg2000Marker.StartOfData)
        {
            var marker = reader.ReadSegment(out var contents);
            if (!Jpeg2000Marker.IsDispensable(marker))
            {
                segments.Validate(marker, contents, reader.Position, isMainHeader: false);
                WriteSegment(marker, contents, ref writer);
            }
        }

        segments.RequireLevels(reader.Position);
        reader.Expect(Jpeg2000Marker.StartOfData);
        writer.WriteUInt16(Jpeg2000Marker.StartOfData);
        if (reader.Position > end)
        {
            throw FrameError.Malformed("A tile-part's header is longer than the tile-part", start);
        }

        var endOfPackets = reader.FindEndOfPackets(end);
        if (length != 0 && endOfPackets != end)
        {
            throw FrameError.Malformed("The codestream ends inside a tile-part", endOfPackets);
        }

        // T.800 A.4.2: with a length of 0 the last tile-part extends to the end of the codestream.
        end = endOfPackets;
        writer.Write(reader.Take(end - reader.Position));
        var tilePart = writer.Written[written..];
        if (length != 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(tilePart[6..], (uint)tilePart.Length);
        }

        lengths.Set(writer.Written, BinaryPrimitives.ReadUInt16BigEndian(header[4..]), tilePart.Length, start);
    }

    private static void WriteSegment(ushort marker, ReadOnlySpan<byte> contents, ref CodestreamWriter writer)
    {
        writer.WriteUInt16(marker);
        writer.WriteUInt16((ushort)(contents.Length + 2));
        writer.Write(contents);
    }
}
