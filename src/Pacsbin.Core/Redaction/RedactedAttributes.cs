using Pacsbin.Dicom;

namespace Pacsbin.Redaction;

/// <summary>Makes the attributes of a data set true of its erased pixels.</summary>
internal static class RedactedAttributes
{
    /// <summary>What describes pixel values that may be gone, or shows them once more.</summary>
    private static readonly Tag[] Outdated =
    [
        Tags.SmallestImagePixelValue, Tags.LargestImagePixelValue, Tags.SmallestPixelValueInSeries, Tags.LargestPixelValueInSeries,
        Tags.SmallestImagePixelValueInPlane, Tags.LargestImagePixelValueInPlane, Tags.HistogramSequence, Tags.IconImageSequence,
    ];

    /// <summary>Removes what is outdated at every depth, and states that the pixels were cleaned.</summary>
    public static void Update(DicomDataset target)
    {
        RemoveOutdated(target, isItem: false);
        target.Set(new DicomElement(Tags.BurnedInAnnotation, Vr.CS, "NO"u8.ToArray()));
        var codes = new DicomSequence();
        if (target.TryGet(Tags.DeidentificationMethodCodeSequence, out var present) && present.Sequence is { } known)
        {
            codes.Items.AddRange(known.Items); // the sequence itself is shared by the instances of a run
        }

        if (!codes.Items.Exists(i => i.GetBytes(Tags.CodeValue).SequenceEqual("113101"u8)))
        {
            codes.Items.Add(CodedEntry.Dicom("113101", "Clean Pixel Data Option"));
        }

        target.Set(new DicomElement(Tags.DeidentificationMethodCodeSequence, Vr.SQ, codes));
    }

    private static void RemoveOutdated(DicomDataset dataset, bool isItem)
    {
        foreach (var tag in Outdated)
        {
            dataset.Remove(tag);
        }

        for (var i = dataset.Count - 1; i >= 0; i--)
        {
            if (isItem && dataset[i].Tag.Group == Tags.PixelData.Group)
            {
                dataset.Remove(dataset[i].Tag); // pixels in an item show the same patient, smaller, in whatever sequence
                continue;
            }

            if (dataset[i].Sequence is { } sequence)
            {
                sequence.Items.ForEach(item => RemoveOutdated(item, isItem: true));
            }
        }
    }
}
