using Pacsbin.Dicom;

namespace Pacsbin.Studies;

/// <summary>Reads one attribute of many data sets: where the bytes are those of the one before, so is the string. It belongs to one thread.</summary>
internal sealed class RepeatedText(Tag tag)
{
    private byte[] bytes = [];
    private CharacterSet? characterSet;
    private Vr vr;
    private string? text;

    /// <summary>The same as <see cref="DicomDataset.GetString"/>.</summary>
    public string? Of(DicomDataset dataset)
    {
        if (!dataset.TryGet(tag, out var element) || element.Value.IsEmpty)
        {
            return null;
        }

        if (element.Vr != vr || !ReferenceEquals(dataset.CharacterSet, characterSet) || !element.Value.Span.SequenceEqual(bytes))
        {
            (bytes, characterSet, vr, text) = (element.Value.ToArray(), dataset.CharacterSet, element.Vr, dataset.GetString(tag));
        }

        return text;
    }
}
