using Pacsbin.Dicom;

namespace Pacsbin.Redaction;

/// <summary>What a data set says of pixels that are free of text: Burned In Annotation NO (PS3.3 C.7.6.1), and code 113101 of CID 7050 (PS3.16).</summary>
internal static class CleanPixelStatement
{
    private static ReadOnlySpan<byte> Code => "113101"u8;

    /// <summary>Whether Burned In Annotation is NO and nothing else.</summary>
    public static bool SaysNo(DicomDataset dataset) =>
        dataset.TryGet(Tags.BurnedInAnnotation, out var element) && element.Value.Span.Trim(" \0"u8).SequenceEqual("NO"u8);

    public static bool HasCode(DicomDataset dataset) =>
        dataset.TryGet(Tags.DeidentificationMethodCodeSequence, out var codes) && codes.Sequence is { } known && known.Items.Exists(IsCode);

    /// <summary>Adds what is not said yet.</summary>
    public static void AddTo(DicomDataset dataset)
    {
        if (!SaysNo(dataset))
        {
            dataset.Set(new DicomElement(Tags.BurnedInAnnotation, Vr.CS, "NO"u8.ToArray()));
        }

        if (!HasCode(dataset))
        {
            SetCodes(dataset, [.. CodesOf(dataset), CodedEntry.Dicom("113101", "Clean Pixel Data Option")]);
        }
    }

    /// <summary>Takes the code back, and the sequence if nothing is left in it.</summary>
    public static void RemoveCode(DicomDataset dataset) => SetCodes(dataset, [.. CodesOf(dataset).Where(i => !IsCode(i))]);

    private static List<DicomDataset> CodesOf(DicomDataset dataset) =>
        dataset.TryGet(Tags.DeidentificationMethodCodeSequence, out var codes) && codes.Sequence is { } known ? known.Items : [];

    private static void SetCodes(DicomDataset dataset, DicomDataset[] items)
    {
        if (items.Length == 0)
        {
            dataset.Remove(Tags.DeidentificationMethodCodeSequence);
            return;
        }

        var codes = new DicomSequence(); // the one that is there may be shared by the instances of a run
        codes.Items.AddRange(items);
        dataset.Set(new DicomElement(Tags.DeidentificationMethodCodeSequence, Vr.SQ, codes));
    }

    private static bool IsCode(DicomDataset item) => item.GetBytes(Tags.CodeValue).SequenceEqual(Code);
}
