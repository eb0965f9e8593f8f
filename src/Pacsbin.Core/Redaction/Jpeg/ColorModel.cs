using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>What the components of a frame are, and which DC coefficients make a block of the erased colour.</summary>
internal sealed class ColorModel
{
    private const int MaxSegments = 64;

    // Beyond it an inverse DCT may overflow where it must saturate: no 8 bit image is quantized so coarsely.
    private const int MaxDcStep = 4080;
    private readonly byte[] segments = new byte[MaxSegments];
    private JpegApplicationData applications = new();
    private int length;
    private bool hasJfif;
    private int? adobeTransform;

    /// <summary>The segments that tell other decoders what the components are, reduced to that.</summary>
    public ReadOnlySpan<byte> Segments => segments.AsSpan(0, length);

    /// <summary>Takes note of JFIF and Adobe segments.</summary>
    public void Read(byte marker, ReadOnlySpan<byte> contents, int position)
    {
        if (marker is not (JpegMarker.Application0 or JpegMarker.Application14))
        {
            return;
        }

        var writer = new CodestreamWriter(segments.AsSpan(length));
        applications.Write(marker, contents, ref writer, position);
        if (writer.Length > 0)
        {
            hasJfif |= marker == JpegMarker.Application0;
            adobeTransform = marker == JpegMarker.Application14 ? writer.Written[^1] : adobeTransform;
            length += writer.Length;
        }
    }

    /// <summary>The quantized DC coefficient of an erased block of a component.</summary>
    /// <param name="frame">The frame's components.</param>
    /// <param name="component">Which of them.</param>
    /// <param name="dcStep">The quantization step of its DC coefficient.</param>
    /// <param name="erasure">What the data set says.</param>
    /// <param name="position">Where the scan begins, for messages.</param>
    public int FillDc(FrameHeader frame, int component, int dcStep, JpegErasure erasure, int position)
    {
        if (frame.Components.Length is not (1 or 3))
        {
            throw FrameError.Unsupported("Only JPEG frames of one or three components are erased", position);
        }

        if (dcStep == 0)
        {
            throw FrameError.Malformed("A JPEG quantization table has a step of zero", position);
        }

        if (component > 0 && !IsRgb(frame, erasure))
        {
            return 0; // a chrominance of 128, which is none
        }

        if (dcStep > MaxDcStep)
        {
            throw FrameError.Unsupported("A JPEG frame whose DC coefficients are quantized too coarsely is not erased", position);
        }

        // T.81 A.3.1, A.3.3: samples are shifted by 128, and DC is eight times their mean; rounded away from zero, so that it saturates.
        return erasure.Fill == JpegFill.Darkest
            ? -((1024 + dcStep - 1) / dcStep)
            : (1016 + dcStep - 1) / dcStep;
    }

    // T.872 6.5.3; T.871: JFIF means YCbCr; then what libjpeg made usual.
    private bool IsRgb(FrameHeader frame, JpegErasure erasure) => (adobeTransform, hasJfif) switch
    {
        ({ } transform, _) => transform == 0,
        (_, true) => false,
        _ => frame.Components.Select(c => c.Id).SequenceEqual("RGB"u8.ToArray()) || erasure.IsRgb,
    };
}
