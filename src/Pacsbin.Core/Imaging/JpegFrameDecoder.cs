using Pacsbin.Dicom;
using Pacsbin.Imaging.Jpeg;

namespace Pacsbin.Imaging;

/// <summary>Decodes the JPEG frames of an instance, which must all be in one color space.</summary>
internal sealed class JpegFrameDecoder
{
    private readonly JpegDecoder decoder = new();
    private readonly PhotometricInterpretation declared;

    /// <summary>Learns what decoding gives from the header of the first frame.</summary>
    /// <exception cref="PacsbinException">UnsupportedTransferSyntax for arithmetic coding and hierarchical frames, MalformedElement if
    /// the frame contradicts the data set.</exception>
    public JpegFrameDecoder(ReadOnlyMemory<byte> first, in ImageShape stored)
    {
        if (stored.BitsAllocated is not (8 or 16 or 32))
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "JPEG pixels need 8, 16 or 32 Bits Allocated.", Tags.BitsAllocated);
        }

        var (frame, colors) = JpegDecoder.ReadHeader(first.Span);
        JpegDecoder.Require(frame, stored, 0);
        declared = stored.Photometric;
        Shape = stored with { IsPlanar = false, IsSubsampled = false, Photometric = colors.Find(frame, declared) };
    }

    /// <summary>The most bytes that a byte of JPEG gives: a bit makes a block, which may repeat.</summary>
    public static int MaxRatio(in ImageShape stored) => 2048 * (stored.BitsAllocated / 8);

    /// <summary>What <see cref="Decode"/> gives.</summary>
    public ImageShape Shape { get; }

    /// <summary>Whether frames of a transfer syntax are JPEG (T.81), whichever of its processes they say.</summary>
    public static bool Decodes(TransferSyntax syntax) =>
        syntax.IsJpeg && syntax.Uid is not ("1.2.840.10008.1.2.4.80" or "1.2.840.10008.1.2.4.81");

    /// <summary>Decodes a frame; see <see cref="FrameDecode"/>.</summary>
    public void Decode(ReadOnlyMemory<byte> frame, Span<byte> destination)
    {
        var (header, colors) = JpegDecoder.ReadHeader(frame.Span);
        if (colors.Find(header, declared) != Shape.Photometric)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "The JPEG frames are in different color spaces.", Tags.PixelData);
        }

        decoder.Decode(frame.Span, Shape, destination);
    }
}
