using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Pacsbin.Imaging;

namespace Pacsbin.Redaction;

/// <summary>The shape of a <see cref="RedactionRegion"/>.</summary>
public enum RegionShape
{
    Rectangle,

    /// <summary>The ellipse that fits into the rectangle.</summary>
    Ellipse,
}

/// <summary>Pixels that are to be erased from the frames of images.</summary>
/// <remarks>Counted in image pixels from 0 at the left and top; half-open, so that the column <c>X + Width</c> and the row <c>Y + Height</c> stay.</remarks>
/// <param name="X">The first column; a negative one counts from the right edge, -1 being the last.</param>
/// <param name="Y">The first row; a negative one counts from the bottom.</param>
/// <param name="Width">Columns, at least 1.</param>
/// <param name="Height">Rows, at least 1.</param>
public sealed record RedactionRegion(int X, int Y, int Width, int Height)
{
    public RegionShape Shape { get; init; }

    /// <summary>Whether everything outside is erased and the inside stays, as for the fan of an ultrasound image.</summary>
    public bool Outside { get; init; }

    /// <summary>Whether the part beyond the image is left out instead of being an error.</summary>
    public bool Clip { get; init; }

    /// <summary>The only series whose images are meant; null for all.</summary>
    public string? SeriesInstanceUid { get; init; }

    /// <summary>The only image that is meant; null for all.</summary>
    public string? SopInstanceUid { get; init; }

    /// <summary>The first frame, from 1 as in DICOM; null for all frames.</summary>
    public int? FirstFrame { get; init; }

    /// <summary>The last frame, which is included; null for <see cref="FirstFrame"/> alone.</summary>
    public int? LastFrame { get; init; }

    /// <summary>Whether the region is meant for an instance.</summary>
    public bool AppliesTo(string? seriesInstanceUid, string? sopInstanceUid) =>
        (SeriesInstanceUid is null || SeriesInstanceUid == seriesInstanceUid) && (SopInstanceUid is null || SopInstanceUid == sopInstanceUid);

    /// <summary>Whether the region is meant for a frame, counted from 0.</summary>
    public bool AppliesToFrame(int index) =>
        FirstFrame is not { } first || (index + 1 >= first && index + 1 <= (LastFrame ?? first));

    /// <summary>Where the region lies in an image; null if it was clipped and nothing is left.</summary>
    /// <param name="rows">Rows of the image.</param>
    /// <param name="columns">Columns of the image.</param>
    /// <param name="frames">Frames of the image.</param>
    /// <exception cref="PacsbinException">RegionOutsideImage if a part is beyond the image and <see cref="Clip"/> is not set, or the region has no pixels or frames.</exception>
    public PixelArea? In(int rows, int columns, int frames)
    {
        long x = X < 0 ? columns + (long)X : X;
        long y = Y < 0 ? rows + (long)Y : Y;
        var isRegion = Width > 0 && Height > 0 && (FirstFrame is null || (FirstFrame >= 1 && (LastFrame ?? FirstFrame) >= FirstFrame));
        var isInside = x >= 0 && y >= 0 && x + Width <= columns && y + Height <= rows && (FirstFrame is null || (LastFrame ?? FirstFrame) <= frames);

        // One of no pixels or frames is a mistake that clipping must not hide.
        if (!isRegion || (!isInside && !Clip))
        {
            throw new PacsbinException(PacsbinError.RegionOutsideImage, $"The region {this} is not within the image of {columns} x {rows} pixels and {frames} frames.");
        }

        if (isInside || Shape == RegionShape.Ellipse)
        {
            // The part of an ellipse beyond the image is left out when it is drawn: cutting its rectangle would change its shape.
            return new PixelArea((int)x, (int)y, Width, Height, Shape == RegionShape.Ellipse);
        }

        var (left, top) = (Math.Max(0, x), Math.Max(0, y));
        var (right, bottom) = (Math.Min(columns, x + Width), Math.Min(rows, y + Height));
        return right > left && bottom > top ? new PixelArea((int)left, (int)top, (int)(right - left), (int)(bottom - top)) : null;
    }

    /// <summary>Reads <c>x,y,width,height</c>; false if these are not four whole numbers, of which the last two are positive.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out RedactionRegion? region)
    {
        region = null;
        Span<int> numbers = stackalloc int[4];
        var count = 0;
        foreach (var part in (text ?? "").AsSpan().Split(','))
        {
            if (count == 4 || !int.TryParse(text.AsSpan()[part], NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out numbers[count]))
            {
                return false;
            }

            count++;
        }

        if (count < 4 || numbers[2] < 1 || numbers[3] < 1)
        {
            return false;
        }

        region = new RedactionRegion(numbers[0], numbers[1], numbers[2], numbers[3]);
        return true;
    }

    /// <summary>Reads frames, counted from 1: one, as <c>5</c>, or a range with both ends, as <c>5-20</c>; false if that is not what the text says.</summary>
    public static bool TryParseFrames(string? text, out int first, out int last)
    {
        var frames = (text ?? "").AsSpan();
        var dash = frames.IndexOf('-');
        last = 0;
        return int.TryParse(dash < 0 ? frames : frames[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out first)
            && int.TryParse(dash < 0 ? frames : frames[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out last)
            && first >= 1 && last >= first;
    }

    /// <summary>The rectangle as <c>x,y,width,height</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{X},{Y},{Width},{Height}");
}
