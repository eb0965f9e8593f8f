namespace Pacsbin.Redaction.Jpeg;

/// <summary>The MCUs of an image that hold an erased pixel.</summary>
internal sealed class McuMap
{
    private readonly bool[] touched;

    public McuMap(int columns, int rows, int mcuWidth, int mcuHeight, Func<int, int, int, int, bool> touches)
    {
        McuWidth = mcuWidth;
        McuHeight = mcuHeight;
        Width = (columns + mcuWidth - 1) / mcuWidth;
        var height = (rows + mcuHeight - 1) / mcuHeight;
        touched = new bool[Width * height];
        for (var i = 0; i < touched.Length; i++)
        {
            var (x, y) = (i % Width * mcuWidth, i / Width * mcuHeight);
            touched[i] = touches(x, y, Math.Min(columns, x + mcuWidth), Math.Min(rows, y + mcuHeight));
            HasTouched |= touched[i];
        }
    }

    public int McuWidth { get; }

    public int McuHeight { get; }

    /// <summary>MCUs in a row.</summary>
    public int Width { get; }

    /// <summary>Whether any MCU holds an erased pixel.</summary>
    public bool HasTouched { get; }

    /// <summary>Which MCUs of a row hold an erased pixel.</summary>
    public ReadOnlySpan<bool> Row(int row) => touched.AsSpan(row * Width, Width);
}
