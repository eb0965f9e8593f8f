using System.Text;
using Pacsbin.Imaging;
using Xunit;

namespace Pacsbin.Tests.Redaction.Jpeg;

public class JpegEraserHiddenTextTests
{
    private const string Token = "zyxwvutsr";

    private static readonly PixelArea Area = new(0, 0, 40, 10);

    private static byte[] Letters => Encoding.ASCII.GetBytes(Token);

    private static byte[] Colour(params string[] options) => LibJpeg.Encode(PpmImage.Photo(96, 64, 3), options);

    [Theory]
    [InlineData(0xFE)]
    [InlineData(0xE0)]
    [InlineData(0xE1)]
    [InlineData(0xE2)]
    [InlineData(0xE8)]
    [InlineData(0xED)]
    [InlineData(0xEE)]
    [InlineData(0xEF)]
    public void Comments_and_application_data_are_dropped(int marker)
    {
        AssertGone(Insert(Colour(), 2, Segment((byte)marker, Letters)));
        AssertGone(Insert(Colour(), 2, Segment((byte)marker, [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 3, 1, .. Letters])));
    }

    [Fact]
    public void Bytes_after_the_end_are_dropped()
    {
        AssertGone([.. Colour(), .. Letters]);
        AssertGone([.. Colour(), 0xFF, 0xD8, .. Segment(0xFE, Letters), 0xFF, 0xD9]);
    }

    [Fact]
    public void Bytes_after_the_last_block_of_a_segment_are_dropped()
    {
        AssertGone([.. Colour()[..^2], .. Letters, 0xFF, 0xD9]);
        AssertGone([.. Colour()[..^2], .. Letters]);
        var restarts = Colour("-restart", "1");
        AssertGone(Insert(restarts, restarts.AsSpan().IndexOf([(byte)0xFF, (byte)0xD1]), [0xFF, 0, .. Letters]));
    }

    [Fact]
    public void Bits_that_fill_the_last_byte_are_ones()
    {
        var frame = LibJpeg.Encode(PpmImage.Photo(96, 64, 1));
        frame[^3] = (byte)(frame[^3] & 0xFE);
        var erased = Erasing.Erase(frame, 96, 64, "MONOCHROME2");

        // The decoder of the tests requires ones.
        Assert.Equal(96, CoefficientDecoder.Decode(erased).Width);
    }

    [Fact]
    public void Tables_that_no_scan_uses_are_dropped()
    {
        byte[] huffman = [0x13, 0, 0, 0, 9, .. new byte[12], .. Letters];
        byte[] quantization = [3, .. Letters, .. new byte[64 - Token.Length]];
        AssertGone(Insert(Colour(), 2, [.. Segment(0xC4, huffman), .. Segment(0xDB, quantization)]));

        // Defined, and then defined again before the scan.
        huffman[0] = 0x10;
        quantization[0] = 0;
        AssertGone(Insert(Colour(), 2, [.. Segment(0xC4, huffman), .. Segment(0xDB, quantization)]));
    }

    [Fact]
    public void Symbols_that_no_code_of_the_result_has_are_replaced()
    {
        var frame = LibJpeg.Encode(PpmImage.Photo(96, 64, 1, noise: 3), "-optimize");
        var at = frame.AsSpan().LastIndexOf([(byte)0xFF, (byte)0xC4]);
        var length = (frame[at + 2] << 8) | frame[at + 3];
        var table = frame[(at + 4)..(at + 2 + length)];
        Assert.Equal(0x10, table[0]);
        Assert.Equal(0, table[16]);
        Assert.False(table[17..].AsSpan().ContainsAny(Letters));

        // The longest codes come last, so that more of them change no other.
        table[16] = (byte)Token.Length;
        byte[] hiding = [.. frame[..at], .. Segment(0xC4, [.. table, .. Letters]), .. frame[(at + 2 + length)..]];
        var erased = AssertGone(hiding);
        Assert.Equal(CoefficientDecoder.Decode(hiding).Symbols[1].Length, CoefficientDecoder.Decode(erased).Symbols[1].Length);
    }

    [Fact]
    public void Symbols_that_only_erased_blocks_had_are_replaced()
    {
        var frame = LibJpeg.Encode(PpmImage.Photo(96, 64, 1), "-optimize");
        var used = CoefficientDecoder.Decode(frame).Symbols[1];
        var erased = Erasing.Erase(frame, 96, 64, "MONOCHROME2", new PixelArea(0, 0, 96, 64));
        Assert.NotEqual(used, CoefficientDecoder.Decode(erased).Symbols[1]);
        Assert.Equal(used.Length, CoefficientDecoder.Decode(erased).Symbols[1].Distinct().Count());
    }

    [Fact]
    public void Headers_are_reduced_to_what_decoding_needs()
    {
        byte[] jfif = [0xFF, 0xE0, 0, 16, .. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0];
        Assert.Equal(jfif, Erasing.Erase(Colour(), 96, 64, "YBR_FULL", Area)[2..20]);

        byte[] adobe = [0xFF, 0xEE, 0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0];
        Assert.Equal(adobe, Erasing.Erase(Colour("-rgb"), 96, 64, "RGB", Area)[2..18]);
        Assert.Equal([0xDB, 0xDB, 0xC0, 0xC4, 0xC4, 0xC4, 0xC4, 0xDA, 0xD9], CoefficientDecoder.Decode(Erasing.Erase(Bare(Colour()), 96, 64, "YBR_FULL", Area)).Markers);
    }

    [Theory]
    [InlineData("RGB", false)]
    [InlineData("YBR_FULL", true)]
    [InlineData("YBR_FULL_422", true)]
    public void The_data_set_decides_where_the_frame_does_not_say_what_its_components_are(string photometric, bool isLuminance)
    {
        var erased = CoefficientDecoder.Decode(Erasing.Erase(Bare(Colour()), 96, 64, photometric, Area));
        Assert.True(erased.Components[0].Blocks[0][0] * erased.Components[0].DcStep is <= -1024 and > -1100);
        foreach (var component in erased.Components.Skip(1))
        {
            Assert.Equal(isLuminance ? 0 : (-1024 - component.DcStep + 1) / component.DcStep, component.Blocks[0][0]);
        }
    }

    // Without JFIF, which comes first.
    private static byte[] Bare(byte[] frame) => [.. frame[..2], .. frame[20..]];

    private static byte[] AssertGone(byte[] frame)
    {
        Assert.True(frame.AsSpan().IndexOf(Letters) > 0);
        var samples = CoefficientDecoder.Decode(WithoutAppended(frame)).Components.Count;
        var erased = Erasing.Erase(frame, 96, 64, samples == 1 ? "MONOCHROME2" : "YBR_FULL", Area);
        Assert.Equal(-1, erased.AsSpan().IndexOf(Letters));
        for (var i = 0; i + 3 <= Letters.Length; i++)
        {
            Assert.Equal(-1, erased.AsSpan().IndexOf(Letters.AsSpan(i, 3)));
        }

        Erasing.AssertCoefficients(CoefficientDecoder.Decode(WithoutAppended(frame)), CoefficientDecoder.Decode(erased), Area);
        return erased;
    }

    // The decoder of the tests is strict: what stands between the last block and a marker is taken away for it.
    private static byte[] WithoutAppended(byte[] frame)
    {
        var restart = frame.AsSpan().IndexOf([(byte)0xFF, (byte)0, .. Letters]);
        if (restart > 0)
        {
            return [.. frame[..restart], .. frame[(restart + 2 + Letters.Length)..]];
        }

        var end = frame.AsSpan().LastIndexOf(Letters);
        var scan = frame.AsSpan().LastIndexOf([(byte)0xFF, (byte)0xDA]);
        return end > scan && frame[^1] != 0xD9 ? [.. frame[..end], 0xFF, 0xD9] : end > scan ? [.. frame[..end], .. frame[(end + Letters.Length)..]] : frame;
    }

    private static byte[] Insert(byte[] frame, int at, byte[] bytes) => [.. frame[..at], .. bytes, .. frame[at..]];

    private static byte[] Segment(byte marker, byte[] contents) =>
        [0xFF, marker, (byte)((contents.Length + 2) >> 8), (byte)(contents.Length + 2), .. contents];
}
