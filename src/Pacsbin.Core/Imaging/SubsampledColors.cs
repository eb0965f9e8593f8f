using Pacsbin.Dicom;

namespace Pacsbin.Imaging;

/// <summary>Native YBR_FULL_422: Y1 Y2 Cb Cr for two pixels of a row (PS3.3 C.7.6.3.1.2).</summary>
internal static class SubsampledColors
{
    /// <summary>Refuses what cannot be subsampled as its Photometric Interpretation says.</summary>
    /// <exception cref="PacsbinException">MalformedElement.</exception>
    public static void Validate(in ImageShape stored, long length, Tag tag)
    {
        if (!stored.IsSubsampled)
        {
            return;
        }

        if (stored.Samples != 3 || stored.BitsAllocated != 8 || stored.IsPlanar || stored.Columns % 2 != 0)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "YBR_FULL_422 needs 3 samples of 8 bits, by pixel, and even Columns.", tag);
        }

        // Seen in the wild: three samples for every pixel, although the photometric interpretation says two.
        if (length >= stored.TotalBytes / 2 * 3)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "The pixel data is as long as if it was not subsampled, YBR_FULL_422 says that it is.", tag);
        }
    }

    /// <summary>The shape after <see cref="Expand"/>; unchanged if it is not subsampled.</summary>
    public static ImageShape Expanded(in ImageShape stored) => stored.IsSubsampled
        ? stored with { IsSubsampled = false, Photometric = stored.Photometric == PhotometricInterpretation.YbrPartial422 ? stored.Photometric : PhotometricInterpretation.YbrFull }
        : stored;

    /// <summary>Gives each pixel its own three samples, the colors repeated.</summary>
    /// <param name="pairs">Two bytes for a pixel.</param>
    /// <param name="pixels">Three bytes for a pixel.</param>
    public static void Expand(ReadOnlySpan<byte> pairs, Span<byte> pixels)
    {
        for (; pairs.Length >= 4; pairs = pairs[4..], pixels = pixels[6..])
        {
            pixels[0] = pairs[0];
            pixels[1] = pixels[4] = pairs[2];
            pixels[2] = pixels[5] = pairs[3];
            pixels[3] = pairs[1];
        }
    }
}
