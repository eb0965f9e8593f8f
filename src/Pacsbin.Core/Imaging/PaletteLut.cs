using System.Buffers.Binary;
using Pacsbin.Dicom;

namespace Pacsbin.Imaging;

/// <summary>A palette: the color of each value of a PALETTE COLOR image (PS3.3 C.7.6.3.1.5 and C.7.6.3.1.6).</summary>
internal sealed class PaletteLut
{
    private const int MaxEntries = 65536;

    private static readonly Tag[] Descriptors = [new(0x00281101), new(0x00281102), new(0x00281103)];
    private static readonly Tag[] Plain = [new(0x00281201), new(0x00281202), new(0x00281203)];
    private static readonly Tag[] Segmented = [new(0x00281221), new(0x00281222), new(0x00281223)];

    private readonly int first;
    private readonly byte[][] colors;

    private PaletteLut(int first, byte[][] colors)
    {
        this.first = first;
        this.colors = colors;
        DarkestIndex = FindDarkest();
    }

    /// <summary>The pixel value with the lowest luma (ITU-R BT.601); of several, the lowest value.</summary>
    public int DarkestIndex { get; }

    /// <summary>The number of entries.</summary>
    public int Count => colors[0].Length;

    /// <summary>Reads the palette of an image.</summary>
    /// <param name="file">The file.</param>
    /// <param name="dataset">Its data set, or an item of it.</param>
    /// <exception cref="PacsbinException">MalformedElement if an attribute is missing, or the three lookup tables are not of one length.</exception>
    public static PaletteLut Read(DicomFile file, DicomDataset dataset)
    {
        var colors = new byte[3][];
        var first = 0;
        for (var i = 0; i < 3; i++)
        {
            var descriptor = ReadDescriptor(dataset, Descriptors[i]);
            if (i > 0 && (descriptor.First != first || descriptor.Count != colors[0].Length))
            {
                throw new PacsbinException(PacsbinError.MalformedElement, "The descriptors of red, green and blue contradict each other.", Descriptors[i]);
            }

            first = descriptor.First;
            colors[i] = dataset.TryGet(Segmented[i], out var segmented) && !segmented.IsEmpty && !dataset.Contains(Plain[i])
                ? ToBytes(PaletteSegments.Expand(ValueOf(file, segmented), descriptor.Count, descriptor.Bits, segmented.Tag))
                : ReadPlain(file, dataset, Plain[i], descriptor);
        }

        return new PaletteLut(first, colors);
    }

    /// <summary>The color of a pixel value; values before the first and after the last entry have that entry's.</summary>
    public (byte Red, byte Green, byte Blue) Rgb(int value)
    {
        var index = (int)Math.Clamp((long)value - first, 0, Count - 1);
        return (colors[0][index], colors[1][index], colors[2][index]);
    }

    private static (int Count, int First, int Bits) ReadDescriptor(DicomDataset dataset, Tag tag)
    {
        if (!dataset.TryGet(tag, out var element) || element.Value.Length < 6)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "The palette has no descriptor of three numbers.", tag);
        }

        var value = element.Value.Span;
        int count = BinaryPrimitives.ReadUInt16LittleEndian(value);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(value[4..]);
        if (bits is not (8 or 16))
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "The palette's entries must have 8 or 16 bits.", tag);
        }

        // PS3.3 C.7.6.3.1.5: 0 is 65536 entries; the first value is signed as the pixels are, which its VR need not say.
        var isSigned = dataset.GetInt32(Tags.PixelRepresentation) == 1;
        int first = isSigned ? BinaryPrimitives.ReadInt16LittleEndian(value[2..]) : BinaryPrimitives.ReadUInt16LittleEndian(value[2..]);
        return (count == 0 ? MaxEntries : count, first, bits);
    }

    private static byte[] ReadPlain(DicomFile file, DicomDataset dataset, Tag tag, (int Count, int First, int Bits) descriptor)
    {
        if (!dataset.TryGet(tag, out var element))
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "The palette has no lookup table.", tag);
        }

        var value = ValueOf(file, element);
        if (value.Length >= 2 * descriptor.Count)
        {
            // Seen in the wild: entries of 8 bits in words.
            var words = new ushort[descriptor.Count];
            for (var i = 0; i < words.Length; i++)
            {
                words[i] = BinaryPrimitives.ReadUInt16LittleEndian(value[(2 * i)..]);
            }

            return ToBytes(words);
        }

        if (value.Length < descriptor.Count || descriptor.Bits == 16)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, $"The lookup table has {value.Length} bytes for {descriptor.Count} entries of {descriptor.Bits} bits.", tag);
        }

        return value[..descriptor.Count].ToArray();
    }

    private static ReadOnlySpan<byte> ValueOf(DicomFile file, in DicomElement element)
    {
        if (element.Range is not { } range)
        {
            return element.Value.Span;
        }

        // As many words as a table has entries at most; segments are fewer.
        var value = new byte[Math.Min(range.Length, 2 * MaxEntries)];
        file.Source.ReadExactly(range.Offset, value);
        if (file.TransferSyntax.IsBigEndian)
        {
            ReadBuffer.Swap(value, element.Vr.UnitSize());
        }

        return value;
    }

    // Seen in the wild: entries of 8 bits in the low bytes, the high bytes, or both, whatever the descriptor says.
    private static byte[] ToBytes(ushort[] words)
    {
        var isHigh = Array.Exists(words, w => w > byte.MaxValue);
        return Array.ConvertAll(words, w => (byte)(isHigh ? w >> 8 : w));
    }

    private int FindDarkest()
    {
        var darkest = 0;
        var lowest = int.MaxValue;
        for (var i = 0; i < Count; i++)
        {
            var luma = (299 * colors[0][i]) + (587 * colors[1][i]) + (114 * colors[2][i]);
            if (luma < lowest)
            {
                (lowest, darkest) = (luma, i);
            }
        }

        return first + darkest;
    }
}
