namespace Pacsbin.Dicom;

/// <summary>Fragments of encapsulated pixel data and their Basic Offset Table (PS3.5 section A.4).</summary>
/// <param name="offsetTable">Byte offset of each frame's first item from the first byte after the table; may be empty.</param>
/// <param name="fragments">Where each fragment's bytes are in the source.</param>
public class EncapsulatedPixelData(uint[] offsetTable, FileRange[] fragments)
{
    /// <summary>The Basic Offset Table; empty if the file has none.</summary>
    public uint[] OffsetTable { get; } = offsetTable;

    /// <summary>The number of fragments, without the offset table's item.</summary>
    public int Count => fragments.Length;

    /// <summary>Where a fragment's bytes are in the source.</summary>
    public FileRange this[int index] => fragments[index];

    /// <summary>The length in bytes that a fragment is written with, before padding to even length.</summary>
    public virtual long LengthOf(int index) => fragments[index].Length;

    /// <summary>Writes a fragment's bytes, without item header and padding.</summary>
    public virtual void Write(int index, DicomSource source, DicomWriter writer) => writer.CopyRange(source, fragments[index]);
}
