using Pacsbin.Dicom;

namespace Pacsbin.Imaging;

/// <summary>The element that holds the pixels of an instance, in one of its three forms (PS3.3 C.7.6.3 and C.7.6.24).</summary>
internal static class PixelElement
{
    /// <summary>Finds the element; null if there is none, or an empty one.</summary>
    /// <exception cref="PacsbinException">MalformedElement if there are two: of those, one would go out unseen.</exception>
    public static DicomElement? Find(DicomDataset dataset)
    {
        DicomElement? found = null;
        foreach (var tag in (ReadOnlySpan<Tag>)[Tags.PixelData, Tags.FloatPixelData, Tags.DoubleFloatPixelData])
        {
            if (dataset.TryGet(tag, out var element) && !element.IsEmpty)
            {
                found = found is null ? element : throw new PacsbinException(PacsbinError.MalformedElement, "There is more than one pixel data element.", tag);
            }
        }

        return found;
    }
}
