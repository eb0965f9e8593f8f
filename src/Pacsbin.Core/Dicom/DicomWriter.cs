using System.Buffers;
using System.Buffers.Binary;

namespace Pacsbin.Dicom;

/// <summary>Writes data sets through one pooled buffer; the stream belongs to the caller.</summary>
/// <param name="output">Receives the bytes in pieces of the buffer's size.</param>
/// <param name="capacity">Buffer size in bytes.</param>
public sealed class DicomWriter(Stream output, int capacity = 64 * 1024) : IDisposable
{
    private const uint UndefinedLength = 0xFFFFFFFF;
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(capacity);
    private int used;
    private bool explicitVr = true;
    private bool bigEndian;

    /// <summary>Writes the elements of a data set in a transfer syntax's VR and byte order.</summary>
    /// <param name="dataset">Its elements' ranges and fragments must be in <paramref name="source"/>.</param>
    /// <param name="source">Where ranges are copied from.</param>
    /// <param name="syntax">Decides explicit or implicit VR and byte order; deflating is the stream's affair.</param>
    public void Write(DicomDataset dataset, DicomSource source, TransferSyntax syntax)
    {
        (explicitVr, bigEndian) = (syntax.IsExplicitVr, syntax.IsBigEndian);
        WriteElements(dataset, source);
    }

    /// <summary>Copies bytes of the source as they are.</summary>
    public void CopyRange(DicomSource source, FileRange range)
    {
        var offset = range.Offset;
        var left = range.Length;
        while (left > 0)
        {
            if (used == buffer.Length)
            {
                Flush();
            }

            var count = (int)Math.Min(left, buffer.Length - used);
            source.ReadExactly(offset, buffer.AsSpan(used, count));
            used += count;
            offset += count;
            left -= count;
        }
    }

    /// <summary>Writes bytes as they are.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > buffer.Length - used)
        {
            var room = buffer.Length - used;
            bytes[..room].CopyTo(buffer.AsSpan(used));
            used = buffer.Length;
            bytes = bytes[room..];
            Flush();
        }

        bytes.CopyTo(buffer.AsSpan(used));
        used += bytes.Length;
    }

    /// <summary>Hands the buffered bytes to the stream.</summary>
    public void Flush()
    {
        output.Write(buffer, 0, used);
        used = 0;
    }

    /// <summary>The bytes from the start of a data set to the first item of one of its sequences.</summary>
    internal long OffsetOfItems(DicomDataset dataset, Tag sequence, TransferSyntax syntax)
    {
        (explicitVr, bigEndian) = (syntax.IsExplicitVr, syntax.IsBigEndian);
        long offset = 0;
        var i = 0;
        for (; dataset[i].Tag < sequence; i++)
        {
            offset += ElementLength(dataset[i]);
        }

        return offset + HeaderLength(dataset[i].Vr, 0);
    }

    /// <summary>The bytes of an item with its header and delimiter.</summary>
    internal long LengthOfItem(DicomDataset item, TransferSyntax syntax)
    {
        (explicitVr, bigEndian) = (syntax.IsExplicitVr, syntax.IsBigEndian);
        return 8 + ElementsLength(item) + (item.HasUndefinedLength ? 8 : 0);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }

    private static long Even(long length) => length + (length & 1);

    private void WriteElements(DicomDataset dataset, DicomSource source)
    {
        for (var i = 0; i < dataset.Count; i++)
        {
            WriteElement(dataset[i], source);
        }
    }

    private void WriteElement(in DicomElement element, DicomSource source)
    {
        if (element.Sequence is { } sequence)
        {
            WriteSequence(element, sequence, source);
        }
        else if (element.Fragments is { } fragments)
        {
            WriteFragments(element, fragments, source);
        }
        else if (element.Range is { } range)
        {
            WriteHeader(element.Tag, element.Vr, Checked(Even(range.Length), element.Tag));
            range.Write(source, this);
            Pad(element.Vr, range.Length);
        }
        else
        {
            var value = element.Value.Span;
            WriteHeader(element.Tag, element.Vr, (uint)Even(value.Length));
            WriteValue(value, IsTooLong(element.Vr, Even(value.Length)) ? 1 : element.Vr.UnitSize()); // PS3.5 6.2.2: a UN is little-endian
            Pad(element.Vr, value.Length);
        }
    }

    private void WriteValue(ReadOnlySpan<byte> value, int unit)
    {
        if (!bigEndian || unit == 1)
        {
            WriteBytes(value);
            return;
        }

        Span<byte> swapped = stackalloc byte[8];
        for (; value.Length >= unit; value = value[unit..])
        {
            value[..unit].CopyTo(swapped);
            swapped[..unit].Reverse();
            WriteBytes(swapped[..unit]);
        }

        WriteBytes(value);
    }

    private void WriteSequence(in DicomElement element, DicomSequence sequence, DicomSource source)
    {
        // PS3.5 6.2.2 Note 5: the items of a UN of undefined length are Implicit VR Little Endian.
        var outer = (explicitVr, bigEndian);
        WriteHeader(element.Tag, element.Vr, sequence.HasUndefinedLength ? UndefinedLength : Checked(SequenceLength(element.Vr, sequence), element.Tag));
        if (element.Vr == Vr.UN)
        {
            (explicitVr, bigEndian) = (false, false);
        }

        foreach (var item in sequence.Items)
        {
            WriteTagAndLength(Tags.Item, item.HasUndefinedLength ? UndefinedLength : Checked(ElementsLength(item), element.Tag));
            WriteElements(item, source);
            if (item.HasUndefinedLength)
            {
                WriteTagAndLength(Tags.ItemDelimitation, 0);
            }
        }

        if (sequence.HasUndefinedLength)
        {
            WriteTagAndLength(Tags.SequenceDelimitation, 0);
        }

        (explicitVr, bigEndian) = outer;
    }

    private void WriteFragments(in DicomElement element, EncapsulatedPixelData fragments, DicomSource source)
    {
        WriteHeader(element.Tag, element.Vr, UndefinedLength);
        WriteTagAndLength(Tags.Item, (uint)fragments.OffsetTable.Length * 4);
        foreach (var offset in fragments.OffsetTable)
        {
            WriteUInt32(offset);
        }

        for (var i = 0; i < fragments.Count; i++)
        {
            var length = fragments.LengthOf(i);
            WriteTagAndLength(Tags.Item, Checked(Even(length), element.Tag));
            fragments.Write(i, source, this);
            Pad(Vr.OB, length);
        }

        WriteTagAndLength(Tags.SequenceDelimitation, 0);
    }

    private long ElementsLength(DicomDataset dataset)
    {
        long length = 0;
        for (var i = 0; i < dataset.Count; i++)
        {
            length += ElementLength(dataset[i]);
        }

        return length;
    }

    private long ElementLength(in DicomElement element)
    {
        if (element.Sequence is { } sequence)
        {
            var items = SequenceLength(element.Vr, sequence);
            return HeaderLength(element.Vr, items) + items + (sequence.HasUndefinedLength ? 8 : 0);
        }

        if (element.Fragments is { } fragments)
        {
            long total = HeaderLength(element.Vr, UndefinedLength) + 8 + (fragments.OffsetTable.Length * 4L) + 8;
            for (var i = 0; i < fragments.Count; i++)
            {
                total += 8 + Even(fragments.LengthOf(i));
            }

            return total;
        }

        var length = Even(element.Range?.Length ?? element.Value.Length);
        return HeaderLength(element.Vr, length) + length;
    }

    /// <summary>The bytes of the items, without the sequence's own header and delimiter.</summary>
    private long SequenceLength(Vr vr, DicomSequence sequence)
    {
        var outer = explicitVr;
        explicitVr &= vr != Vr.UN;
        long length = 0;
        foreach (var item in sequence.Items)
        {
            length += 8 + ElementsLength(item) + (item.HasUndefinedLength ? 8 : 0);
        }

        explicitVr = outer;
        return length;
    }

    private int HeaderLength(Vr vr, long valueLength) => explicitVr && (vr.HasLongLength() || IsTooLong(vr, valueLength)) ? 12 : 8;

    /// <summary>Whether a value does not fit its VR's 16-bit length.</summary>
    private static bool IsTooLong(Vr vr, long length) => !vr.HasLongLength() && length > 0xFFFE;

    private static uint Checked(long length, Tag tag) => length < UndefinedLength ? (uint)length
        : throw new PacsbinException(PacsbinError.LimitExceeded, "A value is longer than a DICOM file can hold.", tag);

    private void WriteHeader(Tag tag, Vr vr, uint length)
    {
        if (!explicitVr)
        {
            WriteTagAndLength(tag, length);
            return;
        }

        // PS3.5 6.2.2 Note 1: a value too long for its VR's 16-bit length is written as UN.
        if (IsTooLong(vr, length))
        {
            vr = Vr.UN;
        }

        WriteTag(tag);
        Span<byte> letters = [(byte)vr, (byte)((int)vr >> 8)];
        WriteBytes(letters);
        if (vr.HasLongLength())
        {
            WriteUInt16(0);
            WriteUInt32(length);
        }
        else
        {
            WriteUInt16((ushort)length);
        }
    }

    private void WriteTagAndLength(Tag tag, uint length)
    {
        WriteTag(tag);
        WriteUInt32(length);
    }

    private void WriteTag(Tag tag)
    {
        WriteUInt16(tag.Group);
        WriteUInt16(tag.Element);
    }

    private void Pad(Vr vr, long length)
    {
        if ((length & 1) != 0)
        {
            WriteBytes([vr.Padding()]);
        }
    }

    private void WriteUInt16(ushort value)
    {
        if (buffer.Length - used < 2)
        {
            Flush();
        }

        if (bigEndian)
        {
            BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(used), value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(buffer.AsSpan(used), value);
        }

        used += 2;
    }

    private void WriteUInt32(uint value)
    {
        if (buffer.Length - used < 4)
        {
            Flush();
        }

        if (bigEndian)
        {
            BinaryPrimitives.WriteUInt32BigEndian(buffer.AsSpan(used), value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(used), value);
        }

        used += 4;
    }
}
