using Pacsbin.Dicom;

namespace Pacsbin.Imaging;

/// <summary>How a window spreads its values (VOI LUT Function, PS3.3 C.11.2.1.2).</summary>
internal enum VoiFunction
{
    Linear,
    LinearExact,
    Sigmoid,
}

/// <summary>A window: which values of an image are shown between black and white.</summary>
internal sealed record VoiWindow(double Center, double Width, VoiFunction Function)
{
    private static readonly Tag FrameVoiLut = new(0x00289132);
    private static readonly Tag WindowCenter = new(0x00281050);
    private static readonly Tag WindowWidth = new(0x00281051);
    private static readonly Tag VoiLutFunction = new(0x00281056);

    /// <summary>The window that shows all values of a range; a single value becomes medium gray.</summary>
    /// <remarks>A range that is wider than the largest number loses both ends, which become black and white.</remarks>
    public static VoiWindow Of(double minimum, double maximum) =>
        new((minimum / 2) + (maximum / 2), maximum > minimum ? Math.Min(maximum - minimum, double.MaxValue) : 1, VoiFunction.LinearExact);

    /// <summary>The first window of a frame; null if it has none, or none that shows anything.</summary>
    public static VoiWindow? Read(FrameAttributes frame, VoiFunction function)
    {
        if (frame.Find(FrameVoiLut, WindowCenter) is not { } voi
            || FrameAttributes.Numbers(voi, WindowCenter) is not [var center, ..] || FrameAttributes.Numbers(voi, WindowWidth) is not [var width, ..])
        {
            return null;
        }

        return IsUsable(center, width) ? new VoiWindow(center, width, function) : null;
    }

    /// <summary>What a frame says of how its windows are applied.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="isFloat">Whether pixels are fractions: LINEAR takes half a value off the center, which may be all of their range.</param>
    public static VoiFunction FunctionOf(FrameAttributes frame, bool isFloat)
    {
        var term = frame.Find(FrameVoiLut, VoiLutFunction) is { } voi ? voi.GetBytes(VoiLutFunction) : default;
        return term.SequenceEqual("SIGMOID"u8) ? VoiFunction.Sigmoid
            : isFloat || term.SequenceEqual("LINEAR_EXACT"u8) ? VoiFunction.LinearExact
            : VoiFunction.Linear;
    }

    /// <summary>Whether numbers describe a window.</summary>
    public static bool IsUsable(double center, double width) => double.IsFinite(center) && double.IsFinite(width) && width > 0;

    /// <summary>The brightness of a value, from 0 for black to 1 for white.</summary>
    public double BrightnessOf(double value)
    {
        if (Function == VoiFunction.Sigmoid)
        {
            return 1 / (1 + Math.Exp(-4 * (value - Center) / Width));
        }

        // PS3.3 C.11.2.1.2.1: a width of 1 is a threshold. LINEAR forbids smaller ones, but images of fractions have them.
        var (center, width) = Function == VoiFunction.Linear && Width >= 1 ? (Center - 0.5, Width - 1) : (Center, Width);
        return value <= center - (width / 2) ? 0 : value > center + (width / 2) ? 1 : ((value - center) / width) + 0.5;
    }
}
