using System.Buffers;
using Pacsbin.Imaging;
using Pacsbin.Redaction;
using Pacsbin.Redaction.Jpeg;
using Xunit;

namespace Pacsbin.Tests.Redaction.Jpeg;

public class JpegEraserRefusalTests
{
    private const string Ybr = "YBR_FULL_422";

    private static readonly PixelArea Area = new(0, 0, 40, 10);

    private static byte[] Colour(params string[] options) => LibJpeg.Encode(PpmImage.Photo(96, 64, 3), options);

    [Theory]
    [InlineData("-progressive")]
    [InlineData("-arithmetic")]
    public void Other_processes_are_left_to_a_decoder(string option)
    {
        var frame = Colour(option);
        Assert.False(JpegEraser.CanErase(frame));
        AssertRefused(PacsbinError.UnsupportedTransferSyntax, frame);
    }

    [Theory]
    [InlineData(0xC2)]
    [InlineData(0xC3)]
    [InlineData(0xC5)]
    [InlineData(0xC9)]
    [InlineData(0xDE)]
    [InlineData(0xF7)]
    public void Only_sequential_Huffman_frames_can_be_erased(int marker)
    {
        var frame = Colour();
        frame[FrameHeader(frame) + 1] = (byte)marker;
        Assert.False(JpegEraser.CanErase(frame));
        Assert.NotEqual(PacsbinError.Truncated, Refuse(frame).Error);
    }

    [Fact]
    public void Hierarchical_frames_are_left_to_a_decoder()
    {
        var frame = Colour();
        var header = FrameHeader(frame);
        byte[] hierarchical = [.. frame[..header], 0xFF, 0xDE, .. frame[(header + 2)..(header + 19)], .. frame[header..]];
        Assert.False(JpegEraser.CanErase(hierarchical));
        AssertRefused(PacsbinError.UnsupportedTransferSyntax, hierarchical);
    }

    [Fact]
    public void Twelve_bits_are_left_to_a_decoder()
    {
        var frame = Colour();
        var header = FrameHeader(frame);
        (frame[header + 1], frame[header + 4]) = (0xC1, 12);
        Assert.False(JpegEraser.CanErase(frame));
        frame[header + 4] = 8;
        Assert.True(JpegEraser.CanErase(frame));
        AssertRefused(PacsbinError.UnsupportedTransferSyntax, Changed(header + 4, 12));
    }

    [Fact]
    public void What_is_no_JPEG_cannot_be_erased()
    {
        byte[][] others = [[], [0xFF], [0xFF, 0xD8], [0xFF, 0x4F, 0xFF, 0x51], "DICM"u8.ToArray()];
        Assert.All(others, other => Assert.Null(JpegEraser.CanErase(other)));
    }

    [Theory]
    [InlineData(95, 64)]
    [InlineData(96, 65)]
    [InlineData(64, 96)]
    [InlineData(96, 1)]
    public void Frame_of_another_size_than_the_image_is_refused(int columns, int rows)
    {
        var frame = Colour();
        var e = Assert.Throws<PacsbinException>(() => Erasing.Erase(frame, columns, rows, Ybr, new PixelArea(0, 0, 1, 1)));
        Assert.Equal(PacsbinError.MalformedElement, e.Error);
        Assert.Matches(@"byte \d+ of the frame", e.Message);
    }

    [Fact]
    public void Lines_that_come_after_the_scan_are_refused()
    {
        var frame = Changed(FrameHeader(Colour()) + 6, 0);
        var e = Assert.Throws<PacsbinException>(() => Erasing.Erase(frame, 96, 64, Ybr, Area));
        Assert.Equal(PacsbinError.UnsupportedTransferSyntax, e.Error);
        Assert.Contains("DNL", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Two_or_four_components_are_refused(int count)
    {
        var frame = Colour("-rgb");
        var (header, scan) = (FrameHeader(frame), frame.AsSpan().LastIndexOf([(byte)0xFF, (byte)0xDA]));
        byte[] components = [.. Enumerable.Range(1, count).SelectMany(i => new byte[] { (byte)i, 0x11, 0 })];
        byte[] selectors = [.. Enumerable.Range(1, count).SelectMany(i => new byte[] { (byte)i, 0 })];
        byte[] changed =
        [
            .. frame[..(header + 3)], (byte)(8 + (3 * count)), .. frame[(header + 4)..(header + 9)], (byte)count, .. components,
            .. frame[(header + 19)..(scan + 3)], (byte)(6 + (2 * count)), (byte)count, .. selectors, 0, 63, 0, .. frame[(scan + 14)..],
        ];
        AssertRefused(PacsbinError.UnsupportedTransferSyntax, changed);
    }

    [Fact]
    public void Every_cut_is_refused_and_nothing_is_written()
    {
        var whole = Colour("-restart", "2B");
        for (var length = 0; length < whole.Length - 3; length++)
        {
            var e = Refuse(whole[..length]);
            Assert.True(e.Error is PacsbinError.Truncated or PacsbinError.MalformedElement, $"{length}: {e.Message}");
            Assert.Matches(@"byte \d+ of the frame", e.Message);
        }
    }

    [Fact]
    public void Missing_end_of_image_is_written()
    {
        var whole = Colour();
        Assert.Equal(Erasing.Erase(whole, 96, 64, Ybr, Area), Erasing.Erase(whole[..^2], 96, 64, Ybr, Area));
    }

    [Fact]
    public void Restart_markers_must_be_there_and_in_order()
    {
        var frame = Colour("-restart", "1");
        var at = frame.AsSpan().IndexOf([(byte)0xFF, (byte)0xD1]);
        AssertRefused(PacsbinError.MalformedElement, Replaced(frame, at + 1, 0xD2));
        AssertRefused(PacsbinError.MalformedElement, [.. frame[..at], .. frame[(at + 2)..]]);
        AssertRefused(PacsbinError.MalformedElement, [.. frame[..at], 0xFF, 0xD1, .. frame[at..]]);
    }

    [Fact]
    public void Component_without_a_scan_is_refused()
    {
        var frame = LibJpeg.EncodeInScans(PpmImage.Photo(96, 64, 3), "0;1;2;");
        var last = frame.AsSpan().LastIndexOf([(byte)0xFF, (byte)0xDA]);
        AssertRefused(PacsbinError.MalformedElement, [.. frame[..last], 0xFF, 0xD9]);
        AssertRefused(PacsbinError.Truncated, frame[..last]);
    }

    [Fact]
    public void Second_scan_of_a_component_is_refused()
    {
        var frame = LibJpeg.EncodeInScans(PpmImage.Photo(96, 64, 3), "0;1;2;");
        var second = frame.AsSpan().IndexOf(new byte[] { 0xFF, 0xDA, 0, 8, 1, 2 });
        AssertRefused(PacsbinError.MalformedElement, Replaced(frame, second + 5, 1));
    }

    [Fact]
    public void Quantization_by_zero_or_too_coarse_is_refused()
    {
        var frame = LibJpeg.Encode(PpmImage.Photo(96, 64, 1));
        var table = frame.AsSpan().IndexOf([(byte)0xFF, (byte)0xDB]);
        AssertRefused(PacsbinError.MalformedElement, Replaced(frame, table + 5, 0), "MONOCHROME2");

        byte[] coarse = [0xFF, 0xDB, 0, 131, 0x10, 0x7F, 0xFF, .. new byte[126]];
        AssertRefused(PacsbinError.UnsupportedTransferSyntax, [.. frame[..table], .. coarse, .. frame[(table + 69)..]], "MONOCHROME2");
    }

    [Fact]
    public void Huge_size_with_few_bytes_asks_for_no_memory()
    {
        var frame = Colour();
        var header = FrameHeader(frame);
        frame.AsSpan(header + 5, 4).Fill(0xFF);
        var erasure = new JpegErasure(65535, 65535, PhotometricInterpretation.YbrFull422, RegionMask.Of([new RedactionRegion(0, 0, 1, 1)], 65535, 65535, 1));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<PacsbinException>(() => JpegEraser.Erase(frame, erasure, new ArrayBufferWriter<byte>()));
        Assert.Equal(PacsbinError.Truncated, e.Error);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
    }

    private static int FrameHeader(byte[] frame) => frame.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);

    private static byte[] Changed(int at, byte value) => Replaced(Colour(), at, value);

    private static byte[] Replaced(byte[] frame, int at, byte value)
    {
        var changed = (byte[])frame.Clone();
        changed[at] = value;
        return changed;
    }

    private static void AssertRefused(PacsbinError error, byte[] frame, string photometric = Ybr) =>
        Assert.Equal(error, Refuse(frame, photometric).Error);

    private static PacsbinException Refuse(byte[] frame, string photometric = Ybr)
    {
        var output = new ArrayBufferWriter<byte>();
        var e = Assert.Throws<PacsbinException>(() => JpegEraser.Erase(frame, Erasing.Erasure(96, 64, photometric, Area), output));
        Assert.Equal(0, output.WrittenCount);
        return e;
    }
}
