using System.Runtime.InteropServices;

namespace Pacsbin.Dicom;

/// <summary>Reads the items of encapsulated pixel data (PS3.5 section A.4); their bytes stay in the source.</summary>
internal sealed class FragmentReader(DicomSource source, ReadBuffer buffer, FindingLog findings)
{
    /// <summary>Reads from behind the element's header up to the delimiter.</summary>
    public EncapsulatedPixelData Read(Tag pixelData)
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

            var tag = buffer.PeekTag();
            var length = buffer.PeekUInt32(4);
            buffer.Skip(8);
            if (tag == Tags.SequenceDelimitation)
            {
                if (fragments.Exists(f => (f.Length & 1) != 0))
                {
                    findings.Note(FindingKind.OddLength, pixelData);
                    MoveOffsets(table!, fragments);
                }

                return new EncapsulatedPixelData(table ?? [], [.. fragments]);
            }

            if (tag != Tags.Item || length == DicomReader.UndefinedLength || fragments.Count >= DicomReader.ElementLimit)
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
        if (length % 4 != 0 || length / 4 > DicomReader.ElementLimit)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "The Basic Offset Table's length is no multiple of 4, or too large.", pixelData, buffer.Offset);
        }

        var table = new uint[length / 4];
        var bytes = MemoryMarshal.AsBytes(table.AsSpan());
        source.ReadExactly(buffer.Offset, bytes);
        buffer.Skip(length);
        if (buffer.IsBigEndian)
        {
            ReadBuffer.Swap(bytes, sizeof(uint));
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
}
