namespace Pacsbin.Redaction.Jpeg;

/// <summary>The MCUs of an image that are erased.</summary>
internal sealed class McuMap
{
    private readonly bool[] touched;
    private readonly int width;

    /// <param name="columns">Columns of the image.</param>
    /// <param name="rows">Rows of the image.</param>
    /// <param name="mcuWidth">Pixels that an MCU is wide.</param>
    /// <param name="mcuHeight">Pixels that an MCU is high.</param>
    /// <param name="mask">The pixels that are erased.</param>
    public McuMap(int columns, int rows, int mcuWidth, int mcuHeight, RegionMask mask)
    {
        (McuWidth, McuHeight) = (mcuWidth, mcuHeight);
        width = (columns + mcuWidth - 1) / mcuWidth;
        touched = new bool[width * ((rows + mcuHeight - 1) / mcuHeight)];
        for (var i = 0; i < touched.Length; i++)
        {
            var (x, y) = (i % width * mcuWidth, i / width * mcuHeight);
            touched[i] = mask.Touches(x, y, x + mcuWidth, y + mcuHeight);
            HasTouched |= touched[i];
        }
    }

    public int McuWidth { get; }

    public int McuHeight { get; }

    /// <summary>Whether any MCU is erased.</summary>
    public bool HasTouched { get; }

    /// <summary>Which MCUs of a row are erased.</summary>
    public ReadOnlySpan<bool> Row(int row) => touched.AsSpan(row * width, width);
}
