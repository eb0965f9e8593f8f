using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Imaging.Jpeg;

/// <summary>Finds which color space the components of a frame are in, from segments before its first scan.</summary>
internal sealed class JpegColors
{
    private const int MaxSegments = 64;
    private readonly byte[] segments = new byte[MaxSegments];
    private JpegApplicationData applications;
    private int length;

    /// <summary>The segments that tell, reduced to that.</summary>
    public ReadOnlySpan<byte> Segments => segments.AsSpan(0, length);

    /// <summary>Takes a segment that may tell.</summary>
    public void Add(byte marker, ReadOnlySpan<byte> contents, int position)
    {
        if (marker is JpegMarker.Application0 or JpegMarker.Application14)
        {
            var writer = new CodestreamWriter(segments.AsSpan(length));
            applications.Write(marker, contents, ref writer, position);
            length += writer.Length;
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
        if (applications.AdobeTransform is { } transform)
        {
            return transform == 0 ? PhotometricInterpretation.Rgb : PhotometricInterpretation.YbrFull;
        }

        // T.871 speaks of DCT frames only; encoders put its marker before lossless RGB.
        if (applications.HasJfif && !frame.IsLossless)
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
