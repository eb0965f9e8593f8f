using Pacsbin.Imaging;
using Xunit;

namespace Pacsbin.Tests.Imaging;

public sealed class ColorFrameTests
{
    private const uint PlanarConfiguration = 0x00280006;

    [Theory]
    [InlineData(0, new byte[] { 1, 2, 3, 250, 251, 252 })]
    [InlineData(1, new byte[] { 1, 250, 2, 251, 3, 252 })]
    public void Rgb_of_both_planar_configurations(int planar, byte[] cells) =>
        Assert.Equal([1, 2, 3, 255, 250, 251, 252, 255], Colors(new MadeImage(1, 2, 8, "RGB", samples: 3).Numbers(PlanarConfiguration, "US", planar).Pixels(cells)));

    [Fact]
    public void Samples_of_other_widths_become_bytes()
    {
        Assert.Equal([0, 128, 255, 255], Colors(new MadeImage(1, 1, 16, "RGB", samples: 3).Pixels<ushort>(0, 32768, 65535)));
        Assert.Equal([0, 128, 255, 255], Colors(new MadeImage(1, 1, 16, "RGB", samples: 3, stored: 12).Pixels<ushort>(0, 2048, 0xFFFF)));
        Assert.Equal([0, 128, 255, 255], Colors(new MadeImage(1, 1, 32, "RGB", samples: 3).Pixels(0u, 0x80000000u, uint.MaxValue)));
        Assert.Equal([0, 146, 255, 255], Colors(new MadeImage(1, 1, 8, "RGB", samples: 3, stored: 3).Pixels<byte>(0, 4, 7)));
    }

    // From R = Y + 1.402 (Cr - 128), G = Y - 0.3441 (Cb - 128) - 0.7141 (Cr - 128), B = Y + 1.772 (Cb - 128).
    [Theory]
    [InlineData(new byte[] { 0, 128, 128 }, new byte[] { 0, 0, 0 })]
    [InlineData(new byte[] { 255, 128, 128 }, new byte[] { 255, 255, 255 })]
    [InlineData(new byte[] { 76, 85, 255 }, new byte[] { 254, 0, 0 })]
    [InlineData(new byte[] { 150, 44, 21 }, new byte[] { 0, 255, 1 })]
    [InlineData(new byte[] { 29, 255, 107 }, new byte[] { 0, 0, 254 })]
    [InlineData(new byte[] { 100, 0, 0 }, new byte[] { 0, 235, 0 })]
    public void Ybr_full_follows_C_7_6_3_1_2(byte[] ybr, byte[] rgb)
    {
        Assert.Equal([.. rgb, 255], Colors(new MadeImage(1, 1, 8, "YBR_FULL", samples: 3).Pixels(ybr)));
        var subsampled = new MadeImage(1, 2, 8, "YBR_FULL_422", samples: 3).Pixels(ybr[0], ybr[0], ybr[1], ybr[2]);
        Assert.Equal([.. rgb, 255, .. rgb, 255], Colors(subsampled));
    }

    [Theory]
    [InlineData(new byte[] { 16, 128, 128 }, new byte[] { 0, 0, 0 })]
    [InlineData(new byte[] { 235, 128, 128 }, new byte[] { 255, 255, 255 })]
    [InlineData(new byte[] { 81, 90, 240 }, new byte[] { 254, 0, 0 })]
    public void Ybr_partial_has_a_smaller_range(byte[] ybr, byte[] rgb) =>
        Assert.Equal([.. rgb, 255, .. rgb, 255], Colors(new MadeImage(1, 2, 8, "YBR_PARTIAL_422", samples: 3).Pixels(ybr[0], ybr[0], ybr[1], ybr[2])));

    [Fact]
    public void Palette_gives_each_value_its_color()
    {
        var image = new MadeImage(1, 4, 8, "PALETTE COLOR").Pixels<byte>(0, 10, 11, 255);
        for (uint color = 0; color < 3; color++)
        {
            image.Numbers(0x00281101 + color, "US", 2, 10, 16).Numbers(0x00281201 + color, "OW", (color + 1) << 8, (color + 4) << 8);
        }

        Assert.Equal([1, 2, 3, 255, 1, 2, 3, 255, 4, 5, 6, 255, 4, 5, 6, 255], Colors(image));
    }

    [Fact]
    public void Palette_that_is_missing_is_an_error()
    {
        using var file = new MadeImage(1, 2, 8, "PALETTE COLOR").Pixels<byte>(0, 1).Open();
        Assert.Equal(PacsbinError.MalformedElement, Assert.Throws<PacsbinException>(() => FrameRenderer.Open(file)).Error);
    }

    [Theory]
    [InlineData(2, "")]
    [InlineData(4, "CMYK")]
    [InlineData(65535, "")]
    [InlineData(3, "MONOCHROME2")]
    public void Other_numbers_of_samples_are_refused(int samples, string photometric)
    {
        using var file = new MadeImage(1, 2, 8, photometric, samples: samples).Pixels(new byte[2 * samples]).Open();
        Assert.Equal(PacsbinError.MalformedElement, Assert.Throws<PacsbinException>(() => FrameRenderer.Open(file)).Error);
    }

    [Fact]
    public void Unknown_photometric_interpretation_is_gray_or_rgb()
    {
        Assert.Equal([1, 2, 3, 255], Colors(new MadeImage(1, 1, 8, "FUZZ", samples: 3).Pixels<byte>(1, 2, 3)));
        using var file = new MadeImage(1, 2, 8, "").Pixels<byte>(3, 7).Open();
        Assert.Equal([0, 255], FrameRenderer.Open(file)!.Render(0).Pixels.ToArray());
    }

    [Fact]
    public void Gray_of_colors_is_their_luminance()
    {
        using var file = new MadeImage(1, 4, 8, "RGB", samples: 3).Pixels<byte>(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255).Open();
        var gray = new byte[5];
        FrameRenderer.Open(file)!.RenderGray(0, gray);
        Assert.Equal([77, 149, 29, 255, 0], gray);
    }

    [Fact]
    public void Instance_without_pixels_has_no_renderer()
    {
        using var file = new MadeImage(1, 1, 8).Open();
        Assert.Null(FrameRenderer.Open(file));
    }

    [Theory]
    [InlineData(65535, 65535, 8, 1, "")]
    [InlineData(65535, 65535, 16, 3, "RGB")]
    [InlineData(30000, 30000, 1, 1, "MONOCHROME2")]
    [InlineData(20000, 20000, 8, 1, "PALETTE COLOR")]
    public void Large_image_of_few_bytes_is_refused_without_its_memory(int rows, int columns, int bits, int samples, string photometric)
    {
        using var file = new MadeImage(rows, columns, bits, photometric, samples: samples).Pixels(new byte[64]).Open();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<PacsbinException>(() => FrameRenderer.Open(file)?.Render(0)).Error;
        Assert.True(error is PacsbinError.MalformedElement or PacsbinError.LimitExceeded);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    private static byte[] Colors(MadeImage image)
    {
        using var file = image.Open();
        var frame = FrameRenderer.Open(file)!.Render(0);
        Assert.True(frame.IsColor);
        return frame.Pixels.ToArray();
    }
}
