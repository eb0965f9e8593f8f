using Pacsbin.Dicom;

namespace Pacsbin.Imaging;

/// <summary>How stored values of a frame become brightness: Modality LUT, VOI LUT, Presentation LUT Shape (PS3.3 C.11.1, C.11.2, C.11.6).</summary>
internal sealed class GrayscaleDisplay
{
    private static readonly Tag PixelValueTransformation = new(0x00289145);
    private static readonly Tag RescaleIntercept = new(0x00281052);
    private static readonly Tag RescaleSlope = new(0x00281053);
    private static readonly Tag ModalityLutSequence = new(0x00283000);
    private static readonly Tag FrameVoiLut = new(0x00289132);
    private static readonly Tag VoiLutSequence = new(0x00283010);
    private static readonly Tag PresentationLutShape = new(0x20500020);

    private readonly bool isInverted;
    private readonly LookupTable? modality;
    private readonly double slope = 1;
    private readonly double intercept;
    private readonly VoiWindow? window;
    private readonly LookupTable? voi;

    private GrayscaleDisplay(DicomFile file, in ImageShape shape, FrameAttributes frame, RenderOptions options)
    {
        isInverted = shape.Photometric == PhotometricInterpretation.Monochrome1
            || file.Dataset.GetBytes(PresentationLutShape).SequenceEqual("INVERSE"u8);
        IsFullRange = options.FullRange;
        if (!IsFullRange && !shape.IsFloat && FrameAttributes.Item(file.Dataset, ModalityLutSequence, 0) is { } lut)
        {
            modality = LookupTable.Read(file, lut, shape.IsSigned);
        }

        if (modality is null && frame.Find(PixelValueTransformation, RescaleSlope) is { } rescale)
        {
            // A slope of 0 would show nothing of the image, neither what is burned in.
            slope = FrameAttributes.Numbers(rescale, RescaleSlope) is [var number and not 0, ..] ? number : 1;
            intercept = FrameAttributes.Numbers(rescale, RescaleIntercept) is [var offset, ..] ? offset : 0;
        }

        if (IsFullRange)
        {
            return;
        }

        var function = VoiWindow.FunctionOf(frame, shape.IsFloat);
        if (options is { WindowCenter: { } center, WindowWidth: { } width })
        {
            window = new VoiWindow(center, width, function);
            IsWindowAsked = true;
            return;
        }

        var isSigned = modality is null && (shape.IsSigned || intercept < 0 || slope < 0);
        voi = frame.Find(FrameVoiLut, VoiLutSequence) is { } holder && FrameAttributes.Item(holder, VoiLutSequence, 0) is { } item
            ? LookupTable.Read(file, item, isSigned) : null;
        window = voi is null ? VoiWindow.Read(frame, function) : null;
    }

    private GrayscaleDisplay(GrayscaleDisplay other, VoiWindow window)
    {
        (isInverted, modality, slope, intercept) = (other.isInverted, other.modality, other.slope, other.intercept);
        this.window = window;
    }

    /// <summary>Whether the window is a person's wish, to be followed even if it shows nothing.</summary>
    public bool IsWindowAsked { get; }

    /// <summary>Whether all values of the frame are of interest, even those that fill what is no image. Lookup tables could make different ones equal.</summary>
    public bool IsFullRange { get; }

    /// <summary>Whether neither the image nor a person says which values are of interest.</summary>
    public bool NeedsRange => window is null && voi is null;

    /// <summary>The window; null if a lookup table decides, or nothing does yet.</summary>
    public (double Center, double Width)? Window => window is null ? null : (window.Center, window.Width);

    /// <summary>Reads what applies to a frame.</summary>
    public static GrayscaleDisplay Read(DicomFile file, in ImageShape shape, int frame, RenderOptions options) =>
        new(file, shape, new FrameAttributes(file.Dataset, frame), options);

    /// <summary>The same with a window that shows all values of a range.</summary>
    public GrayscaleDisplay Within(double minimum, double maximum) => new(this, VoiWindow.Of(minimum, maximum));

    /// <summary>The Modality LUT's output for a stored value.</summary>
    public double ValueOf(double stored) => modality is not null ? modality[stored] : (stored * slope) + intercept;

    /// <summary>The gray of a value that <see cref="ValueOf"/> gave, from 0 for black to 255 for white.</summary>
    public byte GrayOf(double value)
    {
        var brightness = voi is not null ? voi[value] / (double)voi.Maximum : window!.BrightnessOf(value);
        var gray = double.IsNaN(brightness) ? 0 : (int)((brightness * 255) + 0.5);
        return (byte)(isInverted ? 255 - gray : gray);
    }
}
