using Pacsbin.Dicom;
using Pacsbin.Redaction;
using Xunit;

namespace Pacsbin.Tests.Redaction;

/// <summary>Files that say something else of their pixels than is true: what was in the region must not come out, or nothing at all.</summary>
public sealed class RedactionDeceptionTests
{
    private static readonly TextImage Gray = new("MONOCHROME2", 1, 8, 8);
    private static readonly RedactionRegion Top = new(0, 0, 112, 24);

    [Fact]
    public void Frames_beyond_their_number_are_dropped()
    {
        var frames = Gray.NativeFrames();
        byte[] all = [.. frames.SelectMany(f => f)];
        AssertWithout((Gray with { Frames = 1 }).ToNative(all), frames[1].AsSpan(0, 1000), Top);
    }

    [Fact]
    public void Bytes_after_the_last_frame_are_dropped()
    {
        var secret = Enumerable.Range(0, 200).Select(i => (byte)(i * 31)).ToArray();
        byte[] all = [.. Gray.NativeFrames().SelectMany(f => f), .. secret];
        AssertWithout(Gray.ToNative(all), secret, Top);
    }

    [Fact]
    public void Large_pixel_data_are_cut_too()
    {
        var large = Gray with { Rows = 300, Columns = 400, Frames = 2 };
        var frames = large.NativeFrames();
        AssertWithout((large with { Frames = 1 }).ToNative([.. frames.SelectMany(f => f)]), frames[1].AsSpan(0, 1000), Top);
    }

    [Fact]
    public void Pixel_data_that_end_early_are_refused() =>
        AssertRefused(Gray.ToNative([.. Gray.NativeFrames().SelectMany(f => f).SkipLast(4)]));

    [Theory]
    [InlineData("RGB", 1)]
    [InlineData("MONOCHROME2", 3)]
    [InlineData("YBR_FULL", 1)]
    [InlineData("PALETTE COLOR", 3)]
    public void Samples_that_contradict_the_photometric_interpretation_are_refused(string photometric, int samples)
    {
        byte[] pixels = [.. (Gray with { Photometric = "RGB", Samples = 3 }).NativeFrames().SelectMany(f => f)];
        AssertRefused((Gray with { Photometric = photometric, Samples = samples }).ToNative(pixels));
    }

    [Fact]
    public void Subsampled_pixels_of_full_length_are_refused()
    {
        byte[] pixels = [.. (Gray with { Photometric = "YBR_FULL", Samples = 3 }).NativeFrames().SelectMany(f => f)];
        AssertRefused((Gray with { Photometric = "YBR_FULL_422", Samples = 3 }).ToNative(pixels));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void Bits_stored_that_no_cell_has_are_refused(int stored) =>
        AssertRefused((Gray with { BitsStored = stored }).ToNative([.. Gray.NativeFrames().SelectMany(f => f)]));

    [Theory]
    [InlineData(12, 15, "MONOCHROME2")]
    [InlineData(12, 0, "MONOCHROME2")]
    [InlineData(8, 15, "MONOCHROME1")]
    [InlineData(1, 200, "MONOCHROME1")]
    public void Bits_beside_the_pixel_are_erased_with_it_wherever_they_are(int stored, int high, string photometric)
    {
        var image = new TextImage("MONOCHROME2", 1, 16, 16);
        byte[] pixels = [.. image.NativeFrames().SelectMany(f => f)];
        var file = (image with { Photometric = photometric, BitsStored = stored, HighBit = high }).ToNative(pixels);
        var shown = Decoded.Of(Erased.Of(file, Top));
        Assert.All(shown.Frames, frame => Assert.Single(Enumerable.Range(0, 112 * 24).Select(i => BitConverter.ToUInt16(frame, 2 * i)).Distinct()));
        Assert.All(shown.Frames.Zip(image.NativeFrames()), pair => Assert.Equal(pair.Second[(224 * 24)..], pair.First[(224 * 24)..]));
    }

    [Fact]
    public void Two_pixel_data_elements_are_refused()
    {
        var image = Gray with { Frames = 1, Extra = b => b.Element(0x7FE00008, "OF", new byte[112 * 72 * 4]) };
        AssertRefused(image.ToNative());
    }

    [Fact]
    public void Of_pixel_data_given_twice_only_the_erased_one_is_written()
    {
        var first = (Gray with { Frames = 1 }).NativeFrames()[0];
        var second = Gray.NativeFrames()[2];
        byte[] file = [.. (Gray with { Frames = 1 }).ToNative(first), .. new DicomBuilder().Element(0x7FE00010, "OB", second).ToBytes()];
        AssertWithout(file, second.AsSpan(0, 1000), Top);
    }

    [Theory]
    [InlineData(0x00880200u)]
    [InlineData(0x00081140u)]
    [InlineData(0x00404FFFu)]
    public void Pixels_in_items_are_removed(uint sequence)
    {
        var secret = Gray.NativeFrames()[0];
        void Icon(DicomBuilder item) => item.Numbers(0x00280010, "US", 72).Numbers(0x00280011, "US", 112).Numbers(0x00280100, "US", 8).Element(0x7FE00010, "OB", secret);
        var image = Gray with { Extra = b => b.Sequence(sequence, true, item => item.Sequence(0x00081199, true, Icon), Icon) };
        AssertWithout(image.ToNative(), secret.AsSpan(0, 1000), Top);
    }

    [Fact]
    public void Fragments_in_a_native_syntax_are_refused() =>
        AssertRefused(Gray.ToEncapsulated(DicomBuilder.ExplicitLittle, Gray.NativeFrames()));

    [Fact]
    public void Pixels_in_one_piece_in_a_compressed_syntax_are_refused()
    {
        byte[] pixels = [.. Gray.NativeFrames().SelectMany(f => f)];
        foreach (var uid in new[] { "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.1.98" })
        {
            AssertRefused(Gray.ToNative(pixels, uid));
        }
    }

    [Fact]
    public void Compressed_frames_of_an_unknown_syntax_are_refused() =>
        AssertRefused(Gray.ToEncapsulated("1.2.3.4.5.6", Gray.NativeFrames()));

    [Theory]
    [InlineData("1.2.3.41 ")]
    [InlineData("1.2.3.41")]
    public void Padding_of_a_UID_does_not_hide_an_instance_from_its_region(string uid)
    {
        var file = Gray.ToNative();
        using var source = DicomFile.Open(new DicomSource(file));
        source.Dataset.Set(new DicomElement(Tags.SeriesInstanceUid, Vr.UI, System.Text.Encoding.ASCII.GetBytes(uid)));
        Assert.NotNull(PixelRedactor.For(source, [Top with { SeriesInstanceUid = "1.2.3.41" }]));
    }

    /// <summary>Erases alone and as a part of de-identification; either refuses, or the bytes are gone.</summary>
    private static void AssertWithout(byte[] file, ReadOnlySpan<byte> secret, params RedactionRegion[] regions)
    {
        Assert.True(file.AsSpan().IndexOf(secret) >= 0, "The secret is not in the source.");
        Assert.True(Erased.Of(file, regions).AsSpan().IndexOf(secret) < 0, "The secret is in the erased file.");
        Assert.True(Erased.AndDeidentified(file, regions).AsSpan().IndexOf(secret) < 0, "The secret is in the de-identified file.");
    }

    private static void AssertRefused(byte[] file)
    {
        var error = Assert.Throws<PacsbinException>(() => Erased.Of(file, Top));
        Assert.Contains(error.Error, new[] { PacsbinError.MalformedElement, PacsbinError.UnsupportedTransferSyntax });
        Assert.Throws<PacsbinException>(() => Erased.AndDeidentified(file, Top));
    }
}
