using System.Buffers.Binary;

namespace Pacsbin.Imaging.Codestreams;

/// <summary>Reads the segments of a JPEG (T.81) or JPEG-LS (T.87) frame; refuses those that hold more or less than they must, or out of order.</summary>
internal ref struct JpegSegmentReader
{
    private JpegStructure structure;

    /// <exception cref="PacsbinException">MalformedElement if the frame does not start with SOI.</exception>
    public JpegSegmentReader(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 2 || BinaryPrimitives.ReadUInt16BigEndian(frame) != 0xFF00 + JpegMarker.StartOfImage)
        {
            throw FrameError.Malformed("The frame does not start with JPEG's SOI", 0);
        }

        Frame = frame;
        Position = 2;
    }

    /// <summary>Everything, from the first byte.</summary>
    public readonly ReadOnlySpan<byte> Frame { get; }

    /// <summary>Where the next marker, or a scan's data, begins.</summary>
    public int Position { get; set; }

    /// <summary>The second byte of the marker read last.</summary>
    public byte Marker { get; private set; }

    /// <summary>What follows the length of the segment read last; exactly as long as it must be, but for application data and comments.</summary>
    public ReadOnlySpan<byte> Contents { get; private set; }

    /// <summary>What has been read so far.</summary>
    public readonly JpegStructure Structure => structure;

    /// <summary>Reads a segment; false if the frame ends before it.</summary>
    public bool TryRead()
    {
        var position = Position;
        var found = TryReadMarker(Frame, ref position, out var marker);
        Position = position;
        Marker = marker;
        Contents = default;
        if (found && marker != JpegMarker.EndOfImage)
        {
            ReadContents();
        }

        return found;
    }

    /// <summary>Reads a segment; returns the second byte of its marker.</summary>
    public byte Read() => TryRead() ? Marker : throw FrameError.Truncated("The frame ends where a JPEG marker is expected", Position);

    /// <summary>Reads a marker; false if the frame ends before it.</summary>
    public static bool TryReadMarker(ReadOnlySpan<byte> frame, ref int position, out byte marker)
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

    private void ReadContents()
    {
        if (Frame.Length - Position < 2)
        {
            throw FrameError.Malformed("The frame ends inside a JPEG segment's length", Position);
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(Frame[Position..]);
        if (length < 2 || length > Frame.Length - Position)
        {
            throw FrameError.Malformed($"The JPEG segment's length {length} does not fit into the frame", Position);
        }

        Contents = Frame.Slice(Position + 2, length - 2);
        Position += length;
        if (!JpegMarker.IsApplication(Marker) && Marker != JpegMarker.Comment)
        {
            JpegSegments.Validate(Marker, Contents, Position);
            structure.Add(Marker, Position);
        }
    }
}
