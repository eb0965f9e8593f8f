using Pacsbin.Dicom;

namespace Pacsbin.Tests.Dicom;

/// <summary>Compares two data sets with all that is in them and names the first difference.</summary>
internal sealed class DatasetComparison(DicomSource expectedSource, DicomSource actualSource, bool compareVr = true)
{
    /// <summary>Null if the data sets are equal up to one byte of padding after odd values.</summary>
    public string? Difference(DicomDataset expected, DicomDataset actual)
    {
        if (expected.Count != actual.Count)
        {
            return $"{expected.Count} elements, {actual.Count} now";
        }

        for (var i = 0; i < expected.Count; i++)
        {
            if (Difference(expected[i], actual[i]) is { } difference)
            {
                return $"{expected[i].Tag} {expected[i].Vr}: {difference}";
            }
        }

        return null;
    }

    private string? Difference(in DicomElement expected, in DicomElement actual)
    {
        if (expected.Tag != actual.Tag)
        {
            return $"tag {actual.Tag} now";
        }

        if (compareVr && expected.Vr != actual.Vr && !IsTooLong(expected))
        {
            return $"VR {actual.Vr} now";
        }

        return (expected, actual) switch
        {
            ({ Sequence: { } e }, { Sequence: { } a }) => Difference(e, a),
            ({ Fragments: { } e }, { Fragments: { } a }) => Difference(e, a),
            ({ Range: { } e }, { Range: { } a }) => SameBytes(Bytes(expectedSource, e), Bytes(actualSource, a)) ? null : "other bytes in the range",
            ({ Sequence: null, Fragments: null, Range: null }, { Sequence: null, Fragments: null, Range: null }) =>
                SameBytes(expected.Value.Span, actual.Value.Span) ? null : "other bytes",
            _ => "another kind of content",
        };
    }

    /// <summary>PS3.5 6.2.2: what a 16-bit length cannot hold is written as UN.</summary>
    private static bool IsTooLong(in DicomElement element) =>
        element.Sequence is null && !element.Vr.HasLongLength() && (element.Range?.Length ?? element.Value.Length) > 0xFFFE;

    private string? Difference(DicomSequence expected, DicomSequence actual)
    {
        if (expected.HasUndefinedLength != actual.HasUndefinedLength || expected.Items.Count != actual.Items.Count)
        {
            return "other length form or number of items";
        }

        for (var i = 0; i < expected.Items.Count; i++)
        {
            if (expected.Items[i].HasUndefinedLength != actual.Items[i].HasUndefinedLength)
            {
                return $"item {i} has another length form";
            }

            if (Difference(expected.Items[i], actual.Items[i]) is { } difference)
            {
                return $"item {i}: {difference}";
            }
        }

        return null;
    }

    private string? Difference(EncapsulatedPixelData expected, EncapsulatedPixelData actual)
    {
        if (expected.Count != actual.Count)
        {
            return $"{expected.Count} fragments, {actual.Count} now";
        }

        if (!expected.OffsetTable.SequenceEqual(actual.OffsetTable))
        {
            return "another offset table";
        }

        for (var i = 0; i < expected.Count; i++)
        {
            if (!SameBytes(Bytes(expectedSource, expected[i]), Bytes(actualSource, actual[i])))
            {
                return $"other bytes in fragment {i}";
            }
        }

        return null;
    }

    private static byte[] Bytes(DicomSource source, FileRange range)
    {
        var bytes = new byte[range.Length];
        source.ReadExactly(range.Offset, bytes);
        return bytes;
    }

    private static bool SameBytes(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual) =>
        actual.Length == expected.Length + (expected.Length & 1)
        && actual[..expected.Length].SequenceEqual(expected)
        && (actual.Length == expected.Length || actual[^1] is 0 or (byte)' ');
}
