using Pacsbin.Dicom;
using Pacsbin.Redaction;
using Xunit;

namespace Pacsbin.Tests.Redaction;

/// <summary>Overlays (PS3.3 C.9.2) over erased pixels.</summary>
public sealed class OverlayRedactionTests
{
    private const int ImageRows = 40;
    private const int ImageColumns = 50;

    public static TheoryData<int, int, int, int, int> Overlays => new()
    {
        { 40, 50, 1, 1, 1 },
        { 39, 51, 1, 1, 3 },
        { 40, 50, -4, 6, 1 },
        { 17, 13, 20, -3, 2 },
        { 70, 90, -10, -20, 1 },
        { 5, 5, 100, 100, 1 },
        { 900, 700, -400, -300, 2 }, // larger than what is held in memory
    };

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Points_over_erased_pixels_are_cleared_and_all_others_stay(int rows, int columns, int top, int left, int frames)
    {
        foreach (var (form, vr) in new[] { (Encoded.ExplicitLittle, "OW"), (Encoded.ExplicitLittle, "OB"), (Encoded.ImplicitLittle, "OW"), (Encoded.ExplicitBig, "OW"), (Encoded.ExplicitBig, "OB") })
        {
            foreach (var region in new[]
            {
                new RedactionRegion(0, 0, 30, 12),
                new RedactionRegion(3, 5, 20, 20) { Shape = RegionShape.Ellipse, FirstFrame = 1 },
                new RedactionRegion(10, 10, 20, 20) { Outside = true },
            })
            {
                var bits = Bits(rows * columns * frames);
                var after = Erase(File(form, vr, bits, b => Plane(b, rows, columns, top, left, frames)), region);
                Assert.NotNull(after);
                for (var i = 0; i < rows * columns * frames; i++)
                {
                    var (row, column) = ((i / columns % rows) + top - 1, (i % columns) + left - 1);
                    var isErased = row is >= 0 and < ImageRows && column is >= 0 and < ImageColumns
                        ? RegionOracle.Erases(region, ImageRows, ImageColumns, 0, row, column) : region.Outside;
                    if (((after[i / 8] >> (i % 8)) & 1) != (isErased ? 0 : (bits[i / 8] >> (i % 8)) & 1))
                    {
                        Assert.Fail($"{form} {vr} {region}: point {i} at row {row} column {column}");
                    }
                }
            }
        }
    }

    [Fact]
    public void An_overlay_that_does_not_say_where_it_lies_is_removed()
    {
        Assert.Null(Erase(File(Encoded.ExplicitLittle, "OW", Bits(2000), b => b.Numbers(0x60000010, "US", 40).Numbers(0x60000011, "US", 50)), new RedactionRegion(0, 0, 1, 1)));
        Assert.Null(Erase(File(Encoded.ExplicitLittle, "OW", Bits(2000), b => b.Numbers(0x60000011, "US", 50).Numbers(0x60000050, "SS", 1, 1)), new RedactionRegion(0, 0, 1, 1)));
    }

    [Fact]
    public void An_overlay_of_more_than_single_bits_is_removed() =>
        Assert.Null(Erase(File(Encoded.ExplicitLittle, "OW", Bits(16 * 2000), b => Plane(b, 40, 50, 1, 1, 1, allocated: 16)), new RedactionRegion(0, 0, 1, 1)));

    [Theory]
    [InlineData(2000)]
    [InlineData(700_000)]
    public void Points_beyond_the_last_frame_are_dropped(int rest)
    {
        var after = Erase(File(Encoded.ExplicitLittle, "OW", Bits(2000 + rest), b => Plane(b, 40, 50, 1, 1, 1)), new RedactionRegion(0, 0, 1, 1));
        Assert.Equal(250, after!.Length);
    }

    [Fact]
    public void Every_group_is_erased()
    {
        var bits = Bits(2000);
        var bytes = File(Encoded.ExplicitLittle, "OW", bits, b =>
        {
            for (uint group = 0x60000000; group < 0x601E0000; group += 0x20000)
            {
                Plane(b, 40, 50, 1, 1, 1, group).Element(group + 0x3000, "OW", bits);
            }

            Plane(b, 40, 50, 1, 1, 1, 0x601E0000);
        }, 0x601E0000);
        var region = new RedactionRegion(0, 0, 50, 40);
        for (uint group = 0x60000000; group <= 0x601E0000; group += 0x20000)
        {
            Assert.All(Erase(bytes, region, group)!, b => Assert.Equal(0, b));
        }
    }

    private static DicomBuilder Plane(DicomBuilder builder, int rows, int columns, int top, int left, int frames, uint group = 0x60000000, int allocated = 1) => builder
        .Numbers(group + 0x10, "US", rows).Numbers(group + 0x11, "US", columns)
        .Element(group + 0x15, "IS", frames + " ")
        .Element(group + 0x40, "CS", "G ")
        .Numbers(group + 0x50, "SS", top, left)
        .Numbers(group + 0x100, "US", allocated).Numbers(group + 0x102, "US", 0);

    private static byte[] Bits(int count)
    {
        var bytes = new byte[(count + 15) / 16 * 2];
        new Random(5).NextBytes(bytes);
        return bytes;
    }

    private static byte[] File(Encoded form, string vr, byte[] bits, Action<DicomBuilder> plane, uint group = 0x60000000)
    {
        var builder = new DicomBuilder(form)
            .Numbers(0x00280002, "US", 1).Element(0x00280004, "CS", "MONOCHROME2 ")
            .Numbers(0x00280010, "US", ImageRows).Numbers(0x00280011, "US", ImageColumns)
            .Numbers(0x00280100, "US", 8).Numbers(0x00280101, "US", 8).Numbers(0x00280102, "US", 7).Numbers(0x00280103, "US", 0);
        plane(builder);
        return builder.Element(group + 0x3000, vr, InFileOrder(form, vr, bits)).Element(0x7FE00010, "OW", new byte[ImageRows * ImageColumns]).ToFile();
    }

    private static byte[] InFileOrder(Encoded form, string vr, byte[] bits) =>
        form == Encoded.ExplicitBig && vr == "OW" ? [.. bits.Select((_, i) => bits[i ^ 1])] : bits;

    /// <summary>The overlay data of the erased file, in little-endian order; null if there are none.</summary>
    private static byte[]? Erase(byte[] bytes, RedactionRegion region, uint group = 0x60000000)
    {
        using var file = DicomFile.Open(new DicomSource(Erased.Of(bytes, region)));
        if (!file.Dataset.TryGet(new Tag(group + 0x3000), out var data))
        {
            return null;
        }

        if (data.Range is not { } range)
        {
            return data.Value.ToArray();
        }

        var value = new byte[range.Length];
        file.Source.ReadExactly(range.Offset, value);
        return InFileOrder(file.TransferSyntax.IsBigEndian ? Encoded.ExplicitBig : Encoded.ExplicitLittle, data.Vr == Vr.OW ? "OW" : "OB", value);
    }
}
