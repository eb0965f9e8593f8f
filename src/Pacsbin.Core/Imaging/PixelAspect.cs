using Pacsbin.Dicom;

namespace Pacsbin.Imaging;

/// <summary>Says how many times as high as wide the pixels of a frame are.</summary>
internal static class PixelAspect
{
    private const double Extreme = 100;
    private static readonly Tag PixelMeasures = new(0x00289110);
    private static readonly Tag PixelAspectRatio = new(0x00280034);

    /// <summary>Pixel Spacing, Imager Pixel Spacing and Nominal Scanned Pixel Spacing: between rows, then between columns (PS3.3 10.7.1.3).</summary>
    private static readonly Tag[] Spacings = [new(0x00280030), new(0x00181164), new(0x00182010)];

    /// <summary>The ratio; 1 if the frame says nothing, or nothing that can be true.</summary>
    public static double Of(FrameAttributes frame)
    {
        // PS3.3 C.7.6.3.1.7: a vertical and a horizontal size, whose ratio is meant.
        Tag[] tags = [.. Spacings, PixelAspectRatio];
        foreach (var tag in tags)
        {
            if (frame.Find(PixelMeasures, tag) is { } holder && FrameAttributes.Numbers(holder, tag) is [> 0 and var vertical, > 0 and var horizontal, ..])
            {
                var ratio = vertical / horizontal;
                return ratio is > 1 / Extreme and < Extreme && Math.Abs(ratio - 1) > 0.001 ? ratio : 1;
            }
        }

        return 1;
    }
}
