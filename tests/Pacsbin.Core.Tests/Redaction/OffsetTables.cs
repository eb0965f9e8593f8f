using System.Buffers.Binary;
using Xunit;

namespace Pacsbin.Tests.Redaction;

/// <summary>The fragments of a file and the tables of where frames begin, read from its bytes.</summary>
internal sealed record OffsetTables(uint[] Basic, ulong[] Extended, ulong[] ExtendedLengths, List<(long Offset, int Length)> Items)
{
    public static OffsetTables Of(byte[] file)
    {
        var at = file.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xE0, 0x7F, 0x10, 0x00, (byte)'O', (byte)'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]) + 12;
        Assert.True(at > 12, "The file has no fragments.");
        var tableLength = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4));
        uint[] basic = [.. Enumerable.Range(0, tableLength / 4).Select(i => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8 + (4 * i))))];
        var first = at + 8 + tableLength;
        List<(long, int)> items = [];
        for (at = first; BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)) == 0xE000FFFE;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4));
            items.Add((at - first, length));
            at += 8 + length;
        }

        Assert.Equal(0xE0DDFFFE, BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)));
        return new OffsetTables(basic, Numbers(file, 1), Numbers(file, 2), items);
    }

    /// <summary>Requires one item a frame, and tables, where they are, that tell the truth.</summary>
    public void AssertTrue(int frames, bool hasBasic, bool hasExtended)
    {
        Assert.Equal(frames, Items.Count);
        Assert.Equal(hasBasic ? Items.Select(i => (uint)i.Offset) : [], Basic);
        Assert.Equal(hasExtended ? Items.Select(i => (ulong)i.Offset) : [], Extended);
        Assert.All(ExtendedLengths.Zip(Items), pair => Assert.InRange(pair.First, (ulong)pair.Second.Length - 1, (ulong)pair.Second.Length));
        Assert.Equal(Extended.Length, ExtendedLengths.Length);
    }

    private static ulong[] Numbers(byte[] file, byte element)
    {
        var at = file.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0xE0, 0x7F, element, 0x00, (byte)'O', (byte)'V', 0, 0]);
        return at < 0 ? [] : [.. Enumerable.Range(0, BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 8)) / 8).Select(i => BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at + 12 + (8 * i))))];
    }
}
