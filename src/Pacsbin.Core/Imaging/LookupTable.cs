using System.Buffers.Binary;
using Pacsbin.Dicom;

namespace Pacsbin.Imaging;

/// <summary>A Modality or VOI LUT (PS3.3 C.11.1.1 and C.11.2.1.1): entries for consecutive values, the ends standing for all beyond.</summary>
internal sealed class LookupTable
{
    private static readonly Tag LutDescriptor = new(0x00283002);
    private static readonly Tag LutData = new(0x00283006);
    private readonly ushort[] entries;
    private readonly int first;

    private LookupTable(ushort[] entries, int first, int maximum)
    {
        this.entries = entries;
        this.first = first;
        Maximum = maximum;
    }

    /// <summary>The largest number that an entry can have.</summary>
    public int Maximum { get; }

    /// <summary>The entry for a value.</summary>
    public ushort this[double value] => entries[(int)Math.Clamp(Math.Round(value) - first, 0, entries.Length - 1)];

    /// <summary>Reads an item's LUT; null if it has none, or one that contradicts its own descriptor.</summary>
    /// <param name="file">What the item was read from.</param>
    /// <param name="item">An item of Modality LUT Sequence or VOI LUT Sequence.</param>
    /// <param name="isSigned">Whether the values to be mapped can be negative, which decides what the first of them means.</param>
    public static LookupTable? Read(DicomFile file, DicomDataset item, bool isSigned)
    {
        if (!item.TryGet(LutDescriptor, out var descriptor) || descriptor.Value.Length < 6 || !item.TryGet(LutData, out var data))
        {
            return null;
        }

        var numbers = descriptor.Value.Span;
        int count = BinaryPrimitives.ReadUInt16LittleEndian(numbers);
        int first = descriptor.Vr == Vr.SS || isSigned ? BinaryPrimitives.ReadInt16LittleEndian(numbers[2..]) : BinaryPrimitives.ReadUInt16LittleEndian(numbers[2..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(numbers[4..]);
        if (count == 0)
        {
            count = 1 << 16; // PS3.3 C.11.1.1: 0 stands for 65536
        }

        var entries = Entries(file, data, count);
        return entries is null || bits is < 1 or > 16 ? null : new LookupTable(entries, first, Math.Max((1 << bits) - 1, entries.Max()));
    }

    private static ushort[]? Entries(DicomFile file, in DicomElement data, int count)
    {
        var available = data.Range?.Length ?? data.Value.Length;
        if (data.Sequence is not null || data.Fragments is not null || available < count)
        {
            return null;
        }

        // Seen in the wild: entries of 8 bits, two in a word.
        var isWide = available >= 2 * count;
        var bytes = new byte[isWide ? 2 * count : count];
        if (data.Range is { } range)
        {
            file.Source.ReadExactly(range.Offset, bytes);
            ReadBuffer.Swap(bytes, file.TransferSyntax.IsBigEndian && bytes.Length % 2 == 0 ? data.Vr.UnitSize() : 1);
        }
        else
        {
            data.Value.Span[..bytes.Length].CopyTo(bytes);
        }

        var entries = new ushort[count];
        for (var i = 0; i < count; i++)
        {
            entries[i] = isWide ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(2 * i)) : bytes[i];
        }

        return entries;
    }
}
