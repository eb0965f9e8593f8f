using Pacsbin.Imaging;
using Xunit;

namespace Pacsbin.Tests.Imaging;

public sealed class FrameRendererTests
{
    private const uint WindowCenter = 0x00281050;
    private const uint WindowWidth = 0x00281051;
    private const uint VoiLutFunction = 0x00281056;
    private const uint RescaleIntercept = 0x00281052;
    private const uint RescaleSlope = 0x00281053;

    // The values follow from the formulas of PS3.3 C.11.2.1.2.1 and C.11.2.1.3, rounded to the nearest of 0 to 255.
    [Theory]
    [InlineData("LINEAR", "2048", "4096", new short[] { -10, 0, 1, 1024, 2047, 2048, 4095, 5000 }, new byte[] { 0, 0, 0, 64, 127, 128, 255, 255 })]
    [InlineData("LINEAR", "2048", "1", new short[] { 0, 2047, 2048, 2049 }, new byte[] { 0, 0, 255, 255 })]
    [InlineData("LINEAR", "0", "100", new short[] { -100, -50, 0, 10, 49, 50 }, new byte[] { 0, 0, 129, 155, 255, 255 })]
    [InlineData("LINEAR_EXACT", "2048", "4096", new short[] { -1, 0, 1024, 2048, 3072, 4096, 4097 }, new byte[] { 0, 0, 64, 128, 191, 255, 255 })]
    [InlineData("LINEAR_EXACT", "10", "1", new short[] { 9, 10, 11 }, new byte[] { 0, 128, 255 })]
    [InlineData("SIGMOID", "100", "200", new short[] { -1000, 0, 50, 100, 150, 200, 1000 }, new byte[] { 0, 30, 69, 128, 186, 225, 255 })]
    [InlineData("LINEAR", " 2048 ", "4.096e3", new short[] { 0, 4095 }, new byte[] { 0, 255 })]
    [InlineData("LINEAR", "2048\\1", "4096\\2", new short[] { 0, 1024, 4095 }, new byte[] { 0, 64, 255 })]
    public void Window_follows_C_11_2_1_2(string function, string center, string width, short[] stored, byte[] expected) =>
        Assert.Equal(expected, Gray(Row(stored).Text(WindowCenter, "DS", center).Text(WindowWidth, "DS", width).Text(VoiLutFunction, "CS", function)));

    [Theory]
    [InlineData("1", "-1000", 0, 2000, new short[] { 0, 500, 1000, 2000 }, new byte[] { 0, 64, 128, 255 })] // Hounsfield units of -1000 to 1000
    [InlineData("2", "0", 0, 2000, new short[] { -500, 0, 500 }, new byte[] { 0, 128, 255 })]
    [InlineData("-1", "0", 0, 2000, new short[] { -1000, 0, 1000 }, new byte[] { 255, 128, 0 })]
    [InlineData("0.5", "0", 0, 100, new short[] { -100, 0, 100 }, new byte[] { 0, 128, 255 })]
    [InlineData("0", "0", 0, 2000, new short[] { -1000, 0, 1000 }, new byte[] { 0, 128, 255 })] // as if it was 1: an image that hides all hides names too
    [InlineData("nonsense", "", 0, 2000, new short[] { -1000, 0, 1000 }, new byte[] { 0, 128, 255 })]
    [InlineData("1e999", "NaN", 0, 2000, new short[] { -1000, 0, 1000 }, new byte[] { 0, 128, 255 })]
    public void Rescale_comes_before_the_window(string slope, string intercept, double center, double width, short[] stored, byte[] expected)
    {
        var image = Row(stored).Text(RescaleSlope, "DS", slope).Text(RescaleIntercept, "DS", intercept).Text(VoiLutFunction, "CS", "LINEAR_EXACT");
        Assert.Equal(expected, Gray(image, new RenderOptions { WindowCenter = center, WindowWidth = width }));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-100")]
    [InlineData("NaN")]
    [InlineData("1e999")]
    [InlineData("wide")]
    [InlineData("")]
    public void Window_that_is_none_is_left_out(string width) =>
        Assert.Equal([0, 128, 255], Gray(Row([10, 20, 30]).Text(WindowCenter, "DS", "5").Text(WindowWidth, "DS", width)));

    [Theory]
    [InlineData("1000000", "10")]
    [InlineData("-1e300", "1e10")]
    [InlineData("0", "1e308")]
    public void Window_beside_all_values_is_left_out(string center, string width) =>
        Assert.Equal([0, 128, 255], Gray(Row([10, 20, 30]).Text(WindowCenter, "DS", center).Text(WindowWidth, "DS", width)));

    [Fact]
    public void Window_that_was_asked_for_is_used_whatever_it_shows()
    {
        var image = Row([10, 20, 30]).Text(WindowCenter, "DS", "20").Text(WindowWidth, "DS", "21");
        Assert.Equal([0, 0, 0], Gray(image, new RenderOptions { WindowCenter = 1000, WindowWidth = 10 }));
        Assert.Equal([0, 255, 255], Gray(image, new RenderOptions { WindowCenter = 20, WindowWidth = 1 }));
    }

    [Theory]
    [InlineData(1.0, null)]
    [InlineData(null, 1.0)]
    [InlineData(1.0, 0.0)]
    [InlineData(1.0, -5.0)]
    [InlineData(double.NaN, 1.0)]
    [InlineData(1.0, double.PositiveInfinity)]
    public void Window_that_cannot_be_asked_for_is_refused(double? center, double? width) =>
        Assert.Throws<ArgumentException>(() => Gray(Row([1, 2]), new RenderOptions { WindowCenter = center, WindowWidth = width }));

    [Fact]
    public void Inverted_frame_has_black_and_white_and_opposite_colors_in_each_others_place()
    {
        var inverted = new RenderOptions { Invert = true };
        using var gray = new MadeImage(1, 3, 8).Pixels<byte>(0, 100, 255).Open();
        Assert.Equal([255, 155, 0], FrameRenderer.Open(gray)!.Render(0, inverted).Pixels.ToArray());
        var bytes = new byte[3];
        FrameRenderer.Open(gray)!.RenderGray(0, bytes, inverted);
        Assert.Equal([255, 155, 0], bytes);
        using var color = new MadeImage(1, 2, 8, "RGB", samples: 3).Numbers(0x00280006, "US", 0).Pixels<byte>(255, 0, 10, 0, 255, 20).Open();
        Assert.Equal([0, 255, 245, 255, 255, 0, 235, 255], FrameRenderer.Open(color)!.Render(0, inverted).Pixels.ToArray());
    }

    [Fact]
    public void Without_a_window_the_range_of_the_frame_is_shown()
    {
        Assert.Equal([0, 128, 255], Gray(Row([-100, 0, 100])));
        Assert.Equal([0, 255, 128], Gray(Row([-100, 0, -50])));
        Assert.Equal([255, 0], Gray(Row([1, 2]).Text(RescaleSlope, "DS", "-1").Text(RescaleIntercept, "DS", "0")));
    }

    [Fact]
    public void Frame_of_one_value_is_shown_within_what_its_bits_can_hold()
    {
        using var file = new MadeImage(1, 2, 8).Pixels<byte>(64, 64).Open();
        Assert.Equal([64, 64], FrameRenderer.Open(file)!.Render(0).Pixels.ToArray());
        Assert.Equal([128, 128], Gray(Row([0, 0])));
    }

    [Fact]
    public void Padding_is_no_part_of_the_range()
    {
        Assert.Equal([0, 0, 255, 128], Gray(Row([-2000, 100, 200, 150]).Numbers(0x00280120, "SS", -2000)));
        Assert.Equal([0, 0, 0, 255, 128], Gray(Row([-2000, -1999, 100, 200, 150]).Numbers(0x00280120, "SS", -1990).Numbers(0x00280121, "SS", -2000)));
    }

    [Theory]
    [InlineData("MONOCHROME1", null, false)]
    [InlineData("MONOCHROME1", "INVERSE", false)] // PS3.3 C.8.11.3.1.2: both say the same
    [InlineData("MONOCHROME1", "IDENTITY", false)]
    [InlineData("MONOCHROME2", "INVERSE", false)]
    [InlineData("MONOCHROME2", "IDENTITY", true)]
    [InlineData("MONOCHROME2", null, true)]
    public void Lowest_value_is_white_or_black(string photometric, string? shape, bool isBlack)
    {
        var image = new MadeImage(1, 3, 16, photometric).Pixels<ushort>(0, 500, 1000);
        if (shape is not null)
        {
            image.Text(0x20500020, "CS", shape);
        }

        Assert.Equal(isBlack ? [0, 128, 255] : [255, 127, 0], Gray(image));
    }

    [Fact]
    public void Bits_beside_the_stored_value_are_left_out()
    {
        // Twelve bits in the upper part of the cell, an overlay in the lower.
        var high = new MadeImage(1, 3, 16, stored: 12, high: 15).Pixels<ushort>(0x000F, 0x7FF1, 0xFFF3);
        Assert.Equal([0, 127, 255], Gray(high));
        var low = new MadeImage(1, 3, 16, stored: 12, isSigned: true).Pixels<ushort>(0xF800, 0x5000, 0xA7FF);
        Assert.Equal([0, 128, 255], Gray(low));
        var wide = new MadeImage(1, 3, 32, stored: 20, isSigned: true).Pixels<uint>(0xFFF80000, 0xABC00000, 0x0007FFFF);
        Assert.Equal([0, 128, 255], Gray(wide));
    }

    [Fact]
    public void Cells_of_all_widths_are_shown()
    {
        Assert.Equal([255, 0, 255, 0, 0, 255], Gray(new MadeImage(2, 3, 1).Pixels<byte>(0b100101)));
        Assert.Equal([0, 128, 255], Gray(new MadeImage(1, 3, 8, isSigned: true).Pixels<sbyte>(-100, 0, 100)));
        Assert.Equal([0, 128, 255], Gray(new MadeImage(1, 3, 32, isSigned: true).Pixels(-2_000_000_000, 0, 2_000_000_000)));
        Assert.Equal([0, 128, 255], Gray(new MadeImage(1, 3, 32).Pixels(0u, 2_000_000_000u, 4_000_000_000u)));
        Assert.Equal([0, 128, 255], Gray(new MadeImage(1, 3, 64, isSigned: true).Pixels(-1L << 62, 0, 1L << 62)));
    }

    [Fact]
    public void Fractions_are_shown_and_what_is_no_number_is_black()
    {
        float[] cells = [-0.5f, 0, 0.5f, float.NaN, float.NegativeInfinity, float.PositiveInfinity, -9];
        var single = new MadeImage(1, 7, 32).Bytes(0x7FE00008, "OF", [.. cells.SelectMany(BitConverter.GetBytes)]).Bytes(0x00280122, "FL", BitConverter.GetBytes(-9f));
        Assert.Equal([0, 128, 255, 0, 0, 255, 0], Gray(single));
        var wide = new MadeImage(1, 7, 64).Bytes(0x7FE00009, "OD", [.. cells.SelectMany(c => BitConverter.GetBytes((double)c))]).Bytes(0x00280123, "FD", BitConverter.GetBytes(-9d));
        Assert.Equal([0, 128, 255, 0, 0, 255, 0], Gray(wide));
        double[] extreme = [-1e308, 1e308];
        Assert.Equal(2, Gray(new MadeImage(1, 2, 64).Bytes(0x7FE00009, "OD", [.. extreme.SelectMany(BitConverter.GetBytes)])).Length);
        Assert.Equal([128, 255], Gray(single.Pixels<byte>().Bytes(0x7FE00008, "OF", [.. new[] { 0f, 0.25f, 0, 0, 0, 0, 0 }.SelectMany(BitConverter.GetBytes)]).Text(WindowCenter, "DS", "0").Text(WindowWidth, "DS", "0.5"))[..2]);
    }

    [Fact]
    public void Frames_have_windows_of_their_own()
    {
        static Action<DicomBuilder> Window(string center) => frame => frame.Sequence(0x00289132, true, voi => voi
            .Element(WindowCenter, "DS", center).Element(WindowWidth, "DS", "100 ").Element(VoiLutFunction, "CS", "LINEAR_EXACT"));
        var image = new MadeImage(1, 2, 16, frames: 3).Pixels<ushort>(0, 100, 0, 100, 0, 100)
            .Sequence(0x52009229, shared => shared.Sequence(0x00289145, true, p => p.Element(RescaleIntercept, "DS", "50").Element(RescaleSlope, "DS", "1 ")))
            .Sequence(0x52009230, Window("100 "), Window("150 "), _ => { });
        using var file = image.Open();
        var renderer = FrameRenderer.Open(file)!;
        Assert.Equal(3, renderer.Frames);
        Assert.Equal([0, 255], renderer.Render(0).Pixels.ToArray());
        Assert.Equal([0, 128], renderer.Render(1).Pixels.ToArray());
        Assert.Equal([0, 255], renderer.Render(2).Pixels.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => renderer.Render(3));
    }

    [Theory]
    [InlineData(1, 2, 3.0, 2.0)]
    [InlineData(1, 1, 1.0, 1.0)]
    public void Gray_of_a_gray_frame_is_its_picture(int rows, int columns, double vertical, double horizontal)
    {
        var image = new MadeImage(rows, columns, 8).Pixels<byte>(10, 200).Text(0x00280030, "DS", FormattableString.Invariant($"{vertical}\\{horizontal}"));
        using var file = image.Open();
        var renderer = FrameRenderer.Open(file)!;
        var frame = renderer.Render(0);
        Assert.Equal((rows, columns, false, vertical / horizontal), (frame.Rows, frame.Columns, frame.IsColor, frame.PixelAspect));
        var gray = new byte[rows * columns];
        renderer.RenderGray(0, gray);
        Assert.Equal(frame.Pixels.ToArray(), gray);
        Assert.Throws<ArgumentOutOfRangeException>(() => renderer.RenderGray(0, new byte[gray.Length - 1]));
    }

    [Fact]
    public void Range_wider_than_any_number_is_shown() =>
        Assert.Equal([0, 128, 255], Gray(new MadeImage(1, 3, 64).Bytes(0x7FE00009, "OD", System.Runtime.InteropServices.MemoryMarshal.AsBytes<double>([-1e308, 0, 1e308]).ToArray())));

    [Fact]
    public void Full_range_shows_what_windows_and_tables_hide()
    {
        var full = new RenderOptions { FullRange = true };
        var windowed = Row([0, 255, 800, 1200]).Text(WindowCenter, "DS", "1000").Text(WindowWidth, "DS", "500");
        Assert.Equal([0, 0], Gray(windowed)[..2]);
        Assert.Equal([0, 54, 170, 255], Gray(windowed, full));
        Assert.Equal([0, 54, 255], Gray(Row([0, 255, 1200]).Numbers(0x00280120, "SS", 255).Numbers(0x00280121, "SS", 0), full)); // letters may have the value of padding
        var flat = Row([0, 255, 1200]).Sequence(0x00283000, lut => lut.Numbers(0x00283002, "US", 2, 0, 16).Numbers(0x00283006, "US", 7, 7));
        Assert.Equal([0, 54, 255], Gray(flat, full));
        Assert.Equal([0, 128, 255], Gray(new MadeImage(1, 3, 32).Pixels(0u, 50u, 100u).Text(WindowCenter, "DS", "100").Text(WindowWidth, "DS", "2"), full));
        Assert.Throws<ArgumentException>(() => Gray(windowed, full with { WindowCenter = 1, WindowWidth = 1 }));
    }

    [Fact]
    public void Letters_outside_of_the_window_are_noticed()
    {
        var pixels = new short[64 * 64];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (short)(i < 2048 ? 255 * (i / 3 % 2) : 800 + (i * 13 % 400));
        }

        Assert.True(Hides(null));
        Assert.True(Hides(new RenderOptions { WindowCenter = -1000, WindowWidth = 10 }));
        Assert.False(Hides(new RenderOptions { FullRange = true }));
        Assert.False(Hides(new RenderOptions { WindowCenter = 600, WindowWidth = 1200 }));

        bool Hides(RenderOptions? options)
        {
            using var file = new MadeImage(64, 64, 16, isSigned: true).Pixels(pixels).Text(WindowCenter, "DS", "1000").Text(WindowWidth, "DS", "500").Open();
            return FrameRenderer.Open(file)!.Render(0, options).HidesStrokes;
        }
    }

    [Fact]
    public void Noise_outside_of_the_window_is_no_letters()
    {
        var random = new Random(5);
        var pixels = Enumerable.Range(0, 512 * 512).Select(_ => (short)random.Next(-1000, 1000)).ToArray();
        using var file = new MadeImage(512, 512, 16, isSigned: true).Pixels(pixels).Text(WindowCenter, "DS", "40").Text(WindowWidth, "DS", "400").Open();
        Assert.False(FrameRenderer.Open(file)!.Render(0).HidesStrokes);
    }

    private static MadeImage Row(short[] stored) => new MadeImage(1, stored.Length, 16, isSigned: true).Pixels(stored);

    private static byte[] Gray(MadeImage image, RenderOptions? options = null)
    {
        using var file = image.Open();
        return FrameRenderer.Open(file)!.Render(0, options).Pixels.ToArray();
    }
}
