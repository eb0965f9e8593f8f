using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Pacsbin.Dicom;

/// <summary>Reads elements, sequences and fragments (PS3.5 section 7 and Annex A) from a source.</summary>
internal sealed class DicomReader : IDisposable
{
    /// <summary>The deepest nesting of sequences that is read.</summary>
    public const int DepthLimit = 64;

    /// <summary>The most elements and items that a file may have.</summary>
    public const int ElementLimit = 1_000_000;

    /// <summary>Values longer than this stay in the source.</summary>
    public const int InMemoryLimit = 64 * 1024;

    private const uint UndefinedLength = 0xFFFFFFFF;
    private readonly DicomSource source;
    private readonly ReadBuffer buffer;
    private readonly List<Finding> findings;
    private bool explicitVr;
    private bool bigEndian;
    private int elementCount;
    private int depth;

    public DicomReader(DicomSource source, bool isWhole, List<Finding>? findings = null)
    {
        this.source = source;
        buffer = new ReadBuffer(source);
        buffer.Start(isWhole);
        this.findings = findings ?? [];
    }

    public List<Finding> Findings => findings;

    public long Offset => buffer.Offset;

    public void Dispose() => buffer.Dispose();

    /// <summary>Reads the preamble and group 0002, if they are there; null if no transfer syntax is declared.</summary>
    public TransferSyntax? ReadFileMeta(DicomDataset meta)
    {
        if (buffer.Ensure(132) && buffer.Peek(132)[128..].SequenceEqual("DICM"u8))
        {
            buffer.Skip(132);
        }
        else
        {
            findings.Add(new Finding(FindingKind.FileMetaMissing, Detail: "There is no preamble."));
        }

        (explicitVr, bigEndian) = (true, false);
        var isOrdered = true;
        while (buffer.Ensure(8) && BinaryPrimitives.ReadUInt16LittleEndian(buffer.Peek(2)) == 0x0002)
        {
            var element = ReadElement(meta, long.MaxValue);
            isOrdered &= meta.Count == 0 || meta[meta.Count - 1].Tag < element.Tag;
            meta.Append(element);
        }

        Order(meta, isOrdered);
        var uid = meta.GetBytes(Tags.TransferSyntaxUid);
        return uid.IsEmpty ? null : TransferSyntax.FromUid(System.Text.Encoding.ASCII.GetString(uid));
    }

    /// <summary>Compares the declared syntax with the first element's bytes.</summary>
    /// <returns>What the file is said to be, corrected, and how to read it.</returns>
    /// <exception cref="PacsbinException">NotDicom if there is no syntax in which the bytes begin a data set.</exception>
    public (TransferSyntax Declared, TransferSyntax Actual) DetectSyntax(TransferSyntax? declared)
    {
        var start = buffer.Ensure(16) ? buffer.Peek(16) : buffer.Ensure(8) ? buffer.Peek(8) : [];
        if (start.IsEmpty && declared is not null && buffer.Remaining == 0)
        {
            return (declared, declared);
        }

        var found = SyntaxDetection.Detect(start, declared, buffer.Remaining)
            ?? throw new PacsbinException(PacsbinError.NotDicom, "The bytes begin no data set in any transfer syntax.", offset: Offset);
        if (declared is null)
        {
            findings.Add(new Finding(FindingKind.TransferSyntaxGuessed, Tags.TransferSyntaxUid, "None was declared."));
            return (found, found);
        }

        if (found.IsExplicitVr == declared.IsExplicitVr && found.IsBigEndian == declared.IsBigEndian)
        {
            return (declared, declared);
        }

        findings.Add(new Finding(FindingKind.TransferSyntaxGuessed, Tags.TransferSyntaxUid, "The declared one contradicts the bytes."));
        return (declared.IsEncapsulated && !found.IsBigEndian ? declared : found, found);
    }

    /// <summary>Reads the root data set to the end of the source.</summary>
    public void ReadDataset(DicomDataset dataset, TransferSyntax syntax, Tag? stopAfter)
    {
        (explicitVr, bigEndian) = (syntax.IsExplicitVr, syntax.IsBigEndian);
        ReadElements(dataset, source.Length, stopAfter ?? new Tag(uint.MaxValue));
    }

    /// <summary>Reads the items of a sequence that a file has as the bytes of a UN; false, and no sequence, if they are not items.</summary>
    public static bool TryReadItems(ReadOnlyMemory<byte> value, DicomDataset parent, bool explicitVr, [NotNullWhen(true)] out DicomSequence? sequence)
    {
        var read = new DicomSequence { HasUndefinedLength = false };
        var reader = new DicomReader(new DicomSource(value), isWhole: true) { explicitVr = explicitVr };
        try
        {
            reader.ReadItems(read, parent, value.Length);
            sequence = read; // its values are slices of the reader's buffer, which therefore never goes back to the pool
            return true;
        }
        catch (PacsbinException)
        {
            reader.Dispose();
            sequence = null;
            return false;
        }
    }

    private void ReadElements(DicomDataset dataset, long end, Tag stopAfter)
    {
        var isOrdered = true;
        var isDelimited = false;
        while (buffer.Offset < end)
        {
            if (!buffer.Ensure(8) || end - buffer.Offset < 8)
            {
                EndWithinHeader(end);
                break;
            }

            var tag = ReadTag(buffer.Peek(4));
            if (tag.Group == 0xFFFE)
            {
                if (EndsItem(tag, dataset))
                {
                    isDelimited = true;
                    break;
                }

                continue;
            }

            if (tag > stopAfter)
            {
                break;
            }

            var element = ReadElement(dataset, end);
            if (tag.IsGroupLength || tag == Tags.DataSetTrailingPadding)
            {
                continue;
            }

            if (tag.Group == 0x0002)
            {
                Note(FindingKind.FileMetaInDataSet, tag);
                continue;
            }

            isOrdered &= dataset.Count == 0 || dataset[dataset.Count - 1].Tag < tag;
            dataset.Append(element);
        }

        if (!isDelimited && dataset is { Parent: not null, HasUndefinedLength: true })
        {
            Note(FindingKind.MissingDelimiter, null);
        }

        Order(dataset, isOrdered);
    }

    /// <summary>Handles fewer than eight bytes before the end: zeros are padding, anything else is a cut element.</summary>
    private void EndWithinHeader(long end)
    {
        var count = (int)Math.Min(end - buffer.Offset, buffer.Remaining);
        if (depth > 0 || !buffer.Ensure(count) || buffer.Peek(count).ContainsAnyExcept((byte)0))
        {
            throw new PacsbinException(end < source.Length ? PacsbinError.MalformedElement : PacsbinError.Truncated,
                $"An element header needs 8 bytes, {count} are left.", offset: buffer.Offset);
        }

        buffer.Skip(count);
        Note(FindingKind.TrailingBytes, null);
    }

    /// <summary>Whether a delimiter ends the item; a delimiter that a defined length makes superfluous is passed over.</summary>
    private bool EndsItem(Tag tag, DicomDataset dataset)
    {
        var isItem = dataset.Parent is not null;
        if (tag == Tags.ItemDelimitation && isItem)
        {
            buffer.Skip(8);
            if (!dataset.HasUndefinedLength)
            {
                Note(FindingKind.MissingDelimiter, null);
            }

            return dataset.HasUndefinedLength;
        }

        if (tag == Tags.SequenceDelimitation && isItem && dataset.HasUndefinedLength)
        {
            Note(FindingKind.MissingDelimiter, null);
            return true; // the sequence takes its own delimiter
        }

        throw new PacsbinException(PacsbinError.MalformedElement, "A delimiter stands where an element should.", tag, buffer.Offset);
    }

    private DicomElement ReadElement(DicomDataset dataset, long end)
    {
        if (++elementCount > ElementLimit)
        {
            throw new PacsbinException(PacsbinError.LimitExceeded, $"The file has more than {ElementLimit} elements.", offset: buffer.Offset);
        }

        var start = buffer.Offset;
        var (tag, vr, length) = ReadHeader(dataset, end);
        if (length == UndefinedLength)
        {
            var element = ReadUndefinedLength(dataset, tag, vr, start);
            return buffer.Offset <= end ? element
                : throw new PacsbinException(PacsbinError.MalformedElement, "The value ends beyond the item that holds it.", tag, start);
        }

        if (length > buffer.Remaining)
        {
            throw new PacsbinException(PacsbinError.Truncated, $"The value has {length} bytes, the file {buffer.Remaining} more.", tag, start);
        }

        if (length > end - buffer.Offset)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, $"The value has {length} bytes, the item {end - buffer.Offset} more.", tag, start);
        }

        if (vr == Vr.SQ)
        {
            var sequence = new DicomSequence { HasUndefinedLength = false };
            ReadItems(sequence, dataset, buffer.Offset + length);
            return new DicomElement(tag, vr, sequence);
        }

        if ((length & 1) != 0)
        {
            Note(FindingKind.OddLength, tag);
        }

        if (length > InMemoryLimit)
        {
            var range = new FileRange(buffer.Offset, length);
            buffer.Skip(length);
            return new DicomElement(tag, vr, range);
        }

        if (!buffer.Ensure((int)length))
        {
            throw new PacsbinException(PacsbinError.Truncated, "The file became shorter while it was read.", tag, start);
        }

        var value = buffer.Take((int)length);
        if (bigEndian)
        {
            Swap(value.Span, vr.UnitSize());
        }

        return new DicomElement(tag, vr, value);
    }

    private (Tag Tag, Vr Vr, uint Length) ReadHeader(DicomDataset dataset, long end)
    {
        var header = buffer.Peek(8);
        var tag = ReadTag(header);
        if (!explicitVr)
        {
            buffer.Skip(8);
            return (tag, ImplicitVr(tag, dataset), ReadUInt32(header[4..]));
        }

        var vr = (Vr)BinaryPrimitives.ReadUInt16LittleEndian(header[4..]);
        if (!vr.IsDefined())
        {
            return ReadUnknownVrHeader(tag, dataset, end);
        }

        if (!vr.HasLongLength())
        {
            var length = ReadUInt16(header[6..]);
            buffer.Skip(8);
            return (tag, vr, length);
        }

        if (!buffer.Ensure(12))
        {
            throw new PacsbinException(PacsbinError.Truncated, "The file ends inside an element header.", tag, buffer.Offset);
        }

        var longLength = ReadUInt32(buffer.Peek(12)[8..]);
        buffer.Skip(12);
        return (tag, vr, longLength);
    }

    /// <summary>Finds which form of header a VR that PS3.5 does not define has, by where the next element is.</summary>
    private (Tag Tag, Vr Vr, uint Length) ReadUnknownVrHeader(Tag tag, DicomDataset dataset, long end)
    {
        var start = buffer.Offset;
        var header = buffer.Ensure(12) ? buffer.Peek(12) : buffer.Peek(8);
        var meant = (Vr)(BinaryPrimitives.ReadUInt16LittleEndian(header[4..]) & 0xDFDF);
        var vr = meant.IsDefined() && meant != Vr.SQ ? meant : ImplicitVr(tag, dataset);
        Span<(int Header, uint Length)> forms =
        [
            (8, ReadUInt16(header[6..])),
            (12, header.Length == 12 && ReadUInt16(header[6..]) == 0 ? ReadUInt32(header[8..]) : UndefinedLength),
            (8, ReadUInt32(header[4..])),
        ];
        foreach (var (size, length) in forms)
        {
            if (IsElementAt(start + size + length, tag, end))
            {
                buffer.Skip(size);
                Note(FindingKind.UnknownVr, tag);
                return (tag, vr == Vr.SQ ? Vr.UN : vr, length);
            }
        }

        throw new PacsbinException(PacsbinError.MalformedElement, "The VR is none of PS3.5 6.2, and no length leads to a next element.", tag, start);
    }

    private bool IsElementAt(long offset, Tag after, long end)
    {
        if (offset == Math.Min(end, source.Length))
        {
            return true;
        }

        Span<byte> next = stackalloc byte[6];
        if (offset > Math.Min(end, source.Length) - 8 || source.Read(offset, next) < 6)
        {
            return false;
        }

        var tag = ReadTag(next);
        return tag == Tags.ItemDelimitation
            || (tag > after && tag.Group - after.Group < 0x1000 && ((Vr)BinaryPrimitives.ReadUInt16LittleEndian(next[4..])).IsDefined());
    }

    private static Vr ImplicitVr(Tag tag, DicomDataset dataset)
    {
        if (tag.IsGroupLength)
        {
            return Vr.UL;
        }

        if (tag.IsPrivate)
        {
            return tag.IsPrivateCreator ? Vr.LO : Vr.UN;
        }

        var index = DicomDictionary.IndexOf(tag);
        return index < 0 ? Vr.UN : DicomDictionary.VrAt(index) switch
        {
            Vr.US when DicomDictionary.IsAmbiguousAt(index) => AmbiguousVr(dataset),
            Vr.OB when DicomDictionary.IsAmbiguousAt(index) => Vr.OW, // PS3.5 A.1: OW in implicit VR
            var vr => vr,
        };
    }

    /// <summary>US or SS, by the Pixel Representation of this or an enclosing data set (PS3.5 6.2).</summary>
    private static Vr AmbiguousVr(DicomDataset dataset)
    {
        for (var at = dataset; at is not null; at = at.Parent)
        {
            if (at.HasSignedPixels is { } isSigned)
            {
                return isSigned ? Vr.SS : Vr.US;
            }
        }

        return Vr.US;
    }

    private DicomElement ReadUndefinedLength(DicomDataset dataset, Tag tag, Vr vr, long start)
    {
        if (vr is Vr.OB or Vr.OW or Vr.OV or Vr.OL)
        {
            return new DicomElement(tag, vr, ReadFragments(tag));
        }

        if (vr is not (Vr.SQ or Vr.UN))
        {
            throw new PacsbinException(PacsbinError.MalformedElement, $"{vr} cannot have undefined length (PS3.5 7.1.2).", tag, start);
        }

        var outer = (explicitVr, bigEndian);
        if (vr == Vr.UN)
        {
            (explicitVr, bigEndian) = (false, false); // PS3.5 6.2.2
        }

        var sequence = new DicomSequence();
        ReadItems(sequence, dataset, long.MaxValue);
        (explicitVr, bigEndian) = outer;

        // In implicit VR the sequence is what shows that an unknown attribute is one.
        return new DicomElement(tag, explicitVr ? vr : Vr.SQ, sequence);
    }

    private void ReadItems(DicomSequence sequence, DicomDataset parent, long end)
    {
        if (++depth > DepthLimit)
        {
            throw new PacsbinException(PacsbinError.LimitExceeded, $"Sequences are nested deeper than {DepthLimit}.", offset: buffer.Offset);
        }

        while (buffer.Offset < end)
        {
            var start = buffer.Offset;
            if (!buffer.Ensure(8))
            {
                throw new PacsbinException(PacsbinError.Truncated, "The file ends inside a sequence.", offset: start);
            }

            var tag = ReadTag(buffer.Peek(4));
            var length = ReadUInt32(buffer.Peek(8)[4..]);
            buffer.Skip(8);
            if (tag == Tags.SequenceDelimitation)
            {
                if (end != long.MaxValue)
                {
                    Note(FindingKind.MissingDelimiter, null);
                    continue;
                }

                break;
            }

            if (tag != Tags.Item || ++elementCount > ElementLimit)
            {
                throw new PacsbinException(tag != Tags.Item ? PacsbinError.MalformedElement : PacsbinError.LimitExceeded,
                    tag != Tags.Item ? "Expected an item or the sequence's delimiter." : $"The file has more than {ElementLimit} elements.", tag, start);
            }

            var itemEnd = length == UndefinedLength ? end : buffer.Offset + length;
            if (itemEnd > end || (length != UndefinedLength && length > buffer.Remaining))
            {
                throw new PacsbinException(length > buffer.Remaining ? PacsbinError.Truncated : PacsbinError.MalformedElement,
                    $"The item has {length} bytes, more than its surroundings.", offset: start);
            }

            var item = new DicomDataset(parent) { HasUndefinedLength = length == UndefinedLength, SourceOffset = start };
            ReadElements(item, itemEnd == long.MaxValue ? source.Length : itemEnd, new Tag(uint.MaxValue));
            sequence.Items.Add(item);
        }

        if (buffer.Offset > end)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "The sequence ends inside an item's header.", offset: end);
        }

        depth--;
    }

    private EncapsulatedPixelData ReadFragments(Tag pixelData)
    {
        uint[]? table = null;
        List<FileRange> fragments = [];
        while (true)
        {
            var start = buffer.Offset;
            if (!buffer.Ensure(8))
            {
                throw new PacsbinException(PacsbinError.Truncated, "The file ends inside the fragments.", pixelData, start);
            }

            var tag = ReadTag(buffer.Peek(4));
            var length = ReadUInt32(buffer.Peek(8)[4..]);
            buffer.Skip(8);
            if (tag == Tags.SequenceDelimitation)
            {
                if (fragments.Exists(f => (f.Length & 1) != 0))
                {
                    Note(FindingKind.OddLength, pixelData);
                    MoveOffsets(table!, fragments);
                }

                return new EncapsulatedPixelData(table ?? [], [.. fragments]);
            }

            if (tag != Tags.Item || length == UndefinedLength || ++elementCount > ElementLimit)
            {
                throw new PacsbinException(PacsbinError.MalformedElement, "Expected a fragment or the delimiter (PS3.5 A.4).", pixelData, start);
            }

            if (length > buffer.Remaining)
            {
                throw new PacsbinException(PacsbinError.Truncated, $"The fragment has {length} bytes, the file {buffer.Remaining} more.", pixelData, start);
            }

            if (table is null)
            {
                table = ReadOffsetTable(length, pixelData);
                continue;
            }

            fragments.Add(new FileRange(buffer.Offset, length));
            buffer.Skip(length);
        }
    }

    private uint[] ReadOffsetTable(uint length, Tag pixelData)
    {
        if (length % 4 != 0 || length / 4 > ElementLimit)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "The Basic Offset Table's length is no multiple of 4, or too large.", pixelData, buffer.Offset);
        }

        var table = new uint[length / 4];
        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(table.AsSpan());
        source.ReadExactly(buffer.Offset, bytes);
        buffer.Skip(length);
        if (bigEndian)
        {
            Swap(bytes, sizeof(uint));
        }

        return table;
    }

    /// <summary>Makes the table true for what is written, where each fragment has even length.</summary>
    private static void MoveOffsets(uint[] table, List<FileRange> fragments)
    {
        Dictionary<long, long> moved = [];
        long padded = 0;
        foreach (var fragment in fragments)
        {
            moved.Add(fragment.Offset - fragments[0].Offset, padded);
            padded += 8 + fragment.Length + (fragment.Length & 1);
        }

        for (var i = 0; i < table.Length; i++)
        {
            table[i] = moved.TryGetValue(table[i], out var offset) ? (uint)offset : table[i];
        }
    }

    private void Order(DicomDataset dataset, bool isOrdered)
    {
        if (isOrdered)
        {
            return;
        }

        var dropped = dataset.Sort();
        if (dropped.Count == 0)
        {
            Note(FindingKind.ElementsOutOfOrder, null);
        }

        foreach (var tag in dropped)
        {
            Note(FindingKind.DuplicateElement, tag);
        }
    }

    private void Note(FindingKind kind, Tag? tag)
    {
        var finding = new Finding(kind, tag);
        if (findings.Count < 100 && !findings.Contains(finding))
        {
            findings.Add(finding);
        }
    }

    private static void Swap(Span<byte> value, int unit)
    {
        for (var i = 0; unit > 1 && i + unit <= value.Length; i += unit)
        {
            value.Slice(i, unit).Reverse();
        }
    }

    private Tag ReadTag(ReadOnlySpan<byte> bytes) => new(ReadUInt16(bytes), ReadUInt16(bytes[2..]));

    private ushort ReadUInt16(ReadOnlySpan<byte> bytes) =>
        bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private uint ReadUInt32(ReadOnlySpan<byte> bytes) =>
        bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
