using Pacsbin.Imaging.Jpeg;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>Finds the code at the start of a window of bits, and how many bits it and its coefficient have.</summary>
internal sealed class HuffmanLookup
{
    /// <summary>Bits of the window that are looked up at once; longer codes are rare.</summary>
    public const int Bits = 10;

    /// <summary>What the end of a block adds to the index of the next coefficient: more than a block has.</summary>
    public const int EndAdvance = 128;

    /// <summary>The entry of a code that the table lacks, or whose symbol means nothing.</summary>
    public const uint Invalid = 0;

    private readonly HuffmanTable table;
    private readonly uint[] entries = new uint[1 << Bits];
    private readonly int[] firstCodes = new int[HuffmanTable.MaxCodeLength + 1];
    private readonly int[] firstSymbols = new int[HuffmanTable.MaxCodeLength + 1];

    public HuffmanLookup(HuffmanTable table)
    {
        this.table = table;
        var (code, next) = (0, 0);
        for (var length = 1; length <= HuffmanTable.MaxCodeLength; length++, code <<= 1)
        {
            (firstCodes[length], firstSymbols[length]) = (code, next);
            var count = table.Counts[length - 1];
            for (var i = 0; i < count && length <= Bits; i++)
            {
                entries.AsSpan((code + i) << (Bits - length), 1 << (Bits - length)).Fill(Entry(table.Symbols[next + i], length));
            }

            code += count;
            next += count;
        }
    }

    /// <summary>By the first bits of a window; zero for codes that only <see cref="FindLong"/> finds.</summary>
    public ReadOnlySpan<uint> Entries => entries;

    /// <summary>Bits of the code and of the coefficient after it.</summary>
    public static int TotalBits(uint entry) => (int)(entry & 0xFF);

    /// <summary>By how much the symbol moves the index of the next coefficient.</summary>
    public static int Advance(uint entry) => (int)((entry >> 8) & 0xFF);

    public static byte Symbol(uint entry) => (byte)(entry >> 16);

    public static int CodeLength(uint entry) => (int)(entry >> 24);

    /// <summary>The entry for a code of more than <see cref="Bits"/> at the start of a window; <see cref="Invalid"/> if there is none.</summary>
    public uint FindLong(ulong window)
    {
        for (var length = Bits + 1; length <= HuffmanTable.MaxCodeLength; length++)
        {
            var offset = (int)(window >> (64 - length)) - firstCodes[length];
            if (offset >= 0 && offset < table.Counts[length - 1])
            {
                return Entry(table.Symbols[firstSymbols[length] + offset], length);
            }
        }

        return Invalid;
    }

    private uint Entry(byte symbol, int length)
    {
        if (!HuffmanCodes.IsLegal(table.Kind, symbol))
        {
            return Invalid;
        }

        var isEnd = table.Kind == HuffmanClass.Ac && symbol == HuffmanCodes.EndOfBlock;
        var advance = isEnd ? EndAdvance : (symbol >> 4) + 1;
        return (uint)((length << 24) | (symbol << 16) | (advance << 8) | (length + (symbol & 15)));
    }
}
