using System.Buffers;
using System.Buffers.Binary;

namespace Pacsbin.Dicom;

/// <summary>Pooled pieces of a source, read forwards; what was taken stays valid until disposal, what is skipped is never read.</summary>
internal sealed class ReadBuffer(DicomSource source) : IDisposable
{
    private const int ChunkSize = 64 * 1024;
    private const int WholeFileSize = 96 * 1024;
    private const int SmallRead = 4 * 1024;

    private byte[] chunk = [];
    private List<byte[]>? fullChunks;
    private int position;
    private int filled;
    private long chunkStart;
    private int nextRead;

    /// <summary>The offset in the source of the next byte.</summary>
    public long Offset => chunkStart + position;

    /// <summary>Whether numbers are big-endian from here on.</summary>
    public bool IsBigEndian { get; set; }

    /// <summary>The bytes left in the source.</summary>
    public long Remaining => source.Length - Offset;

    /// <summary>The next bytes without taking them; valid after <see cref="Ensure"/>.</summary>
    public ReadOnlySpan<byte> Peek(int count) => chunk.AsSpan(position, count);

    /// <summary>The tag at the front, without taking it.</summary>
    public Tag PeekTag() => TagIn(Peek(4));

    /// <summary>A number in the next bytes, without taking it.</summary>
    public ushort PeekUInt16(int at) => UInt16In(Peek(at + sizeof(ushort))[at..]);

    /// <inheritdoc cref="PeekUInt16"/>
    public uint PeekUInt32(int at)
    {
        var bytes = Peek(at + sizeof(uint))[at..];
        return IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    /// <summary>The tag in four bytes of the source.</summary>
    public Tag TagIn(ReadOnlySpan<byte> bytes) => new(UInt16In(bytes), UInt16In(bytes[2..]));

    /// <summary>Reverses each unit of a value.</summary>
    public static void Swap(Span<byte> value, int unit)
    {
        for (var i = 0; unit > 1 && i + unit <= value.Length; i += unit)
        {
            value.Slice(i, unit).Reverse();
        }
    }

    /// <summary>Chooses how much is read at a time: everything for a small file, little for a scan.</summary>
    public void Start(bool isWhole) =>
        nextRead = !isWhole ? SmallRead : source.Length <= WholeFileSize ? WholeFileSize : SmallRead * 4;

    /// <summary>Makes the next bytes available in one piece; false if the source ends before.</summary>
    public bool Ensure(int count)
    {
        if (filled - position >= count)
        {
            return true;
        }

        if (Remaining < count)
        {
            return false;
        }

        if (position + count > chunk.Length)
        {
            NextChunk(count);
        }

        while (filled - position < count)
        {
            // Not beyond the end, which would cost a second read that gives nothing.
            var room = (int)Math.Min(chunk.Length - filled, source.Length - chunkStart - filled);
            var wanted = Math.Min(Math.Max(nextRead, position + count - filled), room);
            var read = source.Read(chunkStart + filled, chunk.AsSpan(filled, wanted));
            nextRead = Math.Min(Math.Max(nextRead * 2, SmallRead), ChunkSize);
            if (read == 0)
            {
                return false;
            }

            filled += read;
        }

        return true;
    }

    /// <summary>Takes bytes that <see cref="Ensure"/> made available.</summary>
    public Memory<byte> Take(int count)
    {
        var taken = chunk.AsMemory(position, count);
        position += count;
        return taken;
    }

    /// <summary>Goes forward, without reading what is not yet in memory.</summary>
    public void Skip(long count)
    {
        if (filled - position >= count)
        {
            position += (int)count;
            return;
        }

        chunkStart = Offset + count - position;
        filled = position;
        nextRead = SmallRead;
    }

    public void Dispose()
    {
        foreach (var full in fullChunks ?? [])
        {
            ArrayPool<byte>.Shared.Return(full);
        }

        if (chunk.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        fullChunks = null;
        chunk = [];
        position = filled = 0;
    }

    private ushort UInt16In(ReadOnlySpan<byte> bytes) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private void NextChunk(int count)
    {
        var size = (int)Math.Min(Math.Max(nextRead == WholeFileSize ? WholeFileSize : ChunkSize, count), Math.Max(Remaining, count));
        var next = ArrayPool<byte>.Shared.Rent(size);
        chunk.AsSpan(position, filled - position).CopyTo(next);
        if (chunk.Length > 0)
        {
            (fullChunks ??= []).Add(chunk);
        }

        chunkStart = Offset;
        filled -= position;
        position = 0;
        chunk = next;
    }
}
