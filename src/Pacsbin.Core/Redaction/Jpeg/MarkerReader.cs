using System.Buffers.Binary;
using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>Reads the markers and segments of a JPEG frame, never beyond its end.</summary>
internal ref struct MarkerReader(ReadOnlySpan<byte> frame)
{
    public int Position { get; set; }

    /// <summary>Everything, from the first byte.</summary>
    public readonly ReadOnlySpan<byte> Frame { get; } = frame;

    public static PacsbinException Truncated(string what, int offset) =>
        new(PacsbinError.Truncated, $"{what} (byte {offset} of the frame).");

    /// <summary>Reads SOI, which a frame starts with.</summary>
    public void ExpectStart()
    {
        if (Frame.Length < 2 || BinaryPrimitives.ReadUInt16BigEndian(Frame) != 0xFF00 + JpegMarker.StartOfImage)
        {
            throw FrameError.Malformed("The frame does not start with JPEG's SOI", 0);
        }

        Position = 2;
    }

    /// <summary>The second byte of the marker at the present position.</summary>
    public byte ReadMarker()
    {
        if (Position < Frame.Length && Frame[Position] != 0xFF)
        {
            throw FrameError.Malformed("A JPEG marker is expected", Position);
        }

        // T.81 B.1.1.2: any marker may be preceded by fill bytes FF.
        while (Position < Frame.Length && Frame[Position] == 0xFF)
        {
            Position++;
        }

        return Position < Frame.Length ? Frame[Position++] : throw Truncated("The frame ends where a JPEG marker is expected", Position);
    }

    /// <summary>What follows a segment's length.</summary>
    public ReadOnlySpan<byte> ReadSegment()
    {
        if (Frame.Length - Position < 2)
        {
            throw Truncated("The frame ends inside a JPEG segment's length", Position);
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(Frame[Position..]);
        if (length < 2)
        {
            throw FrameError.Malformed("A JPEG segment is shorter than its own length", Position);
        }

        if (length > Frame.Length - Position)
        {
            throw Truncated("The frame ends inside a JPEG segment", Position);
        }

        var contents = Frame.Slice(Position + 2, length - 2);
        Position += length;
        return contents;
    }
}
