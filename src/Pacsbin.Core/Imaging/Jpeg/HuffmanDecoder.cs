namespace Pacsbin.Imaging.Jpeg;

/// <summary>Finds the symbols of a Huffman table (T.81 annex C): short codes by one look-up, long ones by their length.</summary>
internal sealed class HuffmanDecoder
{
    private const int ShortBits = 9;
    private const int LongestBits = HuffmanTable.MaxCodeLength;

    private readonly ushort[] byPrefix = new ushort[1 << ShortBits]; // length << 8 | symbol; 0 where the code is longer
    private readonly int[] limits = new int[LongestBits + 2]; // the first code beyond each length, as if it had 16 bits
    private readonly int[] offsets = new int[LongestBits + 1];
    private readonly byte[] symbols;

    public HuffmanDecoder(HuffmanTable table)
    {
        symbols = table.Symbols.ToArray();
        var code = 0;
        var index = 0;
        for (var length = 1; length <= LongestBits; length++)
        {
            offsets[length] = index - code;
            for (var i = 0; i < table.Counts[length - 1]; i++, code++, index++)
            {
                if (length <= ShortBits)
                {
                    var shift = ShortBits - length;
                    byPrefix.AsSpan(code << shift, 1 << shift).Fill((ushort)((length << 8) | symbols[index]));
                }
            }

            limits[length] = code << (LongestBits - length);
            code <<= 1;
        }

        limits[LongestBits + 1] = int.MaxValue;
    }

    /// <summary>Decodes the symbol that 16 bits start with.</summary>
    /// <param name="bits">The next 16 bits.</param>
    /// <param name="length">The length of its code; 17 if they are no code.</param>
    public int Decode(int bits, out int length)
    {
        int entry = byPrefix[bits >> (LongestBits - ShortBits)];
        length = entry >> 8;
        if (length != 0)
        {
            return entry & 0xFF;
        }

        length = ShortBits + 1;
        while (bits >= limits[length])
        {
            length++;
        }

        return length > LongestBits ? 0 : symbols[(bits >> (LongestBits - length)) + offsets[length]];
    }
}
