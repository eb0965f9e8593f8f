using Pacsbin.Imaging;
using Pacsbin.Redaction.Jpeg;
using Xunit;

namespace Pacsbin.Tests.Redaction.Jpeg;

public class JpegEraserTests
{
    private const string Gray = "MONOCHROME2";
    private const string Ybr = "YBR_FULL_422";

    private static readonly PixelArea[][] Regions =
    [
        [new(0, 0, 70, 20)],
        [new(33, 17, 41, 22)],
        [new(149, 0, 1, 101), new(0, 100, 150, 1)],
        [new(5, 5, 1, 1), new(80, 40, 9, 30), new(120, 90, 30, 11)],
        [new(0, 0, 150, 101)],
        [],
    ];

    private static readonly string[] Samplings =
        ["1x1", "2x1", "2x2", "4x1", "1x2", "1x4", "4x2", "2x2,1x1,2x1", "1x1,2x2,2x2", "3x1", "3x1,1x2,1x1", "1x2,2x1,1x1"];

    private static readonly string[] Options =
        ["", "-restart 1", "-restart 3B -optimize", "-optimize", "-quality 20 -optimize", "-quality 5 -restart 2B", "-quality 100"];

    public static TheoryData<string, string> Encodings() =>
        [.. from sample in Samplings from options in Options select new TheoryDataRow<string, string>(sample, options)];

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Colour_of_every_sampling_keeps_all_coefficients_outside(string sample, string options)
    {
        var frame = LibJpeg.Encode(PpmImage.Photo(150, 101, 3, letterHeight: 18), ["-sample", sample, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.True(JpegEraser.CanErase(frame));
        Erasing.AssertExact(frame, Ybr, 0, Regions);
    }

    [Theory]
    [InlineData("0;1;2;", "2x2", "-restart 5B")]
    [InlineData("0;1;2;", "2x1", "-optimize")]
    [InlineData("2;0;1;", "1x2,2x1,1x1", "-restart 1")]
    [InlineData("0;1,2;", "2x2", "")]
    [InlineData("0,1;2;", "4x1", "-optimize")]
    [InlineData("1;0,2;", "1x1,2x2,2x1", "-quality 95")]
    [InlineData("0;1;2;", "3x1,1x2,1x1", "")]
    public void Scans_of_single_components_are_erased_at_the_same_place(string script, string sample, string options)
    {
        var frame = LibJpeg.EncodeInScans(
            PpmImage.Photo(150, 101, 3, letterHeight: 18), script, ["-sample", sample, .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal(script.Count(c => c == ';'), CoefficientDecoder.Decode(frame).Markers.Count(marker => marker == 0xDA));
        Erasing.AssertExact(frame, Ybr, 0, Regions);
    }

    [Fact]
    public void Tables_may_be_defined_anew_between_scans()
    {
        var frame = LibJpeg.EncodeInScans(PpmImage.Photo(150, 101, 3), "0;1;2;", "-optimize");
        var header = frame.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        var second = frame.AsSpan().IndexOf(new byte[] { 0xFF, 0xDB, 0, 67, 1 });
        var table = frame[second..(second + 69)];

        // All components refer to table 0, which changes before the second scan.
        (frame[header + 15], frame[header + 18], table[4]) = (0, 0, 0);
        var scan = frame.AsSpan().IndexOf(new byte[] { 0xFF, 0xDA, 0, 8, 1, 2 });
        Erasing.AssertExact([.. frame[..scan], .. table, .. frame[scan..]], Ybr, 0, Regions);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-optimize")]
    [InlineData("-restart 1")]
    [InlineData("-restart 7B")]
    [InlineData("-quality 100")]
    [InlineData("-quality 3")]
    [InlineData("-sample 2x2")]
    public void Gray_is_erased_to_its_darkest_displayed_value(string options)
    {
        var frame = LibJpeg.Encode(PpmImage.Photo(150, 101, 1, letterHeight: 18), options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Erasing.AssertExact(frame, Gray, 0, Regions);
        Erasing.AssertExact(frame, "MONOCHROME1", 255, Regions);
    }

    [Fact]
    public void Single_component_has_blocks_for_MCUs_whatever_its_sampling_factors()
    {
        // T.81 A.2.2
        var frame = LibJpeg.Encode(PpmImage.Photo(150, 101, 1));
        var header = frame.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        frame[header + 11] = 0x22;
        Erasing.AssertExact(frame, Gray, 0, Regions);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-optimize -restart 4B")]
    public void Red_green_and_blue_are_all_erased(string options)
    {
        var frame = LibJpeg.Encode(PpmImage.Photo(150, 101, 3, letterHeight: 18), ["-rgb", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Erasing.AssertExact(frame, "RGB", 0, Regions);
        Erasing.AssertExact(frame, Ybr, 0, Regions);
    }

    [Fact]
    public void Letters_of_96_pixels_leave_no_trace_in_DC()
    {
        foreach (var (samples, options) in new[] { (1, "-quality 90"), (3, "-sample 2x1"), (3, "-optimize") })
        {
            var image = PpmImage.Photo(640, 160, samples, letterHeight: 96);
            var frame = LibJpeg.Encode(image, options.Split(' '));
            var before = CoefficientDecoder.Decode(frame).Components[0];
            var text = Enumerable.Range(0, before.BlocksWide).Select(x => before.At(x, 6)[0]).Distinct().Count();
            Assert.True(text > 20, "The letters can be read from DC alone.");

            var after = CoefficientDecoder.Decode(Erasing.AssertExact(frame, samples == 1 ? Gray : Ybr, 0, [new PixelArea(0, 0, 640, 96)]));
            foreach (var component in after.Components)
            {
                var rows = 12 * component.V / after.MaxV;
                Assert.Single(component.Blocks.Take(rows * component.BlocksWide).Select(block => block[0]).Distinct());
            }
        }
    }

    [Theory]
    [InlineData("MONOCHROME2", 0)]
    [InlineData("MONOCHROME1", 255)]
    public void Codes_that_an_optimised_table_lacks_are_added(string photometric, int fill)
    {
        // In noise at the finest quantization no block ends early, so that no code means end of block.
        var frame = LibJpeg.Encode(PpmImage.Photo(48, 24, 1, noise: 120), "-quality", "100", "-optimize");
        var symbols = CoefficientDecoder.Decode(frame).Symbols;
        Assert.DoesNotContain((byte)0, symbols[1]);
        Assert.True(symbols[0].Length < 12);

        var erased = Erasing.AssertExact(frame, photometric, fill, [new PixelArea(10, 10, 10, 5)]);
        Assert.Contains((byte)0, CoefficientDecoder.Decode(erased).Symbols[1]);
    }

    [Fact]
    public void Frame_without_an_erased_pixel_keeps_its_data_to_the_bit()
    {
        foreach (var options in new[] { "-optimize", "-restart 2" })
        {
            var frame = LibJpeg.Encode(PpmImage.Photo(150, 101, 3), options.Split(' '));
            var erased = Erasing.Erase(frame, 150, 101, Ybr);
            var data = frame[frame.AsSpan().LastIndexOf([(byte)0xFF, (byte)0xDA])..];
            Assert.Equal(data, erased[^data.Length..]);
        }
    }

    [Fact]
    public void One_erasure_serves_frames_of_different_sampling()
    {
        var area = new PixelArea(20, 10, 30, 9);
        var erasure = Erasing.Erasure(150, 101, Ybr, area);
        foreach (var sample in new[] { "1x1", "2x2", "1x1", "2x1" })
        {
            var frame = LibJpeg.Encode(PpmImage.Photo(150, 101, 3), "-sample", sample);
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            JpegEraser.Erase(frame, erasure, output);
            Erasing.AssertCoefficients(CoefficientDecoder.Decode(frame), CoefficientDecoder.Decode(output.WrittenSpan.ToArray()), area);
        }
    }
}
