using Pacsbin.Imaging;
using Pacsbin.Imaging.Jpeg;
using Xunit;

namespace Pacsbin.Tests.Imaging.Jpeg;

public sealed class JpegDecoderTests
{
    private const string Baseline = "1.2.840.10008.1.2.4.50";
    private const string Lossless = "1.2.840.10008.1.2.4.70";

    public static TheoryData<int, int, string> ColorFrames()
    {
        var data = new TheoryData<int, int, string>();
        foreach (var sampling in new[] { "1x1", "2x1", "1x2", "2x2", "4x1", "2x1,1x2,1x1", "1x1,2x2,1x1", "3x1,1x1,1x1", "4x1,2x1,1x1", "2x2,2x1,1x2" })
        {
            foreach (var options in new[] { "", "-restart 1", "-restart 3B", "-progressive", "-progressive -restart 2B", "-optimize" })
            {
                data.Add(43, 61, $"-sample {sampling} {options}".Trim());
                data.Add(17, 9, $"-sample {sampling} {options}".Trim());
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(ColorFrames))]
    public void Color_frames_are_decoded_as_by_djpeg(int rows, int columns, string options)
    {
        var frame = JpegSamples.Encode(rows, columns, out var expected, options.Split(' '));
        var decoded = new byte[expected.Length];
        new JpegDecoder().Decode(frame, Color(rows, columns), decoded);
        Assert.Equal(expected.Length, decoded.Length);
        Assert.All(decoded.Zip(expected), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
    }

    [Theory]
    [InlineData("0; 1; 2;")]
    [InlineData("2; 0 1;")]
    public void Sequential_frames_of_several_scans_are_decoded(string scans)
    {
        var script = Path.GetTempFileName();
        try
        {
            File.WriteAllText(script, scans);
            foreach (var sampling in new[] { "1x1", "2x2", "4x1,1x1,2x1" })
            {
                var frame = JpegSamples.Encode(43, 61, out var expected, "-sample", sampling, "-restart", "5B", "-scans", script);
                var decoded = new byte[expected.Length];
                new JpegDecoder().Decode(frame, Color(43, 61), decoded);
                Assert.All(decoded.Zip(expected), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
            }
        }
        finally
        {
            File.Delete(script);
        }
    }

    [Theory]
    [InlineData(8, 1, false)]
    [InlineData(8, 1, true)]
    [InlineData(8, 3, false)]
    [InlineData(10, 1, false)]
    [InlineData(12, 1, true)]
    [InlineData(16, 1, false)]
    [InlineData(16, 1, true)]
    [InlineData(16, 3, false)]
    public void Lossless_frames_are_decoded_to_the_bit(int bits, int samples, bool isSigned)
    {
        var image = new ImageFile(45, 67)
        {
            Samples = samples, BitsAllocated = bits <= 8 ? 8 : 16, BitsStored = bits, IsSigned = isSigned, Photometric = samples == 3 ? "RGB" : "MONOCHROME2",
        };
        var pixels = image.Wavy();
        var native = image.Native(pixels, bits <= 8 ? "OB" : "OW");
        for (var predictor = 1; predictor <= 7; predictor++)
        {
            var encoded = JpegSamples.Convert(native, "dcmcjpeg", "+el", "+sv", $"{predictor}");
            Assert.NotNull(encoded);
            Assert.Equal(pixels, DecodedFile.TryRead(ImageFile.Open(encoded))!.Samples);
        }

        // A point transform drops the low bits.
        var shifted = JpegSamples.Convert(native, "dcmcjpeg", "+e1", "+pt", "2")!;
        var expected = DecodedFile.TryRead(ImageFile.Open(JpegSamples.Convert(shifted, "dcmdjpeg", "+cn")!))!.Samples;
        Assert.NotEqual(pixels, expected);
        Assert.Equal(expected, DecodedFile.TryRead(ImageFile.Open(shifted))!.Samples);
    }

    [Theory]
    [InlineData(8, false)]
    [InlineData(12, false)]
    [InlineData(16, false)]
    [InlineData(16, true)]
    public void Lossless_frames_of_gdcm_are_decoded_to_the_bit(int bits, bool isSigned)
    {
        var image = new ImageFile(45, 67) { BitsAllocated = bits <= 8 ? 8 : 16, BitsStored = bits, IsSigned = isSigned };
        var pixels = image.Wavy();
        var encoded = JpegSamples.Convert(image.Native(pixels, bits <= 8 ? "OB" : "OW"), "gdcmconv", "--jpeg");
        Assert.SkipWhen(encoded is null, "gdcmconv does not encode this.");
        Assert.Equal(pixels, DecodedFile.TryRead(ImageFile.Open(encoded))!.Samples);
    }

    [Theory]
    [InlineData("+ee")]
    [InlineData("+es")]
    [InlineData("+ep")]
    public void Frames_of_12_bits_are_decoded_as_by_dcmdjpeg(string process)
    {
        foreach (var bits in new[] { 8, 10, 12 })
        {
            var image = new ImageFile(45, 67) { BitsAllocated = bits <= 8 ? 8 : 16, BitsStored = bits };
            var encoded = JpegSamples.Convert(image.Native(image.Wavy(), bits <= 8 ? "OB" : "OW"), "dcmcjpeg", process)!;
            var native = JpegSamples.Convert(encoded, "dcmdjpeg", "+cn")!;
            var expected = DecodedFile.TryRead(ImageFile.Open(native))!.Samples;
            Assert.InRange(DecodedFile.TryRead(ImageFile.Open(encoded))!.Difference(expected), 0, 1);
        }
    }

    [Fact]
    public void Signed_samples_that_are_cut_to_their_precision_get_their_sign_back()
    {
        Assert.Equal((short)-1, BitConverter.ToInt16(Written(precision: 12, stored: 12, 0xFFF)));
        Assert.Equal((short)2047, BitConverter.ToInt16(Written(precision: 12, stored: 12, 0x7FF)));
        Assert.Equal((short)-4, BitConverter.ToInt16(Written(precision: 16, stored: 12, 0xFFFC))); // the whole cell is coded
    }

    [Theory]
    [InlineData("")]
    [InlineData("-restart 2B")]
    [InlineData("-progressive")]
    [InlineData("-sample 1x1 -progressive -restart 1")]
    public void Frames_that_end_early_are_refused_and_not_filled(string options)
    {
        var frame = JpegSamples.Encode(43, 61, out var expected, options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var decoder = new JpegDecoder();
        for (var length = frame.Length - 4; length > 0; length--)
        {
            // With an end that looks complete, and without.
            byte[] cut = [.. frame.AsSpan(0, length), 0xFF, 0xD9];
            Assert.Throws<PacsbinException>(() => decoder.Decode(cut.AsSpan(0, length), Color(43, 61), new byte[expected.Length]));
            Assert.Throws<PacsbinException>(() => decoder.Decode(cut, Color(43, 61), new byte[expected.Length]));
        }
    }

    [Fact]
    public void Lossless_frames_that_end_early_are_refused_and_not_filled()
    {
        var image = new ImageFile(45, 67) { BitsAllocated = 16 };
        var encoded = JpegSamples.Convert(image.Native(image.Wavy()), "dcmcjpeg", "+e1")!;
        var frame = FirstFragment(encoded);
        for (var length = frame.Length - 4; length > 0; length -= 97)
        {
            var cut = image.Encapsulated(Lossless, [.. frame.AsSpan(0, length), 0xFF, 0xD9]);
            Assert.Equal(PacsbinError.MalformedElement, Assert.Throws<PacsbinException>(() => DecodedFile.TryRead(ImageFile.Open(cut))).Error);
        }
    }

    [Theory]
    [InlineData("-sample 2x1")]
    [InlineData("-sample 2x2 -progressive")]
    public void Frames_in_several_fragments_are_decoded(string options)
    {
        var frame = JpegSamples.Encode(43, 61, out var expected, options.Split(' '));
        var image = new ImageFile(43, 61) { Samples = 3, Photometric = "RGB", Frames = 3 };
        byte[][] parts = [frame[..200], frame[200..402], frame[402..]];
        var decoded = DecodedFile.TryRead(ImageFile.Open(image.Encapsulated(Baseline, [.. parts, .. parts, .. parts])))!;
        Assert.InRange(decoded.Difference([.. expected, .. expected, .. expected]), 0, 1);
    }

    [Fact]
    public void A_frame_that_lacks_only_its_end_marker_is_decoded()
    {
        var frame = JpegSamples.Encode(43, 61, out var expected);
        var decoded = new byte[expected.Length];
        new JpegDecoder().Decode(frame.AsSpan(0, frame.Length - 2), Color(43, 61), decoded);
        Assert.All(decoded.Zip(expected), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
    }

    [Theory]
    [InlineData(44, 61, 3, 8)]
    [InlineData(43, 60, 3, 8)]
    [InlineData(43, 61, 1, 8)]
    public void Frames_of_another_size_than_the_data_set_says_are_refused(int rows, int columns, int samples, int bits)
    {
        var frame = JpegSamples.Encode(43, 61, out _);
        var image = new ImageFile(rows, columns) { Samples = samples, BitsAllocated = bits, Photometric = samples == 3 ? "RGB" : "MONOCHROME2" };
        var e = Assert.Throws<PacsbinException>(() => DecodedFile.TryRead(ImageFile.Open(image.Encapsulated(Baseline, frame))));
        Assert.Equal(PacsbinError.MalformedElement, e.Error);
    }

    [Fact]
    public void Arithmetic_coding_is_refused_by_name()
    {
        var frame = JpegSamples.Encode(43, 61, out _, "-arithmetic");
        var image = new ImageFile(43, 61) { Samples = 3, Photometric = "RGB" };
        var e = Assert.Throws<PacsbinException>(() => DecodedFile.TryRead(ImageFile.Open(image.Encapsulated(Baseline, frame))));
        Assert.Equal(PacsbinError.UnsupportedTransferSyntax, e.Error);
    }

    [Theory]
    [InlineData("YBR_FULL_422", false, PhotometricInterpretation.Rgb)] // Adobe's transform 0 of cjpeg -rgb
    [InlineData("YBR_FULL_422", true, PhotometricInterpretation.Rgb)] // components named R, G, B
    [InlineData("RGB", false, PhotometricInterpretation.Rgb)]
    public void The_frame_itself_tells_its_color_space_first(string declared, bool hideAdobe, PhotometricInterpretation expected)
    {
        var frame = JpegSamples.Encode(16, 16, out _);
        if (hideAdobe)
        {
            frame[frame.AsSpan().IndexOf("Adobe"u8)]++;
        }

        AssertColors(expected, declared, frame);
    }

    [Theory]
    [InlineData("RGB", PhotometricInterpretation.Rgb, false)]
    [InlineData("YBR_FULL", PhotometricInterpretation.YbrFull, false)]
    [InlineData("YBR_FULL_422", PhotometricInterpretation.YbrFull, false)]
    [InlineData("RGB", PhotometricInterpretation.YbrFull, true)]
    public void Where_a_frame_tells_no_color_space_the_data_set_does(string declared, PhotometricInterpretation expected, bool hasJfif)
    {
        var frame = JpegSamples.Encode(16, 16, out _);
        frame[frame.AsSpan().IndexOf("Adobe"u8)]++;
        foreach (var marker in new byte[] { 0xC0, 0xDA })
        {
            var at = frame.AsSpan().IndexOf([(byte)0xFF, marker]) + (marker == 0xC0 ? 10 : 5);
            (frame[at], frame[at + (marker == 0xC0 ? 3 : 2)], frame[at + (marker == 0xC0 ? 6 : 4)]) = (1, 2, 3);
        }

        byte[] jfif = hasJfif ? [0xFF, 0xE0, 0, 16, .. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0] : [];
        AssertColors(expected, declared, [.. frame.AsSpan(0, 2), .. jfif, .. frame.AsSpan(2)]);
    }

    private static void AssertColors(PhotometricInterpretation expected, string declared, byte[] frame)
    {
        var image = new ImageFile(16, 16) { Samples = 3, Photometric = declared };
        using var file = ImageFile.Open(image.Encapsulated(Baseline, frame));
        var reader = FrameReader.Open(file)!;
        Assert.Equal(expected, reader.Photometric);
        Assert.False(reader.Shape.IsSubsampled);
        reader.Read(0, new byte[reader.FrameLength]);
    }

    private static byte[] Written(int precision, int stored, int sample)
    {
        var cells = new byte[2];
        var shape = new ImageShape(1, 1, 1, 1, 16, stored, stored - 1, IsSigned: true, IsSubsampled: false);
        new CellWriter(cells, shape, precision).WriteRow([sample], 0, 0, 0, 1);
        return cells;
    }

    private static byte[] FirstFragment(byte[] bytes)
    {
        using var file = ImageFile.Open(bytes);
        Assert.True(file.Dataset.TryGet(Pacsbin.Dicom.Tags.PixelData, out var element));
        var range = element.Fragments![0];
        return bytes.AsSpan((int)range.Offset, (int)range.Length).ToArray();
    }

    private static ImageShape Color(int rows, int columns) => new(1, rows, columns, 3, 8, 8, 7, IsSigned: false, IsSubsampled: false);
}
