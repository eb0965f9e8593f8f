using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>Reads the codes of a block (T.81 F.2.2) from bytes without stuffing.</summary>
/// <remarks>The bytes must go on for <see cref="Padding"/> after the last position that a block begins at.
/// Positions are bits; a negative one is the complement of where data are wrong.</remarks>
internal static class BlockReader
{
    /// <summary>More bytes than any block has, and one window.</summary>
    public const int Padding = 256;

    private const int BlockSize = 64;

    /// <summary>Up to 64 bits, and never fewer than 57, from a position.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Window(ReadOnlySpan<byte> data, long position) =>
        BinaryPrimitives.ReadUInt64BigEndian(data[(int)(position >> 3)..]) << (int)(position & 7);

    /// <summary>Reads a DC difference and its category.</summary>
    /// <returns>The position after it.</returns>
    public static long ReadDifference(ReadOnlySpan<byte> data, long position, HuffmanLookup lookup, out int category, out int difference)
    {
        var window = Window(data, position);
        var entry = Find(lookup, window);
        category = HuffmanLookup.Symbol(entry);
        difference = 0;
        if (entry == HuffmanLookup.Invalid)
        {
            return ~position;
        }

        if (category != 0)
        {
            var bits = (int)((window << HuffmanLookup.CodeLength(entry)) >> (64 - category));
            difference = bits < 1 << (category - 1) ? bits - (1 << category) + 1 : bits;
        }

        return position + HuffmanLookup.TotalBits(entry);
    }

    /// <summary>Passes the AC coefficients of a block.</summary>
    /// <returns>The position after them.</returns>
    public static long SkipCoefficients(ReadOnlySpan<byte> data, long position, HuffmanLookup lookup, Span<bool> used)
    {
        var entries = lookup.Entries;
        var k = 1;
        while (true)
        {
            var window = Window(data, position);
            var entry = entries[(int)(window >> (64 - HuffmanLookup.Bits))];
            if (entry == HuffmanLookup.Invalid && (entry = lookup.FindLong(window)) == HuffmanLookup.Invalid)
            {
                return ~position;
            }

            used[HuffmanLookup.Symbol(entry)] = true;
            k += HuffmanLookup.Advance(entry);
            position += HuffmanLookup.TotalBits(entry);
            if (k >= BlockSize)
            {
                break;
            }

            // A window has room for two codes with their coefficients: 2 x (16 + 10) bits.
            window <<= HuffmanLookup.TotalBits(entry);
            entry = entries[(int)(window >> (64 - HuffmanLookup.Bits))];
            if (entry == HuffmanLookup.Invalid && (entry = lookup.FindLong(window)) == HuffmanLookup.Invalid)
            {
                return ~position;
            }

            used[HuffmanLookup.Symbol(entry)] = true;
            k += HuffmanLookup.Advance(entry);
            position += HuffmanLookup.TotalBits(entry);
            if (k >= BlockSize)
            {
                break;
            }
        }

        return k is BlockSize or >= HuffmanLookup.EndAdvance ? position : ~position;
    }

    /// <summary>Writes the AC coefficients of a block by another table that has all symbols.</summary>
    /// <returns>The position after them.</returns>
    public static long RewriteCoefficients(ReadOnlySpan<byte> data, long position, ScanTable table, BitSink sink)
    {
        var k = 1;
        while (k < BlockSize)
        {
            var window = Window(data, position);
            var entry = Find(table.Lookup, window);
            k += HuffmanLookup.Advance(entry);
            if (entry == HuffmanLookup.Invalid || k is > BlockSize and < HuffmanLookup.EndAdvance)
            {
                return ~position;
            }

            var symbol = HuffmanLookup.Symbol(entry);
            var category = symbol & 15;
            table.Write(symbol, sink);
            sink.Write((uint)(((window << HuffmanLookup.CodeLength(entry)) >> 1) >> (63 - category)), category);
            position += HuffmanLookup.TotalBits(entry);
        }

        return position;
    }

    private static uint Find(HuffmanLookup lookup, ulong window)
    {
        var entry = lookup.Entries[(int)(window >> (64 - HuffmanLookup.Bits))];
        return entry == HuffmanLookup.Invalid ? lookup.FindLong(window) : entry;
    }
}
