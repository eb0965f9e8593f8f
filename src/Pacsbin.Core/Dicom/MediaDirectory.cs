namespace Pacsbin.Dicom;

/// <summary>The byte offsets by which the records of a DICOMDIR point at each other (PS3.3 F.3.2.2).</summary>
internal static class MediaDirectory
{
    /// <summary>Media Storage Directory Storage.</summary>
    public const string SopClassUid = "1.2.840.10008.1.3.10";

    private static readonly Tag[] RootOffsets = [new(0x00041200), new(0x00041202)];
    private static readonly Tag[] RecordOffsets = [new(0x00041400), new(0x00041420), new(0x00041504)];

    /// <summary>Makes the offsets of a changed DICOMDIR point at the same records as before.</summary>
    /// <param name="source">As it was read; it tells where each record was.</param>
    /// <param name="result">With the same records, at other offsets. What points at no record becomes 0.</param>
    /// <param name="syntax">How the result will be written.</param>
    public static void Relink(DicomDataset source, DicomDataset result, TransferSyntax syntax)
    {
        if (!source.TryGet(Tags.DirectoryRecordSequence, out var before) || !result.TryGet(Tags.DirectoryRecordSequence, out var after)
            || before.Sequence is not { } oldRecords || after.Sequence is not { } newRecords)
        {
            return;
        }

        using var writer = new DicomWriter(Stream.Null);
        var offsets = new Dictionary<uint, uint>();
        var offset = DicomFile.HeaderLength(result, syntax) + writer.OffsetOfItems(result, Tags.DirectoryRecordSequence, syntax);
        for (var i = 0; i < oldRecords.Items.Count; i++)
        {
            offsets[(uint)oldRecords.Items[i].SourceOffset] = (uint)offset;
            offset += writer.LengthOfItem(newRecords.Items[i], syntax);
        }

        Relink(result, RootOffsets, offsets);
        foreach (var record in newRecords.Items)
        {
            Relink(record, RecordOffsets, offsets);
        }
    }

    private static void Relink(DicomDataset dataset, Tag[] tags, Dictionary<uint, uint> offsets)
    {
        foreach (var tag in tags)
        {
            if (dataset.TryGet(tag, out var element) && element.Value.Length == 4)
            {
                dataset.Set(new DicomElement(tag, Vr.UL, BitConverter.GetBytes(offsets.GetValueOrDefault(BitConverter.ToUInt32(element.Value.Span)))));
            }
        }
    }
}
