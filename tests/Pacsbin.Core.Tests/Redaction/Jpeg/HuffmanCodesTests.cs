using Pacsbin.Imaging.Jpeg;
using Pacsbin.Redaction.Jpeg;
using Xunit;

namespace Pacsbin.Tests.Redaction.Jpeg;

public class HuffmanCodesTests
{
    [Theory]
    [InlineData(HuffmanClass.Dc, 12)]
    [InlineData(HuffmanClass.Ac, 162)]
    internal void Standard_tables_have_every_legal_symbol_once(HuffmanClass kind, int count)
    {
        foreach (var table in new[] { StandardTables.For(kind, 0), StandardTables.For(kind, 1) })
        {
            Assert.Equal(count, table.Symbols.Length);
            Assert.Equal(count, table.Symbols.ToArray().Distinct().Count(symbol => HuffmanCodes.IsLegal(kind, symbol)));
            Assert.True(StandardTables.Contains(table));
        }

        Assert.False(StandardTables.For(kind, 0).IsSameAs(StandardTables.For(kind, 1)));
    }

    [Theory]
    [InlineData(HuffmanClass.Dc)]
    [InlineData(HuffmanClass.Ac)]
    internal void Lookup_finds_what_the_table_codes(HuffmanClass kind)
    {
        var table = StandardTables.For(kind, 1);
        var codes = new HuffmanCodes(table);
        var lookup = new HuffmanLookup(table);
        foreach (var symbol in table.Symbols)
        {
            var (code, length) = codes.Code(symbol);
            var window = ((ulong)code << (64 - length)) | (ulong.MaxValue >> length);
            var entry = length <= HuffmanLookup.Bits ? lookup.Entries[(int)(window >> (64 - HuffmanLookup.Bits))] : lookup.FindLong(window);
            Assert.Equal((symbol, length, length + (symbol & 15)), (HuffmanLookup.Symbol(entry), HuffmanLookup.CodeLength(entry), HuffmanLookup.TotalBits(entry)));
        }

        // T.81 C.2: the code of ones only is never given.
        Assert.Equal(HuffmanLookup.Invalid, lookup.FindLong(ulong.MaxValue));
    }

    [Fact]
    public void Codes_in_use_stay_where_unused_symbols_make_way()
    {
        byte[] counts = [0, 1, 1, 2, 2, .. new byte[11]];
        var codes = new HuffmanCodes(new HuffmanTable(HuffmanClass.Ac, counts, "zyxwvu"u8));
        var used = new bool[256];
        used['x'] = true;
        var renamed = codes.WithoutUnused(used);
        Assert.Equal(counts, renamed.Counts.ToArray());
        Assert.Equal([0, 1, (byte)'x', 2, 3, 4], renamed.Symbols.ToArray());
        Assert.Equal(codes.Code((byte)'x'), new HuffmanCodes(renamed).Code((byte)'x'));
    }

    [Fact]
    public void Table_of_256_symbols_has_enough_others()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(i => (byte)(255 - i))];
        byte[] counts = [.. new byte[8], 255, 1, .. new byte[6]];
        var renamed = new HuffmanCodes(new HuffmanTable(HuffmanClass.Ac, counts, all)).WithoutUnused(new bool[256]);
        Assert.Equal(256, renamed.Symbols.ToArray().Distinct().Count());
        Assert.Equal(0, renamed.Symbols[0]);
    }
}
