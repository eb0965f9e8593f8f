using Pacsbin.Imaging.Jpeg;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>The codes of a Huffman table's symbols (T.81 annex C).</summary>
internal sealed class HuffmanCodes
{
    /// <summary>Categories of DC differences are 0 to 11 (T.81 table F.1).</summary>
    public const int MaxDcCategory = 11;

    /// <summary>Categories of AC coefficients are 1 to 10 (T.81 table F.2).</summary>
    public const int MaxAcCategory = 10;

    /// <summary>The symbol that ends a block.</summary>
    public const byte EndOfBlock = 0;

    /// <summary>The symbol for sixteen zero coefficients.</summary>
    public const byte ZeroRun = 0xF0;

    private readonly ushort[] codes = new ushort[256];
    private readonly byte[] lengths = new byte[256];

    public HuffmanCodes(HuffmanTable table)
    {
        Table = table;
        var symbols = table.Symbols;
        var (code, next) = (0, 0);
        for (var length = 1; length <= HuffmanTable.MaxCodeLength; length++, code <<= 1)
        {
            for (var i = 0; i < table.Counts[length - 1]; i++, code++, next++)
            {
                // A symbol with two codes is written by the first.
                if (lengths[symbols[next]] == 0)
                {
                    codes[symbols[next]] = (ushort)code;
                    lengths[symbols[next]] = (byte)length;
                }
            }
        }
    }

    public HuffmanTable Table { get; }

    /// <summary>The code of a symbol that the table has, and its length in bits.</summary>
    public (uint Code, int Length) Code(byte symbol) => (codes[symbol], lengths[symbol]);

    /// <summary>Whether a symbol means something in a sequential scan (T.81 F.1.2).</summary>
    public static bool IsLegal(HuffmanClass kind, byte symbol) => kind == HuffmanClass.Dc
        ? symbol <= MaxDcCategory
        : symbol is EndOfBlock or ZeroRun || (symbol & 15) is >= 1 and <= MaxAcCategory;

    /// <summary>The same codes, where symbols that are not used have made way for others that the source does not decide.</summary>
    public HuffmanTable WithoutUnused(ReadOnlySpan<bool> used)
    {
        var symbols = Table.Symbols;
        var kept = new bool[256];
        foreach (var symbol in symbols)
        {
            kept[symbol] = used[symbol];
        }

        var fillers = new Queue<byte>(Fillers(kept));
        var renamed = new byte[symbols.Length];
        for (var i = 0; i < renamed.Length; i++)
        {
            renamed[i] = used[symbols[i]] ? symbols[i] : fillers.Dequeue();
        }

        return new HuffmanTable(Table.Kind, Table.Counts, renamed);
    }

    private IEnumerable<byte> Fillers(bool[] kept)
    {
        var all = Enumerable.Range(0, 256).Select(i => (byte)i).Where(symbol => !kept[symbol]);
        return all.OrderBy(symbol => !IsLegal(Table.Kind, symbol));
    }
}
