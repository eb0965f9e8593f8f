using System.Runtime.InteropServices;
using SkiaSharp;

namespace Pacsbin.Imaging;

/// <summary>A picture in memory that others can be put into, and that can be written to a file.</summary>
/// <remarks>The only place that knows SkiaSharp: its native library is loaded with the first picture.</remarks>
internal sealed class Picture : IDisposable
{
    private const int HatchStep = 12;
    private static readonly SKColor Erased = new(0xFF, 0x50, 0x50);

    private readonly SKBitmap bitmap;

    /// <summary>Makes a picture of one color.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="color">Red, green and blue as in 0xRRGGBB.</param>
    public Picture(int width, int height, int color)
        : this(Allocate(width, height, isColor: true)) => bitmap.Erase(ColorOf(color));

    private Picture(SKBitmap bitmap) => this.bitmap = bitmap;

    public int Width => bitmap.Width;

    public int Height => bitmap.Height;

    /// <summary>Makes the picture of a frame: scaled, with its areas outlined and what is outside of kept ones dimmed.</summary>
    /// <exception cref="PacsbinException">LimitExceeded if there is not the memory for it; FileNotFound if SkiaSharp's native library is missing.</exception>
    public static Picture Of(RenderedFrame frame, PictureOptions options)
    {
        var (width, height) = options.SizeOf(frame);
        var result = new Picture(Allocate(width, height, frame.IsColor || options.Areas.Count + options.KeptAreas.Count > 0));
        try
        {
            using var pinned = new Pinned(FrameScaler.Scale(frame, width, height));
            result.Put(pinned.Pixels, 0, 0);
            var (scaleX, scaleY) = (width / (float)frame.Columns, height / (float)frame.Rows);
            foreach (var area in options.KeptAreas)
            {
                result.DimOutside(Scaled(area, scaleX, scaleY), area.IsEllipse);
            }

            foreach (var area in options.KeptAreas)
            {
                result.Outline(Scaled(area, scaleX, scaleY), area.IsEllipse, Erased);
            }

            foreach (var area in options.Areas)
            {
                result.Outline(Scaled(area, scaleX, scaleY), area.IsEllipse, SKColors.Yellow);
            }

            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <summary>Puts another picture into this one, which must have the room.</summary>
    public void Put(Picture other, int x, int y)
    {
        using var pixels = other.bitmap.PeekPixels();
        Put(pixels, x, y);
    }

    /// <summary>Writes a line of letters and digits.</summary>
    /// <param name="text">See <see cref="PictureText"/>.</param>
    /// <param name="x">The left edge.</param>
    /// <param name="y">The upper edge.</param>
    /// <param name="dot">The width and height of a letter's dot.</param>
    /// <param name="color">0xRRGGBB.</param>
    public void Write(string text, int x, int y, int dot, int color)
    {
        using var canvas = new SKCanvas(bitmap);
        using var paint = new SKPaint { Color = ColorOf(color) };
        foreach (var place in PictureText.DotsOf(text))
        {
            canvas.DrawRect(x + (place.X * dot), y + (place.Y * dot), dot, dot, paint);
        }
    }

    /// <summary>Writes the picture as a file.</summary>
    public void Write(Stream output, PictureOptions options)
    {
        using var pixels = bitmap.PeekPixels();
        using var bytes = options.Format == PictureFormat.Jpeg
            ? pixels.Encode(new SKJpegEncoderOptions(options.Quality))
            : pixels.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.Sub, 4));
        if (bytes is null)
        {
            // PNG and JPEG have no other reason to fail than JPEG's own limit.
            throw new PacsbinException(PacsbinError.LimitExceeded, $"The picture of {Width} x {Height} pixels is too large for its format.");
        }

        bytes.SaveTo(output);
    }

    public void Dispose() => bitmap.Dispose();

    private static SKColor ColorOf(int color) => new((uint)color | 0xFF000000);

    private static SKBitmap Allocate(int width, int height, bool isColor)
    {
        SKBitmap bitmap;
        try
        {
            bitmap = new SKBitmap(); // the first use of the native library
        }
        catch (Exception e) when (PictureLibrary.ErrorOf(e) is { } missing)
        {
            throw missing;
        }

        if (!bitmap.TryAllocPixels(new SKImageInfo(width, height, isColor ? SKColorType.Rgba8888 : SKColorType.Gray8, SKAlphaType.Opaque)))
        {
            bitmap.Dispose();
            throw new PacsbinException(PacsbinError.LimitExceeded, $"There is not the memory for a picture of {width} x {height} pixels.");
        }

        return bitmap;
    }

    private void Put(SKPixmap pixels, int x, int y)
    {
        using var own = bitmap.PeekPixels();
        using var place = own.ExtractSubset(SKRectI.Create(x, y, pixels.Width, pixels.Height));
        if (place is null || !pixels.ReadPixels(place))
        {
            throw new ArgumentException("The picture is outside.");
        }
    }

    private static SKRect Scaled(PixelArea area, float scaleX, float scaleY) =>
        new(area.X * scaleX, area.Y * scaleY, (area.X + (float)area.Width) * scaleX, (area.Y + (float)area.Height) * scaleY);

    /// <summary>Darkens what is outside of an area and hatches it, so that it can be told from dark tissue but still be read.</summary>
    private void DimOutside(SKRect kept, bool isEllipse)
    {
        using var canvas = new SKCanvas(bitmap);
        using var path = new SKPath { FillType = SKPathFillType.InverseWinding };
        if (isEllipse)
        {
            path.AddOval(kept);
        }
        else
        {
            path.AddRect(kept);
        }

        canvas.ClipPath(path);
        using var paint = new SKPaint { Color = SKColors.Black.WithAlpha(0x80) };
        canvas.DrawRect(0, 0, Width, Height, paint);
        (paint.Color, paint.IsAntialias) = (Erased.WithAlpha(0xA0), true);
        for (var x = -Height; x < Width + Height; x += HatchStep)
        {
            canvas.DrawLine(x, 0, x + Height, Height, paint);
            canvas.DrawLine(x, 0, x - Height, Height, paint);
        }
    }

    /// <summary>Draws a line around an area: a color on black, to be seen on any ground.</summary>
    private void Outline(SKRect rectangle, bool isEllipse, SKColor ink)
    {
        using var canvas = new SKCanvas(bitmap);
        using var paint = new SKPaint { IsStroke = true, IsAntialias = isEllipse };
        rectangle.Inflate(-0.5f, -0.5f);
        foreach (var (color, width) in ((SKColor, float)[])[(SKColors.Black, 3), (ink, 1)])
        {
            (paint.Color, paint.StrokeWidth) = (color, width);
            if (isEllipse)
            {
                canvas.DrawOval(rectangle, paint);
            }
            else
            {
                canvas.DrawRect(rectangle, paint);
            }
        }
    }

    /// <summary>A frame's pixels, kept in their place while SkiaSharp looks at them.</summary>
    private sealed class Pinned : IDisposable
    {
        private readonly GCHandle handle;

        public Pinned(RenderedFrame frame)
        {
            if (!MemoryMarshal.TryGetArray(frame.Pixels, out var array))
            {
                array = frame.Pixels.ToArray();
            }

            // Native code trusts the size that it is told.
            ArgumentOutOfRangeException.ThrowIfLessThan((long)array.Count, (long)frame.Rows * frame.Columns * frame.BytesPerPixel, nameof(frame));
            handle = GCHandle.Alloc(array.Array, GCHandleType.Pinned);
            Pixels = new SKPixmap(
                new SKImageInfo(frame.Columns, frame.Rows, frame.IsColor ? SKColorType.Rgba8888 : SKColorType.Gray8, SKAlphaType.Opaque),
                handle.AddrOfPinnedObject() + array.Offset);
        }

        public SKPixmap Pixels { get; }

        public void Dispose()
        {
            Pixels.Dispose();
            handle.Free();
        }
    }
}
