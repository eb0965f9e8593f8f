namespace Pacsbin.Redaction.Jpeg;

/// <summary>The size of MCUs, and how far beyond them their samples are seen, in pixels.</summary>
internal readonly record struct McuGeometry(int Width, int Height, int ReachX, int ReachY);

/// <summary>The MCUs of an image that are erased.</summary>
internal sealed class McuMap
{
    private readonly bool[] touched;
    private readonly int width;

    /// <param name="columns">Columns of the image.</param>
    /// <param name="rows">Rows of the image.</param>
    /// <param name="geometry">The size of its MCUs.</param>
    /// <param name="touches">Asked about the pixels of each MCU within the image, as x and y of the first and of those after the last.</param>
    public McuMap(int columns, int rows, McuGeometry geometry, Func<int, int, int, int, bool> touches)
    {
        Geometry = geometry;
        width = (columns + geometry.Width - 1) / geometry.Width;
        var height = (rows + geometry.Height - 1) / geometry.Height;
        touched = new bool[width * height];
        for (var i = 0; i < touched.Length; i++)
        {
            var (x, y) = (i % width * geometry.Width, i / width * geometry.Height);
            touched[i] = touches(
                Math.Max(0, x - geometry.ReachX),
                Math.Max(0, y - geometry.ReachY),
                Math.Min(columns, x + geometry.Width + geometry.ReachX),
                Math.Min(rows, y + geometry.Height + geometry.ReachY));
            HasTouched |= touched[i];
        }
    }

    public McuGeometry Geometry { get; }

    /// <summary>Whether any MCU is erased.</summary>
    public bool HasTouched { get; }

    /// <summary>Which MCUs of a row are erased.</summary>
    public ReadOnlySpan<bool> Row(int row) => touched.AsSpan(row * width, width);
}
