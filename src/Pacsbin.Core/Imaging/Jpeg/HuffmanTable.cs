namespace Pacsbin.Imaging.Jpeg;

/// <summary>What a Huffman table codes (the bit Tc of T.81 B.2.4.2).</summary>
internal enum HuffmanClass
{
    /// <summary>DC differences, or lossless ones.</summary>
    Dc,

    /// <summary>AC coefficients.</summary>
    Ac,
}

/// <summary>A Huffman table as DHT has it: how many codes there are of each length, and the symbols in the order of their codes.</summary>
/// <param name="kind">What is coded.</param>
/// <param name="counts">Codes of each length from 1 to 16, no more than a prefix code has.</param>
/// <param name="symbols">As many as there are codes.</param>
internal sealed class HuffmanTable(HuffmanClass kind, ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
{
    public const int MaxCodeLength = 16;

    private readonly byte[] counts = counts.ToArray();
    private readonly byte[] symbols = symbols.ToArray();

    public HuffmanClass Kind => kind;

    /// <summary>Codes of each length from 1 to 16.</summary>
    public ReadOnlySpan<byte> Counts => counts;

    /// <summary>Symbols in the order of their codes.</summary>
    public ReadOnlySpan<byte> Symbols => symbols;

    public bool IsSameAs(HuffmanTable other) => Kind == other.Kind && Counts.SequenceEqual(other.Counts) && Symbols.SequenceEqual(other.Symbols);
}
