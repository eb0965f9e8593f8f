using Pacsbin.Redaction;

namespace Pacsbin.Tests.Redaction;

/// <summary>Says pixel by pixel whether a region erases it, written from the words of the region's documentation.</summary>
internal static class RegionOracle
{
    public static bool Erases(RedactionRegion region, NativeImage image, int frame, int row, int column) =>
        Erases(region, image.Rows, image.Columns, frame, row, column);

    public static bool Erases(RedactionRegion region, int rows, int columns, int frame, int row, int column)
    {
        if (region.FirstFrame is { } first && (frame + 1 < first || frame + 1 > (region.LastFrame ?? first)))
        {
            return false;
        }

        var x = region.X < 0 ? columns + region.X : region.X;
        var y = region.Y < 0 ? rows + region.Y : region.Y;
        var isInside = column >= x && column < x + region.Width && row >= y && row < y + region.Height;
        if (isInside && region.Shape == RegionShape.Ellipse)
        {
            var dx = (column + 0.5 - x - (region.Width / 2.0)) / (region.Width / 2.0);
            var dy = (row + 0.5 - y - (region.Height / 2.0)) / (region.Height / 2.0);
            isInside = (dx * dx) + (dy * dy) <= 1;
        }

        return isInside != region.Outside;
    }
}
