using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Imaging.Jpeg;

/// <summary>Finds which color space the components of a frame are in.</summary>
internal sealed class JpegColors
{
    private bool hasJfif;
    private int? adobeTransform;

    /// <summary>Takes a segment that may tell.</summary>
    public void Add(byte marker, ReadOnlySpan<byte> contents)
    {
        if (marker == JpegMarker.Application0 && contents.StartsWith("JFIF\0"u8))
        {
            hasJfif = true;
        }
        else if (marker == JpegMarker.Application14 && contents.Length >= 12 && contents.StartsWith("Adobe"u8))
        {
            adobeTransform = contents[11];
        }
    }

    /// <summary>The photometric interpretation of the decoded samples.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="declared">What the data set says, which counts where the frame itself says nothing.</param>
    public PhotometricInterpretation Find(JpegFrame frame, PhotometricInterpretation declared)
    {
        if (frame.Components.Length != 3)
        {
            return declared;
        }

        // T.872 6.5.3
        if (adobeTransform is 0 or 1)
        {
            return adobeTransform == 0 ? PhotometricInterpretation.Rgb : PhotometricInterpretation.YbrFull;
        }

        // T.871 speaks of DCT frames only; encoders put its marker before lossless RGB.
        if (hasJfif && !frame.IsLossless)
        {
            return PhotometricInterpretation.YbrFull;
        }

        if (frame.Components is [{ Id: (byte)'R' }, { Id: (byte)'G' }, { Id: (byte)'B' }])
        {
            return PhotometricInterpretation.Rgb;
        }

        return declared == PhotometricInterpretation.YbrFull422 ? PhotometricInterpretation.YbrFull : declared;
    }
}
