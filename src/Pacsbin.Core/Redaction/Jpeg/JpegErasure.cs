using Pacsbin.Imaging;
using Pacsbin.Imaging.Codestreams;
using Pacsbin.Imaging.Jpeg;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>Which pixels of an image are erased from its JPEG frames, and what they look like afterwards.</summary>
/// <remarks>Made once for an image and used for all its frames with the same regions, one after the other.</remarks>
internal sealed class JpegErasure
{
    // Beyond it an inverse DCT may overflow where it must saturate: no 8 bit image is quantized so coarsely.
    private const int MaxDcStep = 4080;
    private readonly RegionMask mask;
    private McuMap? latest;

    /// <param name="columns">Columns that the data set declares.</param>
    /// <param name="rows">Rows that the data set declares.</param>
    /// <param name="photometric">What the data set declares; it decides where the frame does not say what its components are.</param>
    /// <param name="mask">The pixels that are erased.</param>
    public JpegErasure(int columns, int rows, PhotometricInterpretation photometric, RegionMask mask)
    {
        Columns = columns;
        Rows = rows;
        Photometric = photometric;
        this.mask = mask;
    }

    public int Columns { get; }

    public int Rows { get; }

    /// <summary>What the data set declares.</summary>
    public PhotometricInterpretation Photometric { get; }

    /// <summary>The MCUs that are erased from a frame.</summary>
    public McuMap Map(JpegFrame frame)
    {
        // T.81 A.2.2: a single component's MCU is one block whatever its sampling factors.
        var isSingle = frame.Components.Length == 1;
        var (width, height) = isSingle ? (8, 8) : (8 * frame.MaxHorizontal, 8 * frame.MaxVertical);

        // Frames of one image have one geometry, but for those that are made to differ.
        var map = latest;
        if (map is null || map.McuWidth != width || map.McuHeight != height)
        {
            latest = map = new McuMap(Columns, Rows, width, height, mask);
        }

        return map;
    }

    /// <summary>The quantized DC coefficient of an erased block.</summary>
    /// <param name="isChrominance">Whether the block is of a chrominance.</param>
    /// <param name="dcStep">The quantization step of its DC coefficient.</param>
    /// <param name="position">Where the scan begins, for messages.</param>
    public int FillDc(bool isChrominance, int dcStep, int position)
    {
        if (dcStep == 0)
        {
            throw FrameError.Malformed("A JPEG quantization table has a step of zero", position);
        }

        if (isChrominance)
        {
            return 0; // 128, which is no colour
        }

        if (dcStep > MaxDcStep)
        {
            throw FrameError.Unsupported("A JPEG frame whose DC coefficients are quantized too coarsely is not erased", position);
        }

        // T.81 A.3.1, A.3.3: samples are shifted by 128, and DC is eight times their mean; rounded away from zero, so that it saturates.
        // MONOCHROME1 displays 255 as black.
        return Photometric == PhotometricInterpretation.Monochrome1 ? (1016 + dcStep - 1) / dcStep : -((1024 + dcStep - 1) / dcStep);
    }
}
