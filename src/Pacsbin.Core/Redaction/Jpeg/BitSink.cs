using System.Buffers.Binary;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>Collects bits, and hands them on as entropy-coded data.</summary>
internal sealed class BitSink(int capacity) : IDisposable
{
    private const int Unit = 32;
    private readonly ByteBuffer bytes = new(capacity);
    private ulong pending;
    private int pendingBits;

    /// <summary>Appends the lowest bits of a value that has no others.</summary>
    /// <param name="value">The bits.</param>
    /// <param name="count">How many: 0 to 32.</param>
    public void Write(uint value, int count)
    {
        // Fewer than 32 bits wait, so that there is room for 32 more.
        pending = (pending << count) | value;
        pendingBits += count;
        if (pendingBits >= Unit)
        {
            pendingBits -= Unit;
            BinaryPrimitives.WriteUInt32BigEndian(bytes.Reserve(sizeof(uint)), (uint)(pending >> pendingBits));
            bytes.Advance(sizeof(uint));
        }
    }

    /// <summary>Appends the bits of <paramref name="source"/> from one position up to another.</summary>
    public void Copy(ReadOnlySpan<byte> source, long from, long to)
    {
        var target = bytes.Reserve((int)((to - from) / 8) + sizeof(ulong));
        var written = 0;
        for (; to - from >= Unit; from += Unit)
        {
            pending = (pending << Unit) | (BlockReader.Window(source, from) >> Unit);
            BinaryPrimitives.WriteUInt32BigEndian(target[written..], (uint)(pending >> pendingBits));
            written += sizeof(uint);
        }

        bytes.Advance(written);
        var rest = (int)(to - from);
        if (rest > 0)
        {
            Write((uint)(BlockReader.Window(source, from) >> (64 - rest)), rest);
        }
    }

    /// <summary>Fills the last byte with ones (T.81 F.1.2.3), writes everything with stuffing (B.1.1.5), and starts anew.</summary>
    public void MoveTo(ByteBuffer output)
    {
        var missing = -pendingBits & 7;
        Write((1u << missing) - 1, missing);
        for (; pendingBits > 0; pendingBits -= 8)
        {
            bytes.Write([(byte)(pending >> (pendingBits - 8))]);
        }

        var rest = bytes.Written;
        while (rest.IndexOf((byte)0xFF) is >= 0 and var found)
        {
            output.Write(rest[..(found + 1)]);
            output.Write([0]);
            rest = rest[(found + 1)..];
        }

        output.Write(rest);
        bytes.Clear();
        pending = 0;
    }

    public void Dispose() => bytes.Dispose();
}
