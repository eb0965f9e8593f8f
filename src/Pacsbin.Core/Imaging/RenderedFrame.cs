namespace Pacsbin.Imaging;

/// <summary>A frame as it is shown: Rows x Columns pixels of gray, or of red, green, blue and a byte that is 255.</summary>
/// <param name="Rows">The rows of pixels.</param>
/// <param name="Columns">The pixels of a row.</param>
/// <param name="IsColor">Whether a pixel has four bytes instead of one.</param>
/// <param name="Pixels">The bytes, row by row from the top.</param>
/// <param name="PixelAspect">How many times as high as wide a pixel is.</param>
public sealed record RenderedFrame(int Rows, int Columns, bool IsColor, ReadOnlyMemory<byte> Pixels, double PixelAspect)
{
    /// <summary>The bytes of a pixel.</summary>
    public int BytesPerPixel => IsColor ? 4 : 1;

    /// <summary>Makes a PNG picture, with a pixel for each pixel of the frame.</summary>
    public byte[] ToPng() => Encode(new PictureOptions());

    /// <summary>Makes a JPEG picture.</summary>
    /// <param name="quality">From 1 to 100.</param>
    public byte[] ToJpeg(int quality = PictureOptions.DefaultQuality) => Encode(new PictureOptions { Format = PictureFormat.Jpeg, Quality = quality });

    /// <summary>Makes a picture.</summary>
    public byte[] Encode(PictureOptions options)
    {
        using var picture = Picture.Of(this, options);
        using var bytes = new MemoryStream();
        picture.Write(bytes, options);
        return bytes.ToArray();
    }
}
