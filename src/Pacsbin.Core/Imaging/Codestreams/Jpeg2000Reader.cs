using System.Buffers.Binary;

namespace Pacsbin.Imaging.Codestreams;

/// <summary>Reads markers and marker segments one after the other, never beyond the codestream.</summary>
internal ref struct Jpeg2000Reader(ReadOnlySpan<byte> codestream)
{
    private readonly ReadOnlySpan<byte> codestream = codestream;

    public int Position { get; private set; }

    public readonly int Length => codestream.Length;

    public readonly int Remaining => codestream.Length - Position;

    /// <summary>The marker at the present position.</summary>
    public readonly ushort Peek()
    {
        if (Remaining < 2)
        {
            throw FrameError.Malformed("The codestream ends inside a header", Position);
        }

        return BinaryPrimitives.ReadUInt16BigEndian(codestream[Position..]);
    }

    public void Expect(ushort marker)
    {
        if (Peek() != marker)
        {
            throw FrameError.Malformed($"Marker {marker:X4} is expected", Position);
        }

        Position += 2;
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > Remaining)
        {
            throw FrameError.Malformed("The codestream ends inside a header", Position);
        }

        var bytes = codestream.Slice(Position, count);
        Position += count;
        return bytes;
    }

    /// <summary>Reads a marker and its segment; <paramref name="contents"/> begin after the length.</summary>
    public ushort ReadSegment(out ReadOnlySpan<byte> contents)
    {
        var start = Position;
        var marker = Peek();
        Position += 2;
        int length = Peek();
        if (marker < 0xFF00 || length < 2)
        {
            throw FrameError.Malformed("A marker segment is expected", start);
        }

        contents = Take(length)[2..];
        return marker;
    }

    /// <summary>The position of the first EOC before <paramref name="end"/>, or <paramref name="end"/> if there is none.</summary>
    public readonly int FindEndOfPackets(int end)
    {
        var packets = codestream[..end];
        var position = Position;
        while (true)
        {
            var found = packets[position..].IndexOf((byte)0xFF);
            if (found < 0 || position + found + 1 >= end)
            {
                return end;
            }

            position += found;
            var marker = BinaryPrimitives.ReadUInt16BigEndian(packets[position..]);

            // T.800 A.1.3: FF90 to FFFF never occur in packets, but for the markers that enclose packet headers.
            switch (marker)
            {
                case Jpeg2000Marker.EndOfCodestream:
                    return position;
                case Jpeg2000Marker.StartOfPacket:
                    position = Math.Min(position + 6, end);
                    break;
                case < 0xFF90 or Jpeg2000Marker.EndOfPacketHeader:
                    position += 2;
                    break;
                default:
                    throw FrameError.Malformed("A marker is out of place", position);
            }
        }
    }
}
