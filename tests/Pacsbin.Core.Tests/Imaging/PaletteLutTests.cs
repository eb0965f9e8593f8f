using Pacsbin.Dicom;
using Pacsbin.Imaging;
using Xunit;

namespace Pacsbin.Tests.Imaging;

public sealed class PaletteLutTests
{
    [Fact]
    public void Entries_of_16_bits_give_their_high_byte()
    {
        var palette = Read([4, 0, 16], [0x1000, 0x2000, 0x0080, 0xFFFF]);
        Assert.Equal((0x10, 0x10, 0x10), palette.Rgb(0));
        Assert.Equal((0xFF, 0xFF, 0xFF), palette.Rgb(3));
        Assert.Equal(2, palette.DarkestIndex);
    }

    [Fact]
    public void Values_beyond_the_entries_have_the_nearest_one()
    {
        var palette = Read([2, 10, 16], [0x1000, 0x2000]);
        Assert.Equal(0x10, palette.Rgb(0).Red);
        Assert.Equal(0x10, palette.Rgb(10).Red);
        Assert.Equal(0x20, palette.Rgb(11).Red);
        Assert.Equal(0x20, palette.Rgb(int.MaxValue).Red);
        Assert.Equal(0x10, palette.Rgb(int.MinValue).Red);
        Assert.Equal(10, palette.DarkestIndex);
    }

    [Theory]
    [InlineData(true, -4)]
    [InlineData(false, 0xFFFC)]
    public void The_first_value_is_signed_as_pixels_are(bool isSigned, int first)
    {
        var palette = Read([2, 0xFFFC, 16], [0x2000, 0x1000], isSigned);
        Assert.Equal(0x20, palette.Rgb(first).Red);
        Assert.Equal(first + 1, palette.DarkestIndex);
    }

    [Fact]
    public void Zero_entries_are_65536()
    {
        var entries = Enumerable.Range(0, 65536).Select(i => (long)(65535 - i)).ToArray();
        var palette = Read([0, 0, 16], entries);
        Assert.Equal(65536, palette.Count);
        Assert.Equal(0xFF, palette.Rgb(0).Red);
        Assert.Equal(0, palette.Rgb(65535).Red);
        Assert.Equal(65535 - 255, palette.DarkestIndex);
    }

    [Fact]
    public void Entries_of_8_bits_come_as_bytes_or_words()
    {
        Assert.Equal(0x30, Read([4, 0, 8], [0x2010, 0x4030]).Rgb(2).Red); // two in a word
        Assert.Equal(0x30, Read([4, 0, 8], [0x10, 0x20, 0x30, 0x40]).Rgb(2).Red);
        Assert.Equal(0x30, Read([4, 0, 16], [0x10, 0x20, 0x30, 0x40]).Rgb(2).Red); // called 16 bits
    }

    [Fact]
    public void Darkness_is_luma_and_not_the_sum()
    {
        var file = Builder([2, 0, 8], isSigned: false)
            .Element(0x00281201, "OW", 0, 60).Element(0x00281202, "OW", 40, 0).Element(0x00281203, "OW", 0, 60).ToFile();
        using var opened = ImageFile.Open(file);
        Assert.Equal(0, PaletteLut.Read(opened, opened.Dataset).DarkestIndex); // 40 of green are 23, 60 of red and blue are 25
    }

    [Fact]
    public void PS3_3_C_7_9_2_segments_are_listed_interpolated_and_copied()
    {
        // 3 entries; 4 more up to 0x7000; then both segments again.
        var palette = ReadSegmented([14, 0, 16], [0, 3, 0x1000, 0x2000, 0x3000, 1, 4, 0x7000, 2, 2, 0, 0]);
        byte[] once = [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70];
        Assert.Equal([.. once, .. once], Enumerable.Range(0, 14).Select(i => palette.Rgb(i).Red));
    }

    [Theory]
    [InlineData(0, 5, 1, 2, 3)] // cut off
    [InlineData(0, 4, 1, 2, 3, 4)] // one entry short
    [InlineData(0, 6, 1, 2, 3, 4, 5, 6)] // one entry too many
    [InlineData(1, 5, 1)] // interpolated from nothing
    [InlineData(2, 1, 0, 0)] // copies itself
    [InlineData(2, 1, 0xFFFF, 0xFFFF)] // copies what is not there
    [InlineData(0, 1, 1, 2, 1, 4, 0)] // cut off in an offset
    [InlineData(0, 0, 0, 0, 0, 0)] // gives nothing
    [InlineData(3, 1, 1)] // unknown
    [InlineData(0, 1, 7, 2, 1, 0, 0, 2, 1, 6, 0)] // copies a copy
    public void Segments_that_do_not_give_the_entries_are_refused(params int[] segments)
    {
        var e = Assert.Throws<PacsbinException>(() => ReadSegmented([5, 0, 16], [.. segments.Select(s => (long)s)]));
        Assert.Equal(PacsbinError.MalformedElement, e.Error);
    }

    [Fact]
    public void A_palette_without_all_its_attributes_is_refused()
    {
        foreach (var builder in new[]
        {
            new DicomBuilder().Element(0x00080060, "CS", "OT"),
            Builder([4, 0, 16], isSigned: false),
            Builder([4, 0, 16], isSigned: false).Element(0x00281201, "OW", new byte[6]),
            Builder([4, 0, 12], isSigned: false).Element(0x00281201, "OW", new byte[8]),
        })
        {
            using var file = ImageFile.Open(builder.ToFile());
            Assert.Equal(PacsbinError.MalformedElement, Assert.Throws<PacsbinException>(() => PaletteLut.Read(file, file.Dataset)).Error);
        }
    }

    [Fact]
    public void Palettes_of_the_corpus_are_as_pydicom_applies_them()
    {
        Peer.RequirePython("pydicom, numpy");
        const string Script = """
            import json, sys, pydicom, warnings
            from pydicom.pixel_data_handlers.util import apply_color_lut
            import numpy
            warnings.simplefilter('ignore')
            for path in json.load(sys.stdin):
                ds = pydicom.dcmread(path)
                first = ds.RedPaletteColorLookupTableDescriptor[1]
                values = numpy.arange(first, first + 256).astype('u2')
                rgb = apply_color_lut(values, ds)
                print(json.dumps((rgb if rgb.max() < 256 else rgb >> 8).reshape(-1).tolist()))
            """;
        var files = TestData.CorpusFiles().Where(f => f.IsUndisputed && HasPalette(f.Path)).ToList();
        Assert.True(files.Count >= 4);
        var result = Peer.Run(Peer.Python, ["-c", Script], System.Text.Json.JsonSerializer.Serialize(files.Select(f => f.Path)));
        Assert.True(result.ExitCode == 0, result.Error);
        foreach (var (file, line) in files.Zip(result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)))
        {
            using var opened = DicomFile.Open(file.Path);
            var palette = PaletteLut.Read(opened, opened.Dataset);
            var first = opened.Dataset.TryGet(new Tag(0x00281101), out var descriptor) ? BitConverter.ToUInt16(descriptor.Value.Span[2..]) : 0;
            var ours = Enumerable.Range(first, 256).Select(palette.Rgb).SelectMany(c => new int[] { c.Red, c.Green, c.Blue });
            Assert.Equal(System.Text.Json.JsonSerializer.Deserialize<int[]>(line)!, ours);
        }
    }

    private static bool HasPalette(string path)
    {
        using var file = DicomFile.Open(path);
        return file.Dataset.GetBytes(Tags.PhotometricInterpretation).SequenceEqual("PALETTE COLOR"u8);
    }

    private static PaletteLut Read(long[] descriptor, long[] entries, bool isSigned = false) => Read(descriptor, entries, isSigned, 0x00281201);

    private static PaletteLut ReadSegmented(long[] descriptor, long[] segments) => Read(descriptor, segments, false, 0x00281221);

    private static PaletteLut Read(long[] descriptor, long[] words, bool isSigned, uint tag)
    {
        var builder = Builder(descriptor, isSigned);
        for (var i = 0u; i < 3; i++)
        {
            builder.Numbers(tag + i, "OW", words);
        }

        using var file = ImageFile.Open(builder.ToFile());
        return PaletteLut.Read(file, file.Dataset);
    }

    private static DicomBuilder Builder(long[] descriptor, bool isSigned)
    {
        var builder = new DicomBuilder().Numbers(0x00280103, "US", isSigned ? 1 : 0);
        for (var i = 0u; i < 3; i++)
        {
            builder.Numbers(0x00281101 + i, "US", descriptor);
        }

        return builder;
    }
}
