using Pacsbin.Dicom;

namespace Pacsbin.Redaction;

/// <summary>What a file says to which series and instance it belongs: the one place for all who compare it with what regions are meant for.</summary>
internal static class InstanceUids
{
    /// <summary>The Series Instance UID; empty if the file has none.</summary>
    public static string SeriesOf(DicomFile file) => file.Dataset.GetString(Tags.SeriesInstanceUid) ?? "";

    /// <summary>The SOP Instance UID, from the data set or the file meta group; empty if neither has one.</summary>
    public static string InstanceOf(DicomFile file) =>
        file.Dataset.GetString(Tags.SopInstanceUid) ?? file.FileMeta.GetString(Tags.MediaStorageSopInstanceUid) ?? "";

    /// <summary>Those of some regions that are meant for a file.</summary>
    public static RedactionRegion[] RegionsFor(DicomFile file, IEnumerable<RedactionRegion> regions)
    {
        var (series, instance) = (SeriesOf(file), InstanceOf(file));
        return [.. regions.Where(r => r.AppliesTo(series, instance))];
    }
}
