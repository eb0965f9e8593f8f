namespace Pacsbin.PowerShell;

/// <summary>A region of a study, as it is shown: planned for a source study, or burned into a file of a workspace.</summary>
/// <param name="StudyInstanceUid">The study.</param>
/// <param name="SeriesInstanceUid">The only series that is meant; null for all.</param>
/// <param name="SopInstanceUid">The only image that is meant; null for all.</param>
/// <param name="Frame">The frames that are meant, such as 5-20; null for all.</param>
/// <param name="X">The first column.</param>
/// <param name="Y">The first row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Shape">Rectangle or ellipse.</param>
/// <param name="Outside">Whether the outside is erased.</param>
/// <param name="IsBurnedIn">Whether the pixels are gone.</param>
/// <param name="Device">The signature of a device library that the image matched; null for none.</param>
public sealed record StudyRegion(
    string StudyInstanceUid, string? SeriesInstanceUid, string? SopInstanceUid, string? Frame,
    int X, int Y, int Width, int Height, Redaction.RegionShape Shape, bool Outside, bool IsBurnedIn, string? Device)
{
    internal static StudyRegion Of(string studyInstanceUid, Redaction.RedactionRegion region, string? sopInstanceUid, bool isBurnedIn, string? device) =>
        new(studyInstanceUid, region.SeriesInstanceUid, sopInstanceUid ?? region.SopInstanceUid,
            region.FirstFrame is { } first ? $"{first}-{region.LastFrame ?? first}" : null,
            region.X, region.Y, region.Width, region.Height, region.Shape, region.Outside, isBurnedIn, device);
}
