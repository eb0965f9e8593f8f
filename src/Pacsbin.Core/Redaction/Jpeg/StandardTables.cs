using Pacsbin.Imaging.Jpeg;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>The Huffman tables of T.81 K.3, which have every symbol of a sequential 8 bit scan.</summary>
internal static class StandardTables
{
    private static readonly HuffmanTable[] All =
    [
        Make(HuffmanClass.Dc, "00010501010101010100000000000000", "000102030405060708090A0B"),
        Make(HuffmanClass.Dc, "00030101010101010101010000000000", "000102030405060708090A0B"),
        Make(
            HuffmanClass.Ac,
            "0002010303020403050504040000017D",
            "01020300041105122131410613516107227114328191A1082342B1C11552D1F02433627282090A161718191A25262728292A3435363738393A" +
            "434445464748494A535455565758595A636465666768696A737475767778797A838485868788898A92939495969798999AA2A3A4A5A6A7A8A9AA" +
            "B2B3B4B5B6B7B8B9BAC2C3C4C5C6C7C8C9CAD2D3D4D5D6D7D8D9DAE1E2E3E4E5E6E7E8E9EAF1F2F3F4F5F6F7F8F9FA"),
        Make(
            HuffmanClass.Ac,
            "00020102040403040705040400010277",
            "000102031104052131061241510761711322328108144291A1B1C109233352F0156272D10A162434E125F11718191A262728292A35363738393A" +
            "434445464748494A535455565758595A636465666768696A737475767778797A82838485868788898A92939495969798999AA2A3A4A5A6A7A8A9AA" +
            "B2B3B4B5B6B7B8B9BAC2C3C4C5C6C7C8C9CAD2D3D4D5D6D7D8D9DAE2E3E4E5E6E7E8E9EAF2F3F4F5F6F7F8F9FA"),
    ];

    /// <summary>The table for luminance where the destination is 0, else for chrominance, as encoders use them.</summary>
    public static HuffmanTable For(HuffmanClass kind, int destination) =>
        All[(kind == HuffmanClass.Dc ? 0 : 2) + (destination == 0 ? 0 : 1)];

    /// <summary>Whether a table is one of them, so that nobody can have hidden anything in it.</summary>
    public static bool Contains(HuffmanTable table) => All.Any(table.IsSameAs);

    private static HuffmanTable Make(HuffmanClass kind, string counts, string symbols) =>
        new(kind, Convert.FromHexString(counts), Convert.FromHexString(symbols));
}
