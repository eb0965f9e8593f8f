namespace Pacsbin.Imaging;

/// <summary>The file format of a picture.</summary>
public enum PictureFormat
{
    /// <summary>Without loss.</summary>
    Png,

    /// <summary>With loss, for pictures that must be small.</summary>
    Jpeg,
}

/// <summary>What a picture of a frame looks like.</summary>
public sealed record PictureOptions
{
    /// <summary>The most columns or rows of a picture that is scaled.</summary>
    public const int LargestSide = 16384;

    internal const int DefaultQuality = 90;

    public PictureFormat Format { get; init; }

    /// <summary>The quality of a JPEG picture, from 1 to 100.</summary>
    public int Quality { get; init; } = DefaultQuality;

    /// <summary>The columns of the picture, at most <see cref="LargestSide"/>. With <see cref="Height"/>, the picture fits into both; without both, a pixel stays a pixel.</summary>
    public int? Width { get; init; }

    /// <summary>The rows of the picture, at most <see cref="LargestSide"/>.</summary>
    public int? Height { get; init; }

    /// <summary>Areas of the frame that are outlined.</summary>
    public IReadOnlyList<PixelArea> Areas { get; init; } = [];

    /// <summary>Areas of the frame of which each is all that is kept: what is outside of any of them is dimmed and hatched.</summary>
    public IReadOnlyList<PixelArea> KeptAreas { get; init; } = [];

    /// <summary>The size of the picture of a frame; pixels that are not square are stretched if it is scaled.</summary>
    internal (int Width, int Height) SizeOf(RenderedFrame frame)
    {
        if (Width is null && Height is null)
        {
            return (frame.Columns, frame.Rows);
        }

        var shownHeight = frame.Rows * frame.PixelAspect;
        var scale = Math.Min((Width ?? LargestSide) / (double)frame.Columns, (Height ?? LargestSide) / shownHeight);
        return (Side(frame.Columns * scale, Width), Side(shownHeight * scale, Height));

        static int Side(double length, int? most) => Math.Clamp((int)Math.Round(length), 1, most ?? LargestSide);
    }
}
