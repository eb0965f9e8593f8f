using System.Text;
using Pacsbin.Dicom;
using Pacsbin.Imaging;

namespace Pacsbin.Redaction;

/// <summary>Compressed frames that are decoded and erased while they are written; memory is bounded by a frame.</summary>
internal sealed class DecodedPixels(FrameReader reader, NativeEraser eraser, Func<int, RegionMask?> maskOf) : FileRange(0, reader.Shape.TotalBytes)
{
    /// <summary>Puts decoded pixels into a data set, with the attributes that describe them (PS3.3 C.7.6.3).</summary>
    /// <param name="dataset">Receives them.</param>
    /// <param name="reader">Gives the frames.</param>
    /// <param name="source">The file that is read.</param>
    /// <param name="maskOf">What is erased of a frame, counted from 0; null for nothing.</param>
    public static void AddTo(DicomDataset dataset, FrameReader reader, DicomFile source, Func<int, RegionMask?> maskOf)
    {
        var shape = reader.Shape;
        SetUInt16(dataset, Tags.BitsAllocated, shape.BitsAllocated);
        SetUInt16(dataset, Tags.BitsStored, shape.BitsStored);
        SetUInt16(dataset, Tags.HighBit, shape.HighBit);
        if (shape.Samples > 1)
        {
            SetUInt16(dataset, Tags.PlanarConfiguration, shape.IsPlanar ? 1 : 0);
            dataset.Set(new DicomElement(Tags.PhotometricInterpretation, Vr.CS, Encoding.ASCII.GetBytes(TermOf(shape.Photometric))));
        }

        var pixels = new DecodedPixels(reader, new NativeEraser(shape, PixelFill.Of(shape, source)), maskOf);
        dataset.Set(new DicomElement(Tags.PixelData, shape.BitsAllocated > 8 ? Vr.OW : Vr.OB, pixels));
    }

    public override void Write(DicomSource source, DicomWriter writer)
    {
        var frame = new byte[reader.FrameLength];
        for (var i = 0; i < reader.Frames; i++)
        {
            reader.Read(i, frame);
            if (maskOf(i) is { } mask)
            {
                eraser.Erase(frame, mask);
            }

            writer.WriteBytes(frame);
        }
    }

    private static string TermOf(PhotometricInterpretation photometric) => photometric switch
    {
        PhotometricInterpretation.Rgb => "RGB",
        PhotometricInterpretation.YbrFull => "YBR_FULL",
        _ => throw new PacsbinException(PacsbinError.UnsupportedTransferSyntax, "Decoded pixels of this photometric interpretation cannot be described (PS3.3 C.7.6.3.1.2).", Tags.PhotometricInterpretation),
    };

    private static void SetUInt16(DicomDataset dataset, Tag tag, int value) =>
        dataset.Set(new DicomElement(tag, Vr.US, BitConverter.GetBytes((ushort)value)));
}
