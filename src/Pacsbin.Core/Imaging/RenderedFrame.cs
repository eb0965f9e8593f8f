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

    /// <summary>The window that it is shown with, in values after the Modality LUT; null for colors and where a lookup table decides.</summary>
    public (double Center, double Width)? Window { get; init; }

    /// <summary>Whether shapes of one stored value, as letters are, lie on a ground that became the same black or white.</summary>
    public bool HidesStrokes { get; init; }

    /// <summary>Makes a picture.</summary>
    public byte[] Encode(PictureOptions options)
    {
        using var picture = Picture.Of(this, options);
        using var bytes = new MemoryStream();
        picture.Write(bytes, options);
        return bytes.ToArray();
    }
}
