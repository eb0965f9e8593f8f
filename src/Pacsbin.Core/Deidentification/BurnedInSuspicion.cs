using Pacsbin.Dicom;

namespace Pacsbin.Deidentification;

/// <summary>Tells from the header whether pixels may carry text: what kinds of instance usually do.</summary>
internal static class BurnedInSuspicion
{
    private const string Storage = "1.2.840.10008.5.1.4.1.1.";

    /// <summary>What a secondary capture device writes (PS3.3 C.8.6.1).</summary>
    private static readonly Tag[] SecondaryCapture =
        [new(0x00080064), new(0x00181010), new(0x00181012), new(0x00181014), new(0x00181016), new(0x00181018), new(0x00181019)];

    /// <summary>Why a person should look at the pixels; null if nothing suggests it.</summary>
    public static string? ReasonFor(DicomDataset dataset, string? sopClass)
    {
        if (dataset.GetBytes(Tags.BurnedInAnnotation).SequenceEqual("YES"u8))
        {
            return "Burned In Annotation is YES.";
        }

        var modality = dataset.GetBytes(Tags.Modality);
        if (modality.SequenceEqual("US"u8) || modality.SequenceEqual("ES"u8) || modality.SequenceEqual("XC"u8) || modality.SequenceEqual("OT"u8) || modality.SequenceEqual("IVUS"u8))
        {
            return "The modality often burns in text.";
        }

        if (sopClass is not null && sopClass.StartsWith(Storage, StringComparison.Ordinal))
        {
            var kind = sopClass.AsSpan(Storage.Length);
            if (kind.SequenceEqual("7") || kind.StartsWith("7."))
            {
                return "The image is a secondary capture.";
            }

            if (kind.StartsWith("88.") || kind.StartsWith("104."))
            {
                return "The instance is a structured report or an encapsulated document.";
            }
        }

        if (dataset.TryGet(Tags.ImageType, out var type) && (type.Value.Span.IndexOf("SAVE"u8) >= 0 || type.Value.Span.IndexOf("SCREEN"u8) >= 0))
        {
            return "Image Type says that the image is a screen save.";
        }

        return dataset.Contains(Tags.PixelData) && SecondaryCapture.Any(dataset.Contains) ? "The image has secondary capture attributes." : null;
    }
}
