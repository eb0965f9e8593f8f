using System.Buffers.Binary;
using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Imaging.Jpeg;

/// <summary>Reads the bits of a scan, restart interval by restart interval, and refuses to read beyond them (T.81 F.2.2.5).</summary>
internal ref struct EntropyReader
{
    /// <summary>A window of 64 bits may begin at the last byte.</summary>
    private const int Padding = 8;

    private readonly ReadOnlySpan<byte> frame;
    private readonly byte[] buffer;
    private int end; // of the interval, in bits of the buffer
    private int at; // in bits of the buffer
    private int restarts;

    /// <param name="frame">The whole frame.</param>
    /// <param name="position">Where the scan's data begins.</param>
    /// <param name="buffer">At least <see cref="BufferLength"/> bytes.</param>
    public EntropyReader(ReadOnlySpan<byte> frame, int position, byte[] buffer)
    {
        this.frame = frame;
        this.buffer = buffer;
        Position = position;
        LoadInterval();
    }

    /// <summary>Where the marker after the interval is.</summary>
    public int Position { get; private set; }

    /// <summary>The buffer that a frame needs.</summary>
    public static int BufferLength(int frameLength) => frameLength + Padding;

    /// <summary>Decodes a symbol.</summary>
    public int ReadSymbol(HuffmanDecoder table)
    {
        var symbol = table.Decode((int)(Window() >> 48), out var length);
        Advance(length);
        return length <= 16 ? symbol : throw FrameError.Malformed("Bits are no Huffman code", Position);
    }

    /// <summary>Reads up to 16 bits as a number.</summary>
    public int ReadBits(int count)
    {
        var bits = (int)(Window() >> 1 >> (63 - count));
        Advance(count);
        return bits;
    }

    /// <summary>Reads a number of a category (T.81 F.2.2.1, EXTEND): the lower half of the codes is negative.</summary>
    public int ReadSigned(int category)
    {
        if (category == 0)
        {
            return 0;
        }

        var bits = ReadBits(category);
        return bits < 1 << (category - 1) ? bits + 1 - (1 << category) : bits;
    }

    /// <summary>Ends an interval and begins the next one.</summary>
    public void Restart()
    {
        RequireEnd();
        if (Position + 1 >= frame.Length || frame[Position] != 0xFF || frame[Position + 1] != JpegMarker.Restart0 + (restarts & 7))
        {
            throw FrameError.Malformed("A JPEG restart marker is missing or out of order", Position);
        }

        restarts++;
        Position += 2;
        LoadInterval();
    }

    /// <summary>Refuses data after the last block, which shows that the blocks were not decoded as they were encoded.</summary>
    public readonly void RequireEnd()
    {
        var next = (at + 7) / 8;
        if (buffer.AsSpan(next, (end / 8) - next).ContainsAnyExcept((byte)0))
        {
            throw FrameError.Malformed("There is JPEG data after the last block", Position);
        }
    }

    private readonly ulong Window() => BinaryPrimitives.ReadUInt64BigEndian(buffer.AsSpan(at >> 3)) << (at & 7);

    private void Advance(int count)
    {
        at += count;
        if (at > end)
        {
            throw FrameError.Malformed("The JPEG data ends before the last block", Position);
        }
    }

    /// <summary>Copies the data up to the next marker without the zeros stuffed after FF.</summary>
    private void LoadInterval()
    {
        var length = 0;
        var marker = frame.Length;
        for (var from = Position; from < frame.Length;)
        {
            var found = frame[from..].IndexOf((byte)0xFF);
            var data = found < 0 ? frame[from..] : frame.Slice(from, found);
            data.CopyTo(buffer.AsSpan(length));
            length += data.Length;
            from += data.Length;
            if (found < 0)
            {
                break;
            }

            // T.81 B.1.1.2: any number of FF may precede a marker.
            var next = from + 1;
            while (next < frame.Length && frame[next] == 0xFF)
            {
                next++;
            }

            if (next == frame.Length || frame[next] != 0)
            {
                marker = next - 1;
                break;
            }

            buffer[length++] = 0xFF;
            from = next + 1;
        }

        if (length > int.MaxValue / 8)
        {
            throw new PacsbinException(PacsbinError.LimitExceeded, "A JPEG restart interval is larger than 256 MB.");
        }

        buffer.AsSpan(length, Padding).Clear();
        Position = marker;
        (at, end) = (0, length * 8);
    }
}
