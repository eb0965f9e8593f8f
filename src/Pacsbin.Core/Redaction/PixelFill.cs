using System.Buffers;
using System.Buffers.Binary;
using Pacsbin.Dicom;
using Pacsbin.Imaging;

namespace Pacsbin.Redaction;

/// <summary>The darkest pixel that an image can show, sample by sample.</summary>
internal static class PixelFill
{
    /// <summary>Little-endian cells of one pixel: Samples x Bits Allocated / 8 bytes; for single bits one byte of 0 or FF.</summary>
    /// <param name="shape">The image.</param>
    /// <param name="source">Has the palette of a PALETTE COLOR image.</param>
    /// <param name="floats">The cells of all frames, read for the least value of floating point pixels; null for integers.</param>
    public static byte[] Of(ImageShape shape, DicomFile source, Func<IEnumerable<ReadOnlyMemory<byte>>>? floats = null)
    {
        var isInverse = shape.Photometric == PhotometricInterpretation.Monochrome1;
        if (shape.BitsAllocated == 1)
        {
            return [isInverse ? (byte)0xFF : (byte)0];
        }

        if (floats is not null)
        {
            return FloatCell(shape, floats(), isInverse);
        }

        var size = shape.BitsAllocated / 8;
        var pixel = new byte[shape.Samples * size];
        for (var sample = 0; sample < shape.Samples; sample++)
        {
            WriteCell(pixel.AsSpan(sample * size, size), shape, SampleOf(shape, sample, source));
        }

        return pixel;
    }

    private static Int128 SampleOf(ImageShape shape, int sample, DicomFile source)
    {
        var bits = StoredBits(shape);
        var middle = (Int128)1 << (bits - 1);
        var isSigned = shape.IsSigned && bits > 1;
        return shape.Photometric switch
        {
            PhotometricInterpretation.Monochrome1 => isSigned ? middle - 1 : (middle * 2) - 1,
            PhotometricInterpretation.Monochrome2 => isSigned ? -middle : 0,
            PhotometricInterpretation.PaletteColor => DarkestIndex(source),
            PhotometricInterpretation.YbrFull or PhotometricInterpretation.YbrFull422 => sample == 0 ? 0 : middle,
            PhotometricInterpretation.YbrPartial422 => sample == 0 ? middle / 8 : middle, // black is 16 of 256
            _ => 0,
        };
    }

    private static int DarkestIndex(DicomFile source)
    {
        try
        {
            return PaletteLut.Read(source, source.Dataset).DarkestIndex;
        }
        catch (PacsbinException e) when (e.Error == PacsbinError.MalformedElement)
        {
            return 0; // no palette, no color: any index is as dark
        }
    }

    private static int StoredBits(ImageShape shape) =>
        shape.BitsStored is var bits && bits >= 1 && bits <= shape.BitsAllocated ? bits : shape.BitsAllocated;

    /// <summary>Writes a sample into its cell; the bits above a negative one are set, as readers expect who do not mask.</summary>
    private static void WriteCell(Span<byte> cell, ImageShape shape, Int128 sample)
    {
        var bits = StoredBits(shape);
        var lowest = Math.Clamp(shape.HighBit - bits + 1, 0, shape.BitsAllocated - bits);
        var value = sample << lowest;
        for (var i = 0; i < cell.Length; i++)
        {
            cell[i] = (byte)(value >> Math.Min(8 * i, 127));
        }
    }

    private static byte[] FloatCell(ImageShape shape, IEnumerable<ReadOnlyMemory<byte>> frames, bool isInverse)
    {
        var size = shape.BitsAllocated / 8;
        double? darkest = null;
        foreach (var frame in frames)
        {
            var cells = frame.Span;
            for (; cells.Length >= size; cells = cells[size..])
            {
                var value = size == 4 ? BinaryPrimitives.ReadSingleLittleEndian(cells) : BinaryPrimitives.ReadDoubleLittleEndian(cells);
                if (double.IsFinite(value) && (darkest is null || (isInverse ? value > darkest : value < darkest)))
                {
                    darkest = value;
                }
            }
        }

        var cell = new byte[size];
        if (size == 4)
        {
            BinaryPrimitives.WriteSingleLittleEndian(cell, (float)(darkest ?? 0));
        }
        else
        {
            BinaryPrimitives.WriteDoubleLittleEndian(cell, darkest ?? 0);
        }

        return cell;
    }
}
