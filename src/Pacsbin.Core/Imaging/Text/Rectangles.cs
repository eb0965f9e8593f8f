namespace Pacsbin.Imaging.Text;

/// <summary>Geometry of rectangles that are upright.</summary>
internal static class Rectangles
{
    /// <summary>How much two stretches have in common; negative for the gap between them.</summary>
    public static int Overlap(int from, int length, int otherFrom, int otherLength) =>
        Math.Min(from + length, otherFrom + otherLength) - Math.Max(from, otherFrom);

    public static long Intersection(PixelArea a, PixelArea b) =>
        (long)Math.Max(0, Overlap(a.X, a.Width, b.X, b.Width)) * Math.Max(0, Overlap(a.Y, a.Height, b.Y, b.Height));

    public static PixelArea Union(PixelArea a, PixelArea b)
    {
        var (x, y) = (Math.Min(a.X, b.X), Math.Min(a.Y, b.Y));
        return new PixelArea(x, y, Math.Max(a.X + a.Width, b.X + b.Width) - x, Math.Max(a.Y + a.Height, b.Y + b.Height) - y);
    }

    /// <summary>Larger on every side, but not beyond the picture.</summary>
    public static PixelArea Pad(PixelArea area, int horizontal, int vertical, int rows, int columns)
    {
        var (x, y) = (Math.Max(0, area.X - horizontal), Math.Max(0, area.Y - vertical));
        return new PixelArea(x, y, Math.Min(columns, area.X + area.Width + horizontal) - x, Math.Min(rows, area.Y + area.Height + vertical) - y);
    }
}
