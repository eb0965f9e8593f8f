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

    /// <summary>The length that says that a delimiter ends the value.</summary>
    public const uint UndefinedLength = 0xFFFFFFFF;

    private readonly DicomSource source;
    private readonly ReadBuffer buffer;
    private readonly FindingLog findings;
    private readonly HeaderReader headers;
    private readonly FragmentReader fragments;
    private int elementCount;
    private int depth;

    public DicomReader(DicomSource source, bool isWhole, FindingLog? findings = null)
    {
        this.source = source;
        buffer = new ReadBuffer(source);
        buffer.Start(isWhole);
        this.findings = findings ?? new FindingLog();
        headers = new HeaderReader(source, buffer, this.findings);
        fragments = new FragmentReader(source, buffer, this.findings);
    }

    public FindingLog Findings => findings;

    /// <summary>Whether pixels stay in the source however few they are.</summary>
    public bool LeavesPixels { get; init; }

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
            findings.Note(FindingKind.FileMetaMissing, detail: "There is no preamble.");
        }

        (headers.IsExplicitVr, buffer.IsBigEndian) = (true, false);
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
            findings.Note(FindingKind.TransferSyntaxGuessed, Tags.TransferSyntaxUid, "None was declared.");
            return (found, found);
        }

        if (found.IsExplicitVr == declared.IsExplicitVr && found.IsBigEndian == declared.IsBigEndian)
        {
            return (declared, declared);
        }

        findings.Note(FindingKind.TransferSyntaxGuessed, Tags.TransferSyntaxUid, "The declared one contradicts the bytes.");
        return (declared.IsEncapsulated && !found.IsBigEndian ? declared : found, found);
    }

    /// <summary>Reads the root data set to the end of the source.</summary>
    public void ReadDataset(DicomDataset dataset, TransferSyntax syntax, Tag? stopAfter)
    {
        (headers.IsExplicitVr, buffer.IsBigEndian) = (syntax.IsExplicitVr, syntax.IsBigEndian);
        ReadElements(dataset, source.Length, stopAfter ?? new Tag(uint.MaxValue));
    }

    /// <summary>Reads the items of a sequence that a file has as the bytes of a UN; false, and no sequence, if they are not items.</summary>
    public static bool TryReadItems(ReadOnlyMemory<byte> value, DicomDataset parent, bool isExplicitVr, [NotNullWhen(true)] out DicomSequence? sequence)
    {
        var read = new DicomSequence { HasUndefinedLength = false };
        var reader = new DicomReader(new DicomSource(value), isWhole: true);
        reader.headers.IsExplicitVr = isExplicitVr;
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

            var tag = buffer.PeekTag();
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
                findings.Note(FindingKind.FileMetaInDataSet, tag);
                continue;
            }

            isOrdered &= dataset.Count == 0 || dataset[dataset.Count - 1].Tag < tag;
            dataset.Append(element);
        }

        if (!isDelimited && dataset is { Parent: not null, HasUndefinedLength: true })
        {
            findings.Note(FindingKind.MissingDelimiter);
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
        findings.Note(FindingKind.TrailingBytes);
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
                findings.Note(FindingKind.MissingDelimiter);
            }

            return dataset.HasUndefinedLength;
        }

        if (tag == Tags.SequenceDelimitation && isItem && dataset.HasUndefinedLength)
        {
            findings.Note(FindingKind.MissingDelimiter);
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
        var (tag, vr, length) = headers.Read(dataset, end);
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
            findings.Note(FindingKind.OddLength, tag);
        }

        if (length > InMemoryLimit || (LeavesPixels && tag.Group == Tags.PixelData.Group))
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
        if (buffer.IsBigEndian)
        {
            ReadBuffer.Swap(value.Span, vr.UnitSize());
        }

        return new DicomElement(tag, vr, value);
    }

    private DicomElement ReadUndefinedLength(DicomDataset dataset, Tag tag, Vr vr, long start)
    {
        if (vr is Vr.OB or Vr.OW or Vr.OV or Vr.OL)
        {
            return new DicomElement(tag, vr, fragments.Read(tag));
        }

        if (vr is not (Vr.SQ or Vr.UN))
        {
            throw new PacsbinException(PacsbinError.MalformedElement, $"{vr} cannot have undefined length (PS3.5 7.1.2).", tag, start);
        }

        var outer = (headers.IsExplicitVr, buffer.IsBigEndian);
        if (vr == Vr.UN)
        {
            (headers.IsExplicitVr, buffer.IsBigEndian) = (false, false); // PS3.5 6.2.2
        }

        var sequence = new DicomSequence();
        ReadItems(sequence, dataset, long.MaxValue);
        (headers.IsExplicitVr, buffer.IsBigEndian) = outer;

        // In implicit VR the sequence is what shows that an unknown attribute is one.
        return new DicomElement(tag, headers.IsExplicitVr ? vr : Vr.SQ, sequence);
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

            var tag = buffer.PeekTag();
            var length = buffer.PeekUInt32(4);
            buffer.Skip(8);
            if (tag == Tags.SequenceDelimitation)
            {
                if (end != long.MaxValue)
                {
                    findings.Note(FindingKind.MissingDelimiter);
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

    private void Order(DicomDataset dataset, bool isOrdered)
    {
        if (isOrdered)
        {
            return;
        }

        var dropped = dataset.Sort();
        if (dropped.Count == 0)
        {
            findings.Note(FindingKind.ElementsOutOfOrder);
        }

        foreach (var tag in dropped)
        {
            findings.Note(FindingKind.DuplicateElement, tag);
        }
    }
}
