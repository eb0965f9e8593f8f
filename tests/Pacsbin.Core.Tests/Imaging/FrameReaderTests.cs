using Pacsbin.Dicom;
using Pacsbin.Imaging;
using Xunit;

namespace Pacsbin.Tests.Imaging;

public sealed class FrameReaderTests
{
    [Fact]
    public void An_instance_without_pixel_data_has_no_frames()
    {
        using var file = ImageFile.Open(new DicomBuilder().Element(0x00080060, "CS", "OT").ToFile());
        Assert.Null(FrameReader.Open(file));
    }

    [Theory]
    [InlineData(8, "OB")]
    [InlineData(8, "OW")]
    [InlineData(16, "OW")]
    [InlineData(32, "OW")]
    public void Native_frames_are_as_they_are_in_the_file(int bits, string vr)
    {
        var image = new ImageFile(5, 7) { Frames = 3, BitsAllocated = bits };
        var pixels = image.Wavy();
        AssertFrames(image.Native(pixels, vr), pixels, frameLength: 35 * bits / 8);
        AssertFrames(image.Native(pixels, vr, syntax: DicomBuilder.Deflated), pixels, frameLength: 35 * bits / 8);
    }

    [Theory]
    [InlineData(8, "OB", 1, 5)]
    [InlineData(8, "OW", 2, 5)]
    [InlineData(16, "OW", 2, 5)]
    [InlineData(8, "OW", 2, 301)] // larger than what is kept in memory
    [InlineData(16, "OW", 2, 301)]
    [InlineData(16, "OB", 2, 5)]
    [InlineData(32, "OB", 4, 5)]
    [InlineData(32, "OB", 4, 301)]
    public void Big_endian_cells_become_little_endian(int bits, string vr, int unit, int rows)
    {
        var image = new ImageFile(rows, 107) { Frames = 3, BitsAllocated = bits };
        var pixels = image.Wavy();
        var swapped = (byte[])[.. pixels, .. new byte[pixels.Length % 2]];
        ReadBuffer.Swap(swapped, unit);
        AssertFrames(image.Native(swapped, vr, form: Encoded.ExplicitBig), pixels, rows * 107 * bits / 8);
    }

    [Fact]
    public void Big_endian_cells_of_two_words_are_refused()
    {
        var image = new ImageFile(4, 4) { BitsAllocated = 32 };
        AssertRefused(PacsbinError.UnsupportedTransferSyntax, image.Native(image.Wavy(), form: Encoded.ExplicitBig));
    }

    [Theory]
    [InlineData(0x7FE00008, "OF", 32, false)]
    [InlineData(0x7FE00008, "OF", 32, true)]
    [InlineData(0x7FE00009, "OD", 64, false)]
    [InlineData(0x7FE00009, "OD", 64, true)]
    public void Float_frames_are_little_endian_numbers(uint tag, string vr, int bits, bool isBigEndian)
    {
        var image = new ImageFile(3, 5) { BitsAllocated = bits };
        var pixels = Enumerable.Range(0, 15).SelectMany(i => bits == 32 ? BitConverter.GetBytes(i / 3f) : BitConverter.GetBytes(i / 3.0)).ToArray();
        var stored = pixels.ToArray();
        ReadBuffer.Swap(stored, isBigEndian ? bits / 8 : 1);
        var bytes = image.Native(stored, vr, tag, FormOf(isBigEndian));
        AssertFrames(bytes, pixels, pixels.Length);
        using var file = ImageFile.Open(bytes);
        Assert.True(FrameReader.Open(file)!.Shape.IsFloat);
    }

    [Theory]
    [InlineData(false, "OB")]
    [InlineData(false, "OW")]
    [InlineData(true, "OW")]
    public void PS3_5_8_1_1_single_bits_follow_each_other_across_frames(bool isBigEndian, string vr)
    {
        var image = new ImageFile(3, 7) { Frames = 5, BitsAllocated = 1 };
        var random = new Random(7);
        var pixels = Enumerable.Range(0, 105).Select(_ => (byte)random.Next(2)).ToArray();
        var packed = new byte[14];
        for (var i = 0; i < pixels.Length; i++)
        {
            packed[i / 8] |= (byte)(pixels[i] << (i % 8));
        }

        ReadBuffer.Swap(packed, isBigEndian ? 2 : 1);
        AssertFrames(image.Native(packed, vr, form: FormOf(isBigEndian)), pixels, 21);
    }

    [Fact]
    public void Packing_is_the_reverse_of_unpacking()
    {
        var packed = new byte[] { 0xFF, 0xA5, 0x3C, 0xFF };
        var pixels = new byte[19];
        PackedBits.Unpack(packed, 5, pixels);
        var again = new byte[] { 0xFF, 0, 0, 0xFF };
        PackedBits.Pack(pixels, 5, again);
        Assert.Equal(packed, again);
    }

    [Fact]
    public void Subsampled_pixels_are_given_as_they_are_and_can_be_expanded()
    {
        var image = new ImageFile(1, 4) { Samples = 3, Photometric = "YBR_FULL_422" };
        var bytes = image.Native([1, 2, 3, 4, 5, 6, 7, 8], "OB");
        AssertFrames(bytes, [1, 2, 3, 4, 5, 6, 7, 8], 8);
        Assert.Equal([1, 3, 4, 2, 3, 4, 5, 7, 8, 6, 7, 8], DecodedFile.TryRead(ImageFile.Open(bytes))!.Samples);
    }

    [Fact]
    public void Subsampling_that_the_length_contradicts_is_refused()
    {
        var image = new ImageFile(2, 4) { Samples = 3, Photometric = "YBR_FULL_422" };
        AssertRefused(PacsbinError.MalformedElement, image.Native(new byte[24], "OB"));
    }

    [Fact]
    public void Pixel_data_shorter_than_its_frames_is_refused() =>
        AssertRefused(PacsbinError.MalformedElement, new ImageFile(4, 4) { Frames = 2 }.Native(new byte[30], "OB"));

    [Fact]
    public void Two_pixel_data_elements_are_refused()
    {
        var image = new ImageFile(1, 4) { BitsAllocated = 32 };
        var one = image.Native(new byte[16], "OF", 0x7FE00008);
        var two = new DicomBuilder().Element(0x7FE00010, "OB", new byte[16]).ToBytes();
        AssertRefused(PacsbinError.MalformedElement, [.. one, .. two]);
    }

    [Theory]
    [InlineData("1.2.840.10008.1.2.4.80")]
    [InlineData("1.2.840.10008.1.2.4.90")]
    [InlineData("1.2.840.10008.1.2.4.201")]
    [InlineData("1.2.840.10008.1.2.4.110")]
    [InlineData("1.2.840.10008.1.2.4.102")]
    [InlineData("1.2.3.4")]
    public void Syntaxes_without_a_codec_are_refused_by_name(string uid) =>
        AssertRefused(PacsbinError.UnsupportedTransferSyntax, new ImageFile(4, 4).Encapsulated(uid, new byte[100]));

    [Fact]
    public void Encapsulated_uncompressed_and_deflated_frames_are_decoded()
    {
        var image = new ImageFile(5, 7) { Frames = 2, BitsAllocated = 16 };
        var pixels = image.Wavy();
        AssertFrames(image.Encapsulated("1.2.840.10008.1.2.1.98", pixels[..70], pixels[70..]), pixels, 70);
        AssertFrames(image.Encapsulated("1.2.840.10008.1.2.8.1", DicomBuilder.Deflate(pixels[..70]), DicomBuilder.Deflate(pixels[70..])), pixels, 70);
    }

    [Fact]
    public void Deflated_frames_that_end_early_are_refused()
    {
        var image = new ImageFile(50, 70);
        var deflated = DicomBuilder.Deflate(image.Wavy());
        AssertRefused(PacsbinError.MalformedElement, image.Encapsulated("1.2.840.10008.1.2.8.1", deflated[..(deflated.Length / 2)]));
    }

    [Fact]
    public void Frames_that_their_bytes_cannot_hold_are_refused_before_memory_is_asked_for()
    {
        var image = new ImageFile(60000, 30000);
        foreach (var syntax in new[] { ImageFile.Rle, "1.2.840.10008.1.2.8.1", "1.2.840.10008.1.2.1.98" })
        {
            using var file = ImageFile.Open(image.Encapsulated(syntax, new byte[1000]));
            Assert.Equal(PacsbinError.MalformedElement, Assert.Throws<PacsbinException>(() => FrameReader.Open(file)).Error);
        }
    }

    [Theory]
    [InlineData(DicomBuilder.ExplicitLittle)]
    [InlineData(ImageFile.Rle)]
    [InlineData(DicomBuilder.JpegBaseline)]
    public void Memory_does_not_grow_with_frames(string syntax)
    {
        var image = new ImageFile(300, 400) { Frames = 40, Samples = 3, Photometric = "RGB" };
        using var file = ImageFile.Open(Encode(image, syntax));
        var reader = FrameReader.Open(file)!;
        var frame = new byte[reader.FrameLength];
        reader.Read(0, frame);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1; i < reader.Frames; i++)
        {
            reader.Read(i, frame);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / (reader.Frames - 1), 0, reader.FrameLength / 8);
    }

    private static byte[] Encode(ImageFile image, string syntax)
    {
        if (syntax == DicomBuilder.ExplicitLittle)
        {
            return image.Native(image.Wavy(), "OB");
        }

        var encoded = new System.Buffers.ArrayBufferWriter<byte>();
        RleCodec.Encode((image with { Frames = 1 }).Wavy(), new ImageShape(1, image.Rows, image.Columns, 3, 8, 8, 7, false, false), encoded);
        var frame = syntax == ImageFile.Rle ? encoded.WrittenSpan.ToArray() : Jpeg.JpegSamples.Encode(image.Rows, image.Columns, out _);
        return image.Encapsulated(syntax, [.. Enumerable.Repeat(frame, image.Frames)]);
    }

    private static Encoded FormOf(bool isBigEndian) => isBigEndian ? Encoded.ExplicitBig : Encoded.ExplicitLittle;

    private static void AssertRefused(PacsbinError error, byte[] file) =>
        Assert.Equal(error, Assert.Throws<PacsbinException>(() => DecodedFile.TryRead(ImageFile.Open(file))).Error);

    private static void AssertFrames(byte[] bytes, byte[] pixels, int frameLength)
    {
        using var file = ImageFile.Open(bytes);
        var reader = FrameReader.Open(file)!;
        Assert.Equal(frameLength, reader.FrameLength);
        Assert.Equal(pixels.Length / frameLength, reader.Frames);
        var frame = new byte[frameLength];
        for (var i = reader.Frames - 1; i >= 0; i--)
        {
            reader.Read(i, frame);
            Assert.Equal(pixels.AsSpan(i * frameLength, frameLength).ToArray(), frame);
        }
    }
}
