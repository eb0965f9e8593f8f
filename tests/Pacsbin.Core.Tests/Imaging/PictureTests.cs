using System.Buffers.Binary;
using Pacsbin.Imaging;
using SkiaSharp;
using Xunit;

namespace Pacsbin.Tests.Imaging;

public sealed class PictureTests
{
    [Fact]
    public void Png_holds_every_gray()
    {
        var pixels = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        var png = new RenderedFrame(16, 16, IsColor: false, pixels, 1).Encode(new PictureOptions());
        Assert.Equal((byte[])[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], png[..8]);
        Assert.Equal((16, 16, 8, 0), (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)), png[24], png[25]));
        using var decoded = SKBitmap.Decode(png);
        Assert.Equal(pixels, Enumerable.Range(0, 256).Select(i => decoded.GetPixel(i % 16, i / 16).Red));
    }

    [Fact]
    public void Png_holds_every_color()
    {
        byte[] pixels = [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 1, 2, 3, 255];
        using var decoded = SKBitmap.Decode(new RenderedFrame(2, 2, IsColor: true, pixels, 1).Encode(new PictureOptions()));
        Assert.Equal([new SKColor(255, 0, 0), new SKColor(0, 255, 0), new SKColor(0, 0, 255), new SKColor(1, 2, 3)], decoded.Pixels);
    }

    [Fact]
    public void Frame_with_too_few_pixels_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RenderedFrame(100, 100, IsColor: true, new byte[100 * 100], 1).Encode(new PictureOptions()));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Jpeg_of_a_lower_quality_is_smaller(bool isColor)
    {
        var pixels = new byte[64 * 64 * (isColor ? 4 : 1)];
        new Random(3).NextBytes(pixels);
        var frame = new RenderedFrame(64, 64, isColor, pixels, 1);
        var (low, high) = (Jpeg(10), Jpeg(95));
        Assert.Equal((byte[])[0xFF, 0xD8, 0xFF], low[..3]);
        Assert.True(low.Length < high.Length / 2);
        using var decoded = SKBitmap.Decode(low);
        Assert.Equal((64, 64), (decoded.Width, decoded.Height));

        byte[] Jpeg(int quality) => frame.Encode(new PictureOptions { Format = PictureFormat.Jpeg, Quality = quality });
    }

    [Theory]
    [InlineData(100, 50, 1.0, null, null, 100, 50)]
    [InlineData(100, 50, 1.0, 200, null, 200, 100)]
    [InlineData(100, 50, 1.0, null, 25, 50, 25)]
    [InlineData(100, 50, 1.0, 60, 60, 60, 30)]
    [InlineData(50, 100, 1.0, 60, 60, 30, 60)]
    [InlineData(100, 50, 2.0, null, null, 100, 50)] // pixels stay pixels, so that regions can be measured
    [InlineData(100, 50, 2.0, 100, null, 100, 100)]
    [InlineData(100, 50, 0.5, 100, null, 100, 25)]
    [InlineData(65535, 1, 1.0, 100, null, 100, 1)]
    [InlineData(1, 65535, 1.0, 16384, null, 1, 16384)]
    [InlineData(1, 65535, 99.0, null, 16384, 1, 16384)]
    public void Size_keeps_proportions(int columns, int rows, double aspect, int? width, int? height, int expectedWidth, int expectedHeight)
    {
        var frame = new RenderedFrame(rows, columns, IsColor: false, new byte[rows * columns], aspect);
        using var picture = Picture.Of(frame, new PictureOptions { Width = width, Height = height });
        Assert.Equal((expectedWidth, expectedHeight), (picture.Width, picture.Height));
    }

    [Theory]
    [InlineData("1\\1", null, 1.0)]
    [InlineData("2\\1", null, 2.0)]
    [InlineData(null, "0.5\\0.25", 2.0)]
    [InlineData("4\\1", "0.5\\0.25", 2.0)]
    [InlineData("0\\1", null, 1.0)]
    [InlineData("-2\\1", null, 1.0)]
    [InlineData("1", null, 1.0)]
    [InlineData(null, "1e300\\1e-300", 1.0)]
    [InlineData(null, "NaN\\1", 1.0)]
    public void Pixel_aspect_comes_from_spacing_or_ratio(string? ratio, string? spacing, double expected)
    {
        var image = new MadeImage(1, 2, 8).Pixels<byte>(0, 255);
        if (ratio is not null)
        {
            image.Text(0x00280034, "IS", ratio);
        }

        if (spacing is not null)
        {
            image.Text(0x00280030, "DS", spacing);
        }

        using var file = image.Open();
        Assert.Equal(expected, FrameRenderer.Open(file)!.Render(0).PixelAspect);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Outline_runs_along_the_inner_edge_of_an_area(bool isEllipse)
    {
        var frame = new RenderedFrame(40, 60, IsColor: false, Enumerable.Repeat((byte)90, 60 * 40).ToArray(), 1);
        using var decoded = SKBitmap.Decode(frame.Encode(new PictureOptions { Areas = [new PixelArea(10, 5, 40, 30, isEllipse)] }));
        Assert.True(decoded.GetPixel(10, 20) is { Red: > 200, Green: > 200, Blue: < 100 });
        Assert.True(decoded.GetPixel(49, 20) is { Red: > 200, Green: > 200, Blue: < 100 });
        Assert.True(decoded.GetPixel(30, 5) is { Red: > 200, Green: > 200, Blue: < 100 });
        Assert.True(decoded.GetPixel(30, 34) is { Red: > 200, Green: > 200, Blue: < 100 });
        Assert.Equal(isEllipse ? new SKColor(90, 90, 90) : SKColors.Yellow, decoded.GetPixel(10, 5));
        Assert.Equal(new SKColor(90, 90, 90), decoded.GetPixel(30, 20));
        Assert.Equal(new SKColor(90, 90, 90), decoded.GetPixel(5, 20));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Outside_of_a_kept_area_is_dimmed_and_hatched(bool isEllipse)
    {
        var frame = new RenderedFrame(40, 60, IsColor: false, Enumerable.Repeat((byte)200, 60 * 40).ToArray(), 1);
        using var decoded = SKBitmap.Decode(frame.Encode(new PictureOptions { KeptAreas = [new PixelArea(10, 5, 40, 30, isEllipse)] }));
        Assert.Equal(new SKColor(200, 200, 200), decoded.GetPixel(30, 20));
        Assert.True(decoded.GetPixel(10, 20) is { Red: > 200, Blue: < 120 });
        var outside = (from x in Enumerable.Range(0, 60) from y in Enumerable.Range(0, 4) select decoded.GetPixel(x, y)).ToList();
        Assert.Contains(outside, p => p.Red > p.Blue + 50);
        Assert.Contains(outside, p => p is { Red: > 90 and < 110 } && p.Red == p.Blue);
        Assert.DoesNotContain(outside, p => p.Blue > 150);
        Assert.Equal(isEllipse, decoded.GetPixel(13, 7).Blue < 150);
    }

    [Fact]
    public void Kept_area_of_nothing_dims_all()
    {
        var frame = new RenderedFrame(40, 60, IsColor: false, Enumerable.Repeat((byte)200, 60 * 40).ToArray(), 1);
        using var decoded = SKBitmap.Decode(frame.Encode(new PictureOptions { KeptAreas = [default] }));
        Assert.All(decoded.Pixels, p => Assert.True(p.Blue < 150));
    }

    [Fact]
    public void Missing_native_library_is_an_error_that_names_the_system()
    {
        var error = PictureLibrary.ErrorOf(new TypeInitializationException("SkiaSharp.SKAbstractManagedStream", new DllNotFoundException()))!;
        Assert.Equal(PacsbinError.FileNotFound, error.Error);
        Assert.Contains(System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier, error.Message, StringComparison.Ordinal);
        Assert.Contains("win-x64, win-arm64, linux-x64", error.Message, StringComparison.Ordinal);
        Assert.Equal(PacsbinError.FileNotFound, PictureLibrary.ErrorOf(new DllNotFoundException())!.Error);
        Assert.Null(PictureLibrary.ErrorOf(new InvalidOperationException()));
    }

    [Fact]
    public void Outline_of_a_scaled_picture_is_scaled()
    {
        var frame = new RenderedFrame(40, 60, IsColor: true, new byte[60 * 40 * 4], 1);
        using var decoded = SKBitmap.Decode(frame.Encode(new PictureOptions { Width = 120, Areas = [new PixelArea(10, 5, 40, 30), new PixelArea(-5, int.MaxValue - 9, int.MaxValue, 3)] }));
        Assert.Equal((SKColors.Yellow, SKColors.Yellow), (decoded.GetPixel(20, 40), decoded.GetPixel(99, 40)));
    }

    [Fact]
    public void Letters_differ_and_need_no_font()
    {
        const string all = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        var shapes = all.Select(c => string.Join(' ', PictureText.DotsOf(c.ToString()))).ToList();
        Assert.Equal(all.Length, shapes.Distinct().Count());
        Assert.All(shapes, s => Assert.True(s.Length > 0));
        Assert.Equal(PictureText.DotsOf("-"), PictureText.DotsOf("\u00E9"));
        Assert.Empty(PictureText.DotsOf(" "));
        Assert.All(PictureText.DotsOf("QM8"), dot => Assert.True(dot.X is >= 0 and < 3 * PictureText.Advance && dot.Y is >= 0 and < PictureText.Height));
    }
}
