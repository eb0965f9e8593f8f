using System.Globalization;
using Pacsbin.Dicom;

namespace Pacsbin.Imaging;

/// <summary>What a data set says of one frame: in the frame's functional groups, in those of all frames (PS3.3 C.7.6.16), or at its root.</summary>
internal readonly struct FrameAttributes(DicomDataset root, int frame)
{
    private static readonly Tag SharedFunctionalGroups = new(0x52009229);
    private static readonly Tag PerFrameFunctionalGroups = new(0x52009230);

    /// <summary>Finds the data set that holds an attribute, the frame's own before any other; null if none does.</summary>
    /// <param name="macro">The sequence that holds the attribute within a functional group.</param>
    /// <param name="attribute">The attribute, with a value.</param>
    public DicomDataset? Find(Tag macro, Tag attribute) =>
        In(Item(root, PerFrameFunctionalGroups, frame), macro, attribute)
        ?? In(Item(root, SharedFunctionalGroups, 0), macro, attribute)
        ?? (Holds(root, attribute) ? root : null);

    /// <summary>An item of a sequence; null if there is none.</summary>
    public static DicomDataset? Item(DicomDataset? dataset, Tag sequence, int index) =>
        dataset is not null && dataset.TryGet(sequence, out var element) && element.Sequence is { } items && index < items.Items.Count ? items.Items[index] : null;

    /// <summary>The numbers of a text value such as DS; those that are none, or not finite, are left out with all after them.</summary>
    public static double[] Numbers(DicomDataset dataset, Tag tag)
    {
        if (!dataset.TryGet(tag, out var element))
        {
            return [];
        }

        var value = element.Value.Span;
        var numbers = new List<double>(2);
        foreach (var part in value.Split((byte)'\\'))
        {
            if (!double.TryParse(value[part].Trim(" \0"u8), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            {
                break;
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }

    private static DicomDataset? In(DicomDataset? group, Tag macro, Tag attribute) =>
        Item(group, macro, 0) is { } item && Holds(item, attribute) ? item : null;

    private static bool Holds(DicomDataset dataset, Tag attribute) => dataset.TryGet(attribute, out var element) && !element.IsEmpty;
}
