namespace Pacsbin.Redaction.Jpeg;

/// <summary>What a Huffman table codes (the bit Tc of T.81 B.2.4.2).</summary>
internal enum HuffmanClass
{
    Dc,
    Ac,
}

/// <summary>A Huffman table of T.81 Annex C: how many codes there are of each length, and the symbols in the order of their codes.</summary>
internal sealed class HuffmanTable
{
    public const int MaxCodeLength = 16;

    /// <summary>Categories of DC differences are 0 to 11 (T.81 table F.1).</summary>
    public const int MaxDcCategory = 11;

    /// <summary>Categories of AC coefficients are 1 to 10 (T.81 table F.2).</summary>
    public const int MaxAcCategory = 10;

    /// <summary>The symbol that ends a block.</summary>
    public const byte EndOfBlock = 0;

    /// <summary>The symbol for sixteen zero coefficients.</summary>
    public const byte ZeroRun = 0xF0;

    private readonly byte[] counts;
    private readonly byte[] symbols;
    private readonly ushort[] codes = new ushort[256];
    private readonly byte[] lengths = new byte[256];

    /// <param name="kind">What is coded.</param>
    /// <param name="counts">Codes of each length from 1 to 16.</param>
    /// <param name="symbols">As many as there are codes.</param>
    public HuffmanTable(HuffmanClass kind, ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        Kind = kind;
        this.counts = counts.ToArray();
        this.symbols = symbols.ToArray();
        var (code, next) = (0, 0);
        for (var length = 1; length <= MaxCodeLength; length++, code <<= 1)
        {
            for (var i = 0; i < counts[length - 1]; i++, code++, next++)
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

    public HuffmanClass Kind { get; }

    /// <summary>Codes of each length from 1 to 16.</summary>
    public ReadOnlySpan<byte> Counts => counts;

    /// <summary>Symbols in the order of their codes.</summary>
    public ReadOnlySpan<byte> Symbols => symbols;

    public bool Has(byte symbol) => lengths[symbol] != 0;

    /// <summary>The code of a symbol that the table has, and its length in bits.</summary>
    public (uint Code, int Length) Code(byte symbol) => (codes[symbol], lengths[symbol]);

    public bool IsSameAs(HuffmanTable other) => Kind == other.Kind && Counts.SequenceEqual(other.Counts) && Symbols.SequenceEqual(other.Symbols);

    /// <summary>Whether a symbol means something in a sequential scan (T.81 F.1.2).</summary>
    public static bool IsLegal(HuffmanClass kind, byte symbol) => kind == HuffmanClass.Dc
        ? symbol <= MaxDcCategory
        : symbol is EndOfBlock or ZeroRun || (symbol & 15) is >= 1 and <= MaxAcCategory;

    /// <summary>The same codes, where symbols that are not used have made way for others that the source does not decide.</summary>
    public HuffmanTable WithoutUnused(ReadOnlySpan<bool> used)
    {
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

        return new HuffmanTable(Kind, counts, renamed);
    }

    private IEnumerable<byte> Fillers(bool[] kept)
    {
        var all = Enumerable.Range(0, 256).Select(i => (byte)i).Where(symbol => !kept[symbol]);
        return all.OrderBy(symbol => !IsLegal(Kind, symbol));
    }
}
