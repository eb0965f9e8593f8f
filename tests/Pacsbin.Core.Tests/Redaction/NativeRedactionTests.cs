using Pacsbin.Dicom;
using Pacsbin.Redaction;
using Xunit;

namespace Pacsbin.Tests.Redaction;

/// <summary>Erasing of uncompressed pixels: the region is the fill value, everything else is unchanged to the bit.</summary>
public sealed class NativeRedactionTests
{
    public static TheoryData<string, int, int, int, bool, int, ulong[]> Formats => new()
    {
        { "MONOCHROME2", 1, 8, 8, false, 0, [0] },
        { "MONOCHROME2", 1, 8, 8, true, 0, [0x80] },
        { "MONOCHROME1", 1, 8, 8, false, 0, [0xFF] },
        { "MONOCHROME1", 1, 8, 6, false, 0, [0x3F] },
        { "MONOCHROME2", 1, 16, 12, false, 0, [0] },
        { "MONOCHROME2", 1, 16, 16, true, 0, [0x8000] },
        { "MONOCHROME2", 1, 16, 12, true, 0, [0xF800] },
        { "MONOCHROME1", 1, 16, 12, true, 0, [0x07FF] },
        { "MONOCHROME1", 1, 16, 16, false, 0, [0xFFFF] },
        { "MONOCHROME2", 1, 32, 32, false, 0, [0] },
        { "MONOCHROME2", 1, 32, 32, true, 0, [0x80000000] },
        { "MONOCHROME1", 1, 32, 24, false, 0, [0xFFFFFF] },
        { "MONOCHROME2", 1, 1, 1, false, 0, [0] },
        { "MONOCHROME1", 1, 1, 1, false, 0, [1] },
        { "RGB", 3, 8, 8, false, 0, [0, 0, 0] },
        { "RGB", 3, 8, 8, false, 1, [0, 0, 0] },
        { "RGB", 3, 16, 16, false, 1, [0, 0, 0] },
        { "RGB", 3, 32, 32, false, 0, [0, 0, 0] },
        { "YBR_FULL", 3, 8, 8, false, 0, [0, 128, 128] },
        { "YBR_FULL", 3, 8, 8, false, 1, [0, 128, 128] },
        { "YBR_FULL", 3, 16, 16, false, 0, [0, 0x8000, 0x8000] },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void Region_is_the_darkest_value_and_the_rest_unchanged(string photometric, int samples, int allocated, int stored, bool signed, int planar, ulong[] fill)
    {
        var image = new NativeImage(photometric, samples, allocated, stored, signed, planar) { Vr = allocated == 8 ? "OB" : "OW" };
        NativeImage[] variants =
        [
            image,
            image with { Frames = 3, Rows = 7, Columns = 13 },
            image with { Form = Encoded.ImplicitLittle, Vr = "OW", Frames = 2 },
            image with { Form = Encoded.ExplicitBig, Frames = 2 },
            image with { Form = Encoded.ExplicitBig, Vr = "OW", Frames = 3, Rows = 9, Columns = 15 },
            image with { IsDeflated = true },
        ];
        foreach (var variant in variants)
        {
            Check(variant, fill, new RedactionRegion(3, 2, 8, 3));
            Check(variant, fill, new RedactionRegion(-2, -2, 2, 2), new RedactionRegion(0, 0, 1, 1) { FirstFrame = 1 });
            Check(variant, fill, new RedactionRegion(2, 1, 5, 3) { Outside = true });
            Check(variant, fill, new RedactionRegion(-9, -7, 24, 16) { Shape = RegionShape.Ellipse, Clip = true });
        }

        // Larger than what is held in memory, or edited at a time.
        var rows = 70_000 * 8 / (allocated * samples * 191 * 2);
        var large = image with { Rows = rows, Columns = 191, Frames = 2 };
        Check(large, fill, new RedactionRegion(30, 1, 150, rows - 2), new RedactionRegion(-3, -2, 2, 2) { FirstFrame = 1 });
        Check(large with { Form = Encoded.ExplicitBig, Vr = "OW", Columns = 193 }, fill, new RedactionRegion(30, 1, 150, rows - 1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    public void Subsampled_colors_go_with_the_pair_of_an_erased_pixel(int rows)
    {
        var image = new NativeImage("YBR_FULL_422", 3, 8, 8) { Rows = rows * 4, Columns = 300, Vr = "OB", Frames = 2 };
        var before = Redact(image, out var after, new RedactionRegion(3, 1, 4, 2)); // columns 3 to 6: halves of two pairs
        for (var frame = 0; frame < 2; frame++)
        {
            for (var row = 0; row < image.Rows; row++)
            {
                for (var column = 0; column < image.Columns; column++)
                {
                    var isRow = row is 1 or 2;
                    AssertSample(image, before, after, frame, row, column, 0, isRow && column is >= 3 and <= 6, 0);
                    AssertSample(image, before, after, frame, row, column, 1, isRow && column is >= 2 and <= 7, 128);
                    AssertSample(image, before, after, frame, row, column, 2, isRow && column is >= 2 and <= 7, 128);
                }
            }
        }
    }

    [Theory]
    [InlineData("7FE00008", "OF", 32, false)]
    [InlineData("7FE00008", "OF", 32, true)]
    [InlineData("7FE00009", "OD", 64, false)]
    public void Floating_point_pixels_get_the_least_value_of_the_image(string tag, string vr, int bits, bool isBigEndian)
    {
        var image = new NativeImage("MONOCHROME2", 1, bits, bits) { Tag = tag, Vr = vr, Form = isBigEndian ? Encoded.ExplicitBig : Encoded.ExplicitLittle, Frames = 2, Rows = 90, Columns = 110 };
        var before = Redact(image, out var after, new RedactionRegion(4, 5, 20, 6));
        double Value(byte[] cells, int frame, int row, int column)
        {
            var cell = image.CellAt(cells, image.BitOf(frame, row, column, 0));
            return bits == 32 ? BitConverter.UInt32BitsToSingle((uint)cell) : BitConverter.UInt64BitsToDouble(cell);
        }

        var least = double.MaxValue;
        for (var i = 0; i < 2 * 90 * 110; i++)
        {
            least = Math.Min(least, Value(before, i / 9900, i / 110 % 90, i % 110));
        }

        for (var i = 0; i < 2 * 90 * 110; i++)
        {
            var (frame, row, column) = (i / 9900, i / 110 % 90, i % 110);
            var isErased = column is >= 4 and < 24 && row is >= 5 and < 11;
            Assert.Equal(isErased ? least : Value(before, frame, row, column), Value(after, frame, row, column));
        }
    }

    [Theory]
    [InlineData(12)]
    [InlineData(3)]
    public void Cells_that_are_no_bytes_are_refused(int bits)
    {
        var bytes = new NativeImage("MONOCHROME2", 1, 8, 8).ToFile(1, out _);
        bytes[bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x28, 0x00, 0x00, 0x01]) + 8] = (byte)bits;
        using var file = DicomFile.Open(new DicomSource(bytes));
        var error = Assert.Throws<PacsbinException>(() => PixelRedactor.For(file, [new RedactionRegion(0, 0, 2, 2)])!.Apply(file.Dataset, TestContext.Current.CancellationToken));
        Assert.Equal(PacsbinError.UnsupportedTransferSyntax, error.Error);
    }

    private static void Check(NativeImage image, ulong[] fill, params RedactionRegion[] regions)
    {
        var before = Redact(image, out var after, regions);
        for (var frame = 0; frame < image.Frames; frame++)
        {
            for (var row = 0; row < image.Rows; row++)
            {
                for (var column = 0; column < image.Columns; column++)
                {
                    var isErased = Array.Exists(regions, r => RegionOracle.Erases(r, image, frame, row, column));
                    for (var sample = 0; sample < image.Samples; sample++)
                    {
                        AssertSample(image, before, after, frame, row, column, sample, isErased, fill[sample]);
                    }
                }
            }
        }
    }

    private static void AssertSample(NativeImage image, byte[] before, byte[] after, int frame, int row, int column, int sample, bool isErased, ulong fill)
    {
        var bit = image.BitOf(frame, row, column, sample);
        var (expected, actual) = (isErased ? fill : image.CellAt(before, bit), image.CellAt(after, bit));
        if (expected != actual)
        {
            Assert.Fail($"{image}: frame {frame} row {row} column {column} sample {sample} is {actual:X}, expected {expected:X} ({(isErased ? "erased" : "kept")}).");
        }
    }

    /// <summary>The pixel data before and after, as little-endian cells.</summary>
    private static byte[] Redact(NativeImage image, out byte[] after, params RedactionRegion[] regions)
    {
        var original = image.ToFile(7, out var before);
        using var file = DicomFile.Open(new DicomSource(original));
        var redactor = PixelRedactor.For(file, regions)!;
        redactor.Apply(file.Dataset);
        using var output = new MemoryStream();
        DicomFile.Write(output, file.Dataset, file.Source, redactor.TransferSyntax);
        var written = output.ToArray();
        using var copy = DicomFile.Open(new DicomSource(written));
        Assert.Equal(file.TransferSyntax, copy.TransferSyntax);
        Assert.False(copy.Dataset.Contains(Tags.SmallestImagePixelValue) || copy.Dataset.Contains(Tags.LargestImagePixelValue));
        Assert.Equal("NO", copy.Dataset.GetString(Tags.BurnedInAnnotation));
        var tag = new Tag(uint.Parse(image.Tag, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(copy.Dataset.TryGet(tag, out var pixels));
        if (pixels.Range is { } range)
        {
            var bytes = new byte[range.Length];
            copy.Source.ReadExactly(range.Offset, bytes);
            after = image.InFileOrder(bytes); // reversing numbers twice gives them back
        }
        else
        {
            var unit = pixels.Vr.UnitSize();
            after = image.Form == Encoded.ExplicitBig && unit == 1 || (image.Form == Encoded.ExplicitBig && image.BitsAllocated / 8 > unit)
                ? image.InFileOrder(Reversed(pixels.Value.ToArray(), unit)) : pixels.Value.ToArray();
        }

        return before;
    }

    /// <summary>A value in memory is little-endian by its VR's unit: this is how the file has it.</summary>
    private static byte[] Reversed(byte[] value, int unit)
    {
        for (var i = 0; unit > 1 && i + unit <= value.Length; i += unit)
        {
            Array.Reverse(value, i, unit);
        }

        return value;
    }
}
