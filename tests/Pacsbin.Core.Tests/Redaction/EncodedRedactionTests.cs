using Pacsbin.Dicom;
using Pacsbin.Imaging;
using Pacsbin.Redaction;
using Xunit;

namespace Pacsbin.Tests.Redaction;

/// <summary>Erasing of frames that are compressed without loss of what is stored: RLE, uncompressed in fragments, deflated.</summary>
public sealed class EncodedRedactionTests
{
    private const string Rle = "1.2.840.10008.1.2.5";
    private const string Uncompressed = "1.2.840.10008.1.2.1.98";
    private const string Deflated = "1.2.840.10008.1.2.8.1";

    public static TheoryData<string, int, int, int, int, ulong[]> Formats => new()
    {
        { "MONOCHROME2", 1, 8, 8, 0, [0] },
        { "MONOCHROME1", 1, 8, 8, 0, [255] },
        { "MONOCHROME2", 1, 16, 12, 0, [0] },
        { "MONOCHROME1", 1, 16, 16, 0, [65535] },
        { "MONOCHROME2", 1, 32, 32, 0, [0] },
        { "PALETTE COLOR", 1, 8, 8, 0, [255] },
        { "RGB", 3, 8, 8, 0, [0, 0, 0] },
        { "RGB", 3, 8, 8, 1, [0, 0, 0] },
        { "RGB", 3, 16, 16, 0, [0, 0, 0] },
        { "YBR_FULL", 3, 8, 8, 0, [0, 128, 128] },
        { "MONOCHROME2", 1, 1, 1, 0, [0] },
        { "MONOCHROME1", 1, 1, 1, 0, [1] },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void RLE_frames_lose_the_region_and_nothing_else(string photometric, int samples, int allocated, int stored, int planar, ulong[] fill)
    {
        var image = new TextImage(photometric, samples, allocated, stored) { Planar = planar };
        Check(image, Rle, [.. image.NativeFrames().Select(f => RleEncoder.Encode(f, samples, Math.Max(1, allocated / 8), planar == 1))], fill);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Uncompressed_frames_in_fragments_lose_the_region_and_nothing_else(string photometric, int samples, int allocated, int stored, int planar, ulong[] fill)
    {
        var image = new TextImage(photometric, samples, allocated, stored) { Planar = planar };
        Check(image, Uncompressed, image.NativeFrames(), fill);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Deflated_frames_lose_the_region_and_nothing_else(string photometric, int samples, int allocated, int stored, int planar, ulong[] fill)
    {
        var image = new TextImage(photometric, samples, allocated, stored) { Planar = planar };
        Check(image, Deflated, [.. image.NativeFrames().Select(DicomBuilder.Deflate)], fill);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(12)]
    [InlineData(48)]
    [InlineData(96)]
    public void Text_of_any_size_is_gone(int height)
    {
        var image = new TextImage("MONOCHROME2", 1, 8, 8) { LetterHeight = height, Rows = 120, Columns = 250, Frames = 1 };
        var file = image.ToEncapsulated(Rle, [RleEncoder.Encode(image.NativeFrames()[0], 1, 1, false)]);
        AssertErased(file, Rle, [0], new RedactionRegion(0, 0, 250, height));
    }

    [Theory]
    [InlineData(Wrapping.BasicOffsets)]
    [InlineData(Wrapping.ExtendedOffsets)]
    [InlineData(Wrapping.BasicOffsets | Wrapping.ExtendedOffsets)]
    [InlineData(Wrapping.BasicOffsets | Wrapping.Split)]
    [InlineData(Wrapping.ExtendedOffsets | Wrapping.Split)]
    [InlineData(Wrapping.Holes)]
    [InlineData(Wrapping.BasicOffsets | Wrapping.Split | Wrapping.Holes)]
    public void Offset_tables_say_where_the_new_frames_are(object wrapping)
    {
        var image = new TextImage("MONOCHROME2", 1, 8, 8) { Columns = 111, Rows = 71 };
        var form = (Wrapping)wrapping;
        foreach (var (syntax, frames) in new (string, byte[][])[]
        {
            (Rle, [.. image.NativeFrames().Select(f => RleEncoder.Encode(f, 1, 1, false))]),
            (Uncompressed, image.NativeFrames()),
            (Deflated, [.. image.NativeFrames().Select(DicomBuilder.Deflate)]),
        })
        {
            var erased = AssertErased(image.ToEncapsulated(syntax, frames, form), syntax, [0], new RedactionRegion(0, 0, 111, 24));
            OffsetTables.Of(erased).AssertTrue(3, form.HasFlag(Wrapping.BasicOffsets), form.HasFlag(Wrapping.ExtendedOffsets));
        }
    }

    [Fact]
    public void Single_bits_have_no_sign()
    {
        var image = new TextImage("MONOCHROME2", 1, 1, 1) { IsSigned = true };
        Check(image, Rle, [.. image.NativeFrames().Select(f => RleEncoder.Encode(f, 1, 1, false))], [0]);
        Check(image, Uncompressed, image.NativeFrames(), [0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Cancelling_ends_between_two_frames(int last)
    {
        var image = new TextImage("MONOCHROME2", 1, 8, 8);
        using var file = DicomFile.Open(new DicomSource(image.ToEncapsulated(Uncompressed, image.NativeFrames())));
        Assert.True(file.Dataset.TryGet(Tags.PixelData, out var pixels));
        using var cancellation = new CancellationTokenSource();
        List<int> read = [];
        bool Rewrite(int index, ReadOnlySpan<byte> frame, System.Buffers.ArrayBufferWriter<byte> output)
        {
            read.Add(index);
            if (index == last)
            {
                cancellation.Cancel();
            }

            return false;
        }

        var frames = FrameFragments.Group(pixels.Fragments!, 3, file);
        Assert.Throws<OperationCanceledException>(() => new RewrittenFrames(false, frames, file.Source, Rewrite, cancellation.Token));
        Assert.Equal(Enumerable.Range(0, last + 1), read);
        Assert.Throws<OperationCanceledException>(() => PixelRedactor.For(file, [new RedactionRegion(0, 0, 9, 9)])!.Apply(file.Dataset, cancellation.Token));
    }

    [Fact]
    public void Cancelling_ends_the_search_for_the_least_floating_point_number()
    {
        using var file = DicomFile.Open(new DicomSource(new NativeImage("MONOCHROME2", 1, 32, 32) { Tag = "7FE00008", Vr = "OF" }.ToFile(1, out _)));
        Assert.Throws<OperationCanceledException>(() => PixelRedactor.For(file, [new RedactionRegion(0, 0, 9, 9)])!.Apply(file.Dataset, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void A_total_length_of_the_fragments_is_made_true()
    {
        var image = new TextImage("MONOCHROME2", 1, 8, 8) { Extra = b => b.Numbers(0x7FE00003, "UV", 12345) };
        var erased = Erased.Of(image.ToEncapsulated(Uncompressed, image.NativeFrames()), new RedactionRegion(0, 0, 9, 9));
        using var file = DicomFile.Open(new DicomSource(erased));
        Assert.True(file.Dataset.TryGet(new Tag(0x7FE00003), out var total));
        Assert.Equal(3 * 72 * 112, BitConverter.ToInt64(total.Value.Span));
    }

    private static void Check(TextImage image, string syntax, byte[][] frames, ulong[] fill)
    {
        var file = image.ToEncapsulated(syntax, frames, Wrapping.BasicOffsets);
        if (image.BitsAllocated > 1)
        {
            Assert.Equal(image.NativeFrames(), Decoded.Of(file).Frames);
        }

        AssertErased(file, syntax, fill, new RedactionRegion(0, 0, image.Columns, image.LetterHeight));
        AssertErased(file, syntax, fill, new RedactionRegion(-5, -3, 4, 2) { FirstFrame = 2, LastFrame = 3 }, new RedactionRegion(3, 1, 11, 50) { Shape = RegionShape.Ellipse, FirstFrame = 2 });
        AssertErased(file, syntax, fill, new RedactionRegion(10, 20, 60, 40) { Outside = true });
    }

    private static byte[] AssertErased(byte[] file, string syntax, ulong[] fill, params RedactionRegion[] regions)
    {
        var erased = Erased.Of(file, regions);
        var (before, after) = (Decoded.Of(file), Decoded.Of(erased));
        var (rows, columns) = (before.Shape.Rows, before.Shape.Columns);
        bool? IsErased(int frame, int row, int column) => Array.Exists(regions, r => RegionOracle.Erases(r, rows, columns, frame, row, column));
        after.AssertErased(before, IsErased, fill, "Pacsbin");
        Assert.Equal(syntax, after.TransferSyntax);
        var agreed = PeerDecoder.AssertAgree(erased, after);
        Assert.True(agreed > 0 || syntax != Rle || after.Shape.BitsStored == 1, "No other decoder knows the result.");
        return erased;
    }
}
