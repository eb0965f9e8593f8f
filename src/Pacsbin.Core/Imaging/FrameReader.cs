using Pacsbin.Dicom;

namespace Pacsbin.Imaging;

/// <summary>Decodes one frame into a buffer of its length.</summary>
internal delegate void FrameRead(int frame, Span<byte> destination);

/// <summary>Reads the decoded frames of an instance one by one; memory is bounded by a frame.</summary>
/// <remarks>It reads from the <see cref="DicomFile"/>, which must stay open. Calls must not overlap.</remarks>
public sealed class FrameReader
{
    private readonly FrameRead read;

    private FrameReader(ImageShape shape, FrameRead read)
    {
        Shape = shape;
        this.read = read;
    }

    /// <summary>The number of frames.</summary>
    public int Frames => Shape.Frames;

    /// <summary>The rows of pixels of a frame.</summary>
    public int Rows => Shape.Rows;

    /// <summary>The pixels of a row.</summary>
    public int Columns => Shape.Columns;

    /// <summary>What the samples that <see cref="Read"/> gives mean.</summary>
    public PhotometricInterpretation Photometric => Shape.Photometric;

    /// <summary>The bytes of a decoded frame.</summary>
    public int FrameLength => (int)Shape.FrameBytes;

    /// <summary>What <see cref="Read"/> gives, which may differ from what the data set says of the encoded pixels.</summary>
    internal ImageShape Shape { get; }

    /// <summary>Finds the pixel data of an instance; null if it has none, or an empty element.</summary>
    /// <exception cref="PacsbinException">UnsupportedTransferSyntax if no codec decodes it, MalformedElement if its attributes and bytes
    /// contradict each other, LimitExceeded if a frame is larger than 2 GB.</exception>
    public static FrameReader? Open(DicomFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (PixelElement.Find(file.Dataset) is not { } element)
        {
            return null;
        }

        if (!ImageShape.TryRead(file.Dataset, element.Tag, out var shape))
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "The pixel data has no Rows, Columns or Bits Allocated.", element.Tag);
        }

        Validate(shape, element.Tag);
        if (element.Fragments is { } fragments)
        {
            var encapsulated = new EncapsulatedFrames(file, fragments, shape);
            return new FrameReader(encapsulated.Shape, encapsulated.Read);
        }

        var native = new NativeFrames(file, element, shape);
        return new FrameReader(native.Shape, native.Read);
    }

    /// <summary>Decodes a frame: little-endian cells, row by row, whatever the file's byte order; one bit pixels become bytes of 0 and 1.</summary>
    /// <param name="frame">From 0.</param>
    /// <param name="destination">At least <see cref="FrameLength"/> bytes; after an exception its content is undefined.</param>
    /// <exception cref="PacsbinException">MalformedElement if the frame cannot be decoded to its last pixel, UnsupportedTransferSyntax, Truncated.</exception>
    public void Read(int frame, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)frame, (uint)Frames, nameof(frame));
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, FrameLength, nameof(destination));
        read(frame, destination[..FrameLength]);
    }

    private static void Validate(in ImageShape shape, Tag tag)
    {
        var isCellKnown = shape.BitsAllocated is 1 or 8 or 16 or 32 or 64;
        if (!isCellKnown || shape.Rows == 0 || shape.Columns == 0 || shape.BitsStored < 1 || shape.BitsStored > shape.BitsAllocated)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "Rows, Columns, Bits Allocated and Bits Stored describe no image (PS3.5 8.1.1).", tag);
        }

        if (shape.Photometric != PhotometricInterpretation.Other && shape.Samples != SamplesOf(shape.Photometric))
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "Samples per Pixel contradicts Photometric Interpretation (PS3.3 C.7.6.3.1.2).", tag);
        }

        // One bit pixels become bytes.
        if ((Int128)shape.Rows * shape.Columns * shape.Samples * Math.Max(8, shape.BitsAllocated) / 8 > Array.MaxLength)
        {
            throw new PacsbinException(PacsbinError.LimitExceeded, $"A frame is larger than {Array.MaxLength} bytes.", tag);
        }
    }

    private static int SamplesOf(PhotometricInterpretation photometric) =>
        photometric is PhotometricInterpretation.Monochrome1 or PhotometricInterpretation.Monochrome2 or PhotometricInterpretation.PaletteColor ? 1 : 3;
}
