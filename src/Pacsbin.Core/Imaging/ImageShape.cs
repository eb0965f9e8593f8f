using Pacsbin.Dicom;

namespace Pacsbin.Imaging;

/// <summary>The sizes of an image's pixel data (PS3.3 C.7.6.3), Frames x Rows x Columns x Samples.</summary>
internal readonly record struct ImageShape(int Frames, int Rows, int Columns, int Samples, int BitsAllocated, int BitsStored, int HighBit, bool IsSigned, bool IsSubsampled)
{
    /// <summary>What the samples mean.</summary>
    public PhotometricInterpretation Photometric { get; init; }

    /// <summary>Whether a frame holds all samples of one kind, then all of the next (Planar Configuration 1).</summary>
    public bool IsPlanar { get; init; }

    /// <summary>Whether cells are IEEE 754 numbers of 32 or 64 bits.</summary>
    public bool IsFloat { get; init; }

    /// <summary>The bytes of one frame without compression; one bit pixels are packed.</summary>
    public long FrameBytes => (FrameBits + 7) / 8;

    /// <summary>The bytes of all frames without compression; one bit pixels are packed across frames (PS3.5 8.1.1).</summary>
    public long TotalBytes => checked((long)((((Int128)FrameBits * Frames) + 7) / 8));

    /// <summary>The segments of an RLE frame (PS3.5 G.2).</summary>
    public int RleSegments => Samples * Math.Max(1, BitsAllocated / 8);

    /// <summary>The bytes that an RLE segment decodes to.</summary>
    public long RleSegmentBytes => BitsAllocated == 1 ? (((long)Rows * Columns) + 7) / 8 : (long)Rows * Columns;

    // PS3.3 C.7.6.3.1.2: YBR_FULL_422 has one pair of color samples for two pixels.
    private long FrameBits => (long)Rows * Columns * (IsSubsampled ? 2 : Samples) * BitsAllocated;

    /// <summary>Reads the image pixel attributes; false if the data set lacks them.</summary>
    /// <exception cref="PacsbinException">MalformedElement if they contradict each other.</exception>
    public static bool TryRead(DicomDataset dataset, Tag pixelData, out ImageShape shape)
    {
        shape = default;
        var bitsAllocated = pixelData == Tags.FloatPixelData ? 32 : pixelData == Tags.DoubleFloatPixelData ? 64 : dataset.GetInt32(Tags.BitsAllocated);
        if (dataset.GetInt32(Tags.Rows) is not { } rows || dataset.GetInt32(Tags.Columns) is not { } columns || bitsAllocated is not { } bits)
        {
            return false;
        }

        var photometric = PhotometricOf(dataset.GetBytes(Tags.PhotometricInterpretation));
        var stored = dataset.GetInt32(Tags.BitsStored) ?? bits;
        shape = new ImageShape(
            Math.Max(1, dataset.GetInt32(Tags.NumberOfFrames) ?? 1), rows, columns, Math.Max(1, dataset.GetInt32(Tags.SamplesPerPixel) ?? 1),
            bits, stored, dataset.GetInt32(Tags.HighBit) ?? (stored - 1), dataset.GetInt32(Tags.PixelRepresentation) == 1,
            photometric is PhotometricInterpretation.YbrFull422 or PhotometricInterpretation.YbrPartial422)
        {
            Photometric = photometric,
            IsFloat = pixelData != Tags.PixelData,
        };
        shape = shape with { IsPlanar = shape.Samples > 1 && dataset.GetInt32(Tags.PlanarConfiguration) == 1 };
        if (bits is < 1 or > 64 || rows is < 0 or > ushort.MaxValue || columns is < 0 or > ushort.MaxValue || shape.Samples > ushort.MaxValue
            || (Int128)shape.FrameBits * shape.Frames > long.MaxValue)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "Rows, Columns, frames, samples and bits describe no image.", Tags.BitsAllocated);
        }

        return true;
    }

    private static PhotometricInterpretation PhotometricOf(ReadOnlySpan<byte> term) => term switch
    {
        _ when term.SequenceEqual("MONOCHROME2"u8) => PhotometricInterpretation.Monochrome2,
        _ when term.SequenceEqual("MONOCHROME1"u8) => PhotometricInterpretation.Monochrome1,
        _ when term.SequenceEqual("PALETTE COLOR"u8) => PhotometricInterpretation.PaletteColor,
        _ when term.SequenceEqual("RGB"u8) => PhotometricInterpretation.Rgb,
        _ when term.SequenceEqual("YBR_FULL"u8) => PhotometricInterpretation.YbrFull,
        _ when term.SequenceEqual("YBR_FULL_422"u8) => PhotometricInterpretation.YbrFull422,
        _ when term.SequenceEqual("YBR_PARTIAL_422"u8) => PhotometricInterpretation.YbrPartial422,
        _ => PhotometricInterpretation.Other,
    };
}
