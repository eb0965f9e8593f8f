namespace Pacsbin.Imaging;

/// <summary>What the samples of a pixel mean (PS3.3 C.7.6.3.1.2).</summary>
public enum PhotometricInterpretation
{
    /// <summary>Absent, retired, or one that only a codec knows.</summary>
    Other,

    /// <summary>One sample; the lowest value is white.</summary>
    Monochrome1,

    /// <summary>One sample; the lowest value is black.</summary>
    Monochrome2,

    /// <summary>One sample, an index into the palette.</summary>
    PaletteColor,

    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Luminance and two colors, each in the full range.</summary>
    YbrFull,

    /// <summary>As YBR_FULL; two pixels share a pair of colors.</summary>
    YbrFull422,

    /// <summary>As YBR_FULL_422, luminance from 16 to 235 and colors from 16 to 240 (retired).</summary>
    YbrPartial422,
}
