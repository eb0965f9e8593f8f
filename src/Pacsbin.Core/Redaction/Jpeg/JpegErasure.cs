namespace Pacsbin.Redaction.Jpeg;

/// <summary>What erased pixels look like afterwards.</summary>
internal enum JpegFill
{
    /// <summary>Samples 0; black where the components are a luminance and two chrominances.</summary>
    Darkest,

    /// <summary>Samples 255, which MONOCHROME1 displays black.</summary>
    Brightest,
}

/// <summary>Which pixels of an image are erased from its JPEG frames, and what they look like afterwards.</summary>
/// <remarks>Made once for an image and used for all its frames, by several threads if need be.</remarks>
internal sealed class JpegErasure
{
    private readonly Func<int, int, int, int, bool> touches;
    private McuMap? latest;

    /// <param name="columns">Columns that the data set declares.</param>
    /// <param name="rows">Rows that the data set declares.</param>
    /// <param name="photometricInterpretation">What the data set declares; it decides where the frame does not say what its components are.</param>
    /// <param name="touches">Whether the pixels from (first, second) up to but without (third, fourth), as x and y, hold one that is erased;
    /// always within the image.</param>
    public JpegErasure(int columns, int rows, string photometricInterpretation, Func<int, int, int, int, bool> touches)
    {
        Columns = columns;
        Rows = rows;
        IsRgb = photometricInterpretation == "RGB";
        Fill = photometricInterpretation == "MONOCHROME1" ? JpegFill.Brightest : JpegFill.Darkest;
        this.touches = touches;
    }

    public int Columns { get; }

    public int Rows { get; }

    /// <summary>Whether the data set says that three components are red, green and blue.</summary>
    public bool IsRgb { get; }

    /// <summary>What erased pixels look like; the darkest displayed value unless set.</summary>
    public JpegFill Fill { get; init; }

    /// <summary>Whether MCUs are erased too whose chrominance decoders mix into erased pixels of the next MCU, as libjpeg does unless told
    /// not to; else such pixels, at an MCU's edge, may keep a shade of what is beside them.</summary>
    public bool CoversSmoothing { get; init; }

    /// <summary>The MCUs that are erased from a frame.</summary>
    public McuMap Map(FrameHeader frame)
    {
        var geometry = new McuGeometry(
            frame.McuWidth,
            frame.McuHeight,
            CoversSmoothing && frame.Components.Any(c => c.Horizontal < frame.MaxHorizontal) ? 1 : 0,
            CoversSmoothing && frame.Components.Any(c => c.Vertical < frame.MaxVertical) ? 1 : 0);

        // Frames of one image have one geometry, but for those that are made to differ.
        var map = latest;
        if (map is null || map.Geometry != geometry)
        {
            latest = map = new McuMap(Columns, Rows, geometry, touches);
        }

        return map;
    }
}
