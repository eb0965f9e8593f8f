namespace Pacsbin.PowerShell;

/// <summary>A region of a study, as it is shown: planned for a source study, or burned into a file of a workspace.</summary>
/// <param name="StudyInstanceUid">The study.</param>
/// <param name="SeriesInstanceUid">The only series that is meant; null for all.</param>
/// <param name="SopInstanceUid">The only image that is meant; null for all.</param>
/// <param name="Frame">The frames that are meant, such as 5 or 5-20; null for all.</param>
/// <param name="X">The first column.</param>
/// <param name="Y">The first row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Shape">Rectangle or ellipse.</param>
/// <param name="Outside">Whether the outside is erased.</param>
/// <param name="Clip">Whether the part beyond an image is left out.</param>
/// <param name="IsBurnedIn">Whether the pixels are gone.</param>
/// <param name="Device">The signature of a device library that the image matched; null for none.</param>
public sealed record StudyRegion(
    string StudyInstanceUid, string? SeriesInstanceUid, string? SopInstanceUid, string? Frame,
    int X, int Y, int Width, int Height, Redaction.RegionShape Shape, bool Outside, bool Clip, bool IsBurnedIn, string? Device)
{
    /// <summary>The rectangle alone.</summary>
    public override string ToString() => FormattableString.Invariant($"{X},{Y},{Width},{Height}");

    internal static StudyRegion Of(string studyInstanceUid, Redaction.RedactionRegion region, string? sopInstanceUid, bool isBurnedIn, string? device) =>
        new(studyInstanceUid, region.SeriesInstanceUid, sopInstanceUid ?? region.SopInstanceUid, FramesOf(region),
            region.X, region.Y, region.Width, region.Height, region.Shape, region.Outside, region.Clip, isBurnedIn, device);

    private static string? FramesOf(Redaction.RedactionRegion region) => region.FirstFrame is not { } first ? null
        : region.LastFrame is { } last && last != first ? FormattableString.Invariant($"{first}-{last}") : FormattableString.Invariant($"{first}");
}
