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
        CleanPixelStatement.AddTo(target);
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
