using Pacsbin.Dicom;

namespace Pacsbin.Archives.Media;

/// <summary>The types of directory records for the SOP classes of patients' instances (PS3.3 Table F.4-1).</summary>
internal static class RecordTypes
{
    private const string Storage = "1.2.840.10008.5.1.4.1.1.";
    private const string Image = "IMAGE";

    /// <summary>The classes that are no images, by what follows <see cref="Storage"/>; a full stop at the end stands for all below.</summary>
    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        ["4.2"] = "SPECTROSCOPY",
        ["9.1."] = "WAVEFORM", ["9.2."] = "WAVEFORM", ["9.3."] = "WAVEFORM", ["9.4."] = "WAVEFORM", ["9.5."] = "WAVEFORM", ["9.6."] = "WAVEFORM", ["9.7."] = "WAVEFORM", ["9.8."] = "WAVEFORM",
        ["9.100."] = "PRESENTATION", ["11."] = "PRESENTATION", ["131"] = "PRESENTATION",
        ["66"] = "RAW DATA", ["66.1"] = "REGISTRATION", ["66.2"] = "FIDUCIAL", ["66.3"] = "REGISTRATION", ["66.5"] = "SURFACE", ["66.6"] = "TRACT",
        ["67"] = "VALUE MAP", ["68."] = "SURFACE SCAN", ["77.1.5.3"] = "STEREOMETRIC",
        ["78."] = "MEASUREMENT", ["78.6"] = "SR DOCUMENT", ["79.1"] = "SR DOCUMENT", ["80.1"] = "MEASUREMENT",
        ["88."] = "SR DOCUMENT", ["88.59"] = "KEY OBJECT DOC", ["90.1"] = "ASSESSMENT", ["91.1"] = "ANNOTATION", ["104."] = "ENCAP DOC",
        ["481.2"] = "RT DOSE", ["481.3"] = "RT STRUCTURE SET", ["481.5"] = "RT PLAN", ["481.8"] = "RT PLAN",
        ["481.4"] = "RT TREAT RECORD", ["481.6"] = "RT TREAT RECORD", ["481.7"] = "RT TREAT RECORD", ["481.9"] = "RT TREAT RECORD",
        ["481."] = "RADIOTHERAPY", ["481.1"] = Image, ["481.23"] = Image, ["481.24"] = Image,
    };

    /// <summary>The type of an instance's record; null if the standard has none, and the instance no pixels by which it could pass for an image.</summary>
    /// <remarks>A record of type PRIVATE would be legal for the rest, but readers pass over it, and the instance would be as good as lost.</remarks>
    public static string? Of(string sopClassUid, DicomDataset dataset)
    {
        if (sopClassUid.StartsWith(Storage, StringComparison.Ordinal))
        {
            var rest = sopClassUid[Storage.Length..];
            if (Types.TryGetValue(rest, out var type) || Types.TryGetValue(rest[..(rest.LastIndexOf('.') + 1)], out type))
            {
                return type;
            }
        }

        var hasPixels = dataset.Contains(Tags.PixelData) || dataset.Contains(Tags.FloatPixelData) || dataset.Contains(Tags.DoubleFloatPixelData);
        return hasPixels || WellKnownUids.NameOf(sopClassUid)?.Contains("Image Storage", StringComparison.Ordinal) == true ? Image : null;
    }
}
