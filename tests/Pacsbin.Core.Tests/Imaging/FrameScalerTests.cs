using Pacsbin.Imaging;
using Xunit;

namespace Pacsbin.Tests.Imaging;

public sealed class FrameScalerTests
{
    [Theory]
    [InlineData(10, 10, 3, 7)]
    [InlineData(10, 10, 33, 47)]
    [InlineData(1, 65535, 1, 1)]
    [InlineData(65535, 1, 2, 1)]
    [InlineData(1, 1, 500, 3)]
    public void One_gray_stays(int rows, int columns, int height, int width)
    {
        foreach (var gray in (byte[])[0, 1, 127, 254, 255])
        {
            var pixels = new byte[rows * columns];
            pixels.AsSpan().Fill(gray);
            var scaled = FrameScaler.Scale(new RenderedFrame(rows, columns, IsColor: false, pixels, 1), width, height);
            Assert.Equal((height, width, 1.0), (scaled.Rows, scaled.Columns, scaled.PixelAspect));
            Assert.All(scaled.Pixels.ToArray(), p => Assert.Equal(gray, p));
        }
    }

    [Fact]
    public void Every_pixel_has_a_share_in_a_smaller_picture()
    {
        var pixels = new byte[4000];
        pixels.AsSpan(0, 2000).Fill(255);
        Assert.InRange(FrameScaler.Scale(new RenderedFrame(1, 4000, IsColor: false, pixels, 1), 1, 1).Pixels.Span[0], 127, 128);
        var random = new Random(4);
        random.NextBytes(pixels);
        var small = FrameScaler.Scale(new RenderedFrame(40, 100, IsColor: false, pixels, 1), 25, 10).Pixels.ToArray();
        Assert.InRange(small.Average(p => p) - pixels.Average(p => p), -3, 3);
    }

    [Fact]
    public void Thin_line_stays_wherever_it_is()
    {
        for (var at = 0; at < 64; at++)
        {
            var pixels = new byte[64];
            pixels[at] = 255;
            Assert.Contains(FrameScaler.Scale(new RenderedFrame(1, 64, IsColor: false, pixels, 1), 8, 1).Pixels.ToArray(), p => p > 10);
        }
    }

    [Fact]
    public void Larger_picture_has_the_values_between()
    {
        var scaled = FrameScaler.Scale(new RenderedFrame(1, 2, IsColor: false, new byte[] { 0, 200 }, 1), 4, 1).Pixels.ToArray();
        Assert.Equal([0, 50, 150, 200], scaled);
    }

    [Fact]
    public void Colors_do_not_mix()
    {
        byte[] pixels = [255, 0, 10, 255, 255, 0, 30, 255];
        Assert.Equal([255, 0, 20, 255], FrameScaler.Scale(new RenderedFrame(1, 2, IsColor: true, pixels, 1), 1, 1).Pixels.ToArray());
    }

    [Fact]
    public void No_share_is_negative_however_many_there_are()
    {
        // Bright where the largest share is, which would be below 0 first.
        foreach (var rows in (int[])[40001, 50021, 65521, 65535])
        {
            var pixels = new byte[rows];
            pixels[rows / 2] = 255;
            Assert.InRange(FrameScaler.Scale(new RenderedFrame(rows, 1, IsColor: false, pixels, 1), 1, 1).Pixels.Span[0], 0, 1);
        }
    }
}
