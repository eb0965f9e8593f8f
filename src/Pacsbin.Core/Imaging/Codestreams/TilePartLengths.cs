using System.Buffers.Binary;

namespace Pacsbin.Imaging.Codestreams;

/// <summary>Rewrites TLM segments (T.800 A.7.1), which PS3.5 10.18 requires of one transfer syntax, with the lengths after cleaning.</summary>
internal sealed class TilePartLengths
{
    private readonly Queue<(int Offset, int Entries, int IndexBytes, int LengthBytes)> segments = [];
    private int segmentCount;
    private int used;

    /// <summary>Takes note of a segment whose contents were written up to <paramref name="end"/>.</summary>
    public void Add(ReadOnlySpan<byte> contents, int end, int position)
    {
        var size = contents.Length < 2 ? 0 : contents[1];
        var indexBytes = (size >> 4) & 3;
        var lengthBytes = (size & 0x40) == 0 ? 2 : 4;
        var entry = indexBytes + lengthBytes;
        if (contents.Length < 2 + entry || (size & 0x8F) != 0 || indexBytes == 3
            || contents[0] != segmentCount || (contents.Length - 2) % entry != 0)
        {
            throw FrameError.Malformed("A TLM segment is out of order or contradicts its length", position);
        }

        segmentCount++;
        segments.Enqueue((end - contents.Length + 2, (contents.Length - 2) / entry, indexBytes, lengthBytes));
    }

    /// <summary>Writes the next tile-part's index and length, if there is a TLM segment at all.</summary>
    public void Set(Span<byte> written, int tile, int length, int position)
    {
        if (segmentCount == 0)
        {
            return;
        }

        if (!segments.TryPeek(out var segment))
        {
            throw FrameError.Malformed("There are more tile-parts than TLM lists", position);
        }

        var entry = written[(segment.Offset + (used * (segment.IndexBytes + segment.LengthBytes)))..];
        if ((segment.IndexBytes == 1 && tile > byte.MaxValue) || (segment.LengthBytes == 2 && length > ushort.MaxValue))
        {
            throw FrameError.Malformed("A tile-part does not fit into its TLM entry", position);
        }

        if (segment.IndexBytes == 1)
        {
            entry[0] = (byte)tile;
        }
        else if (segment.IndexBytes == 2)
        {
            BinaryPrimitives.WriteUInt16BigEndian(entry, (ushort)tile);
        }

        entry = entry[segment.IndexBytes..];
        if (segment.LengthBytes == 2)
        {
            BinaryPrimitives.WriteUInt16BigEndian(entry, (ushort)length);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(entry, (uint)length);
        }

        used++;
        if (used == segment.Entries)
        {
            segments.Dequeue();
            used = 0;
        }
    }

    /// <summary>Refuses entries that belong to no tile-part: they would be copied as they are.</summary>
    public void RequireComplete(int position)
    {
        if (segments.Count != 0)
        {
            throw FrameError.Malformed("There are fewer tile-parts than TLM lists", position);
        }
    }
}
