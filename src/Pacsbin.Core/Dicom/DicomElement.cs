namespace Pacsbin.Dicom;

/// <summary>One attribute of a data set: tag, VR and a value that is bytes, a sequence, a range of the file, or fragments.</summary>
/// <remarks>
/// Bytes are little-endian whatever the file's transfer syntax; a <see cref="FileRange"/> and fragments stay as the file has them.
/// The bytes belong to the <see cref="DicomFile"/> that was read and are valid until it is disposed.
/// </remarks>
public readonly struct DicomElement
{
    private readonly object? content;

    public DicomElement(Tag tag, Vr vr, ReadOnlyMemory<byte> value)
    {
        Tag = tag;
        Vr = vr;
        Value = value;
    }

    public DicomElement(Tag tag, Vr vr, DicomSequence sequence)
    {
        Tag = tag;
        Vr = vr;
        content = sequence;
    }

    public DicomElement(Tag tag, Vr vr, FileRange range)
    {
        Tag = tag;
        Vr = vr;
        content = range;
    }

    public DicomElement(Tag tag, Vr vr, EncapsulatedPixelData fragments)
    {
        Tag = tag;
        Vr = vr;
        content = fragments;
    }

    public Tag Tag { get; }

    public Vr Vr { get; }

    /// <summary>The value's bytes, with padding; empty where one of the three below is not null.</summary>
    public ReadOnlyMemory<byte> Value { get; }

    /// <summary>The items of a sequence.</summary>
    public DicomSequence? Sequence => content as DicomSequence;

    /// <summary>Where in the file a large value is.</summary>
    public FileRange? Range => content as FileRange;

    /// <summary>The fragments of encapsulated pixel data (PS3.5 A.4).</summary>
    public EncapsulatedPixelData? Fragments => content as EncapsulatedPixelData;

    /// <summary>Whether the value has no bytes, items or fragments.</summary>
    public bool IsEmpty => content switch
    {
        null => Value.IsEmpty,
        DicomSequence sequence => sequence.Items.Count == 0,
        FileRange range => range.Length == 0,
        EncapsulatedPixelData fragments => fragments.Count == 0,
        _ => false,
    };

    /// <summary>Tag and VR; never the value.</summary>
    public override string ToString() => $"{Tag} {Vr}";
}

/// <summary>A value that stays in the file.</summary>
/// <param name="offset">Bytes from the start of its <see cref="DicomSource"/>.</param>
/// <param name="length">Bytes.</param>
public class FileRange(long offset, long length)
{
    public long Offset { get; } = offset;

    public long Length { get; } = length;

    /// <summary>Writes the value's bytes, <see cref="Length"/> of them.</summary>
    public virtual void Write(DicomSource source, DicomWriter writer) => writer.CopyRange(source, this);
}

/// <summary>The items of a sequence (PS3.5 section 7.5).</summary>
public sealed class DicomSequence
{
    public List<DicomDataset> Items { get; } = [];

    /// <summary>Whether the sequence is written with a delimiter instead of a length.</summary>
    public bool HasUndefinedLength { get; init; } = true;

    public override string ToString() => $"{Items.Count} items";
}
