using System.Buffers.Binary;
using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Imaging.Jpeg;

/// <summary>Reads the marker segments of a frame (T.81 B.1.1.4).</summary>
internal ref struct SegmentReader
{
    private readonly ReadOnlySpan<byte> frame;

    /// <exception cref="PacsbinException">MalformedElement if the frame does not start with SOI.</exception>
    public SegmentReader(ReadOnlySpan<byte> frame)
    {
        this.frame = frame;
        if (frame.Length < 2 || frame[0] != 0xFF || frame[1] != JpegMarker.StartOfImage)
        {
            throw FrameError.Malformed("The frame does not start with JPEG's SOI", 0);
        }

        Position = 2;
    }

    /// <summary>Where the next marker, or a scan's data, begins.</summary>
    public int Position { get; set; }

    /// <summary>What follows the length of the segment read last.</summary>
    public ReadOnlySpan<byte> Contents { get; private set; }

    /// <summary>Whether nothing but padding follows.</summary>
    public readonly bool IsAtEnd => !frame[Position..].ContainsAnyExcept((byte)0, (byte)0xFF);

    /// <summary>Reads a segment; returns the second byte of its marker.</summary>
    public byte Read()
    {
        // T.81 B.1.1.2: any number of FF may precede a marker.
        var start = Position;
        while (Position < frame.Length && frame[Position] == 0xFF)
        {
            Position++;
        }

        if (Position == start || Position == frame.Length)
        {
            throw FrameError.Malformed("A JPEG marker is expected", Position);
        }

        var marker = frame[Position++];
        Contents = default;
        if (marker == JpegMarker.EndOfImage)
        {
            return marker;
        }

        var length = frame.Length - Position < 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(frame[Position..]);
        if (length < 2 || length > frame.Length - Position)
        {
            throw FrameError.Malformed("A JPEG segment's length does not fit into the frame", Position);
        }

        Contents = frame.Slice(Position + 2, length - 2);
        Position += length;
        return marker;
    }
}
