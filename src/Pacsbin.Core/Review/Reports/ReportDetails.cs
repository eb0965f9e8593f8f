using Pacsbin.Dicom;
using Pacsbin.Redaction;
using Pacsbin.Studies;

namespace Pacsbin.Review.Reports;

/// <summary>A series of a study.</summary>
/// <param name="Number">Series Number; null if there is none.</param>
/// <param name="Modality">A hyphen if it is none.</param>
/// <param name="SeriesInstanceUid">Empty if it is none.</param>
/// <param name="Files">Files that were found.</param>
/// <param name="Length">Their bytes.</param>
internal sealed record ReportSeries(int? Number, string Modality, string SeriesInstanceUid, int Files, long Length)
{
    public static ReportSeries Of(DicomSeries series, DicomStudy study)
    {
        var own = series.Instances.Where(i => ReportStudy.IsOf(study, i)).ToList();
        return new(series.SeriesNumber, ContactSheet.ModalityOf(series), Workspace.IsUid(series.SeriesInstanceUid) ? series.SeriesInstanceUid : "", own.Count, own.Sum(i => i.Length));
    }
}

/// <summary>How many attributes of some files got which action; see <see cref="ActionCounts"/>.</summary>
/// <param name="Files">The files whose attributes were counted.</param>
/// <param name="Kept">K.</param>
/// <param name="Removed">X.</param>
/// <param name="Emptied">Z.</param>
/// <param name="Replaced">D.</param>
/// <param name="Uids">U.</param>
/// <param name="Dates">C of the Modified Dates option.</param>
internal sealed record ReportActions(int Files, long Kept, long Removed, long Emptied, long Replaced, long Uids, long Dates)
{
    /// <summary>The sum over files; null if none of them was counted.</summary>
    public static ReportActions? Of(IEnumerable<ManifestFile> files) =>
        files.Select(f => f.Actions).OfType<ActionCounts>().Aggregate(default(ReportActions), static (sum, a) => Add(sum, new(1, a.Kept, a.Removed, a.Emptied, a.Replaced, a.Uids, a.Dates)));

    public static ReportActions? Add(ReportActions? a, ReportActions? b) => a is null ? b : b is null ? a
        : new(a.Files + b.Files, a.Kept + b.Kept, a.Removed + b.Removed, a.Emptied + b.Emptied, a.Replaced + b.Replaced, a.Uids + b.Uids, a.Dates + b.Dates);
}

/// <summary>A finding.</summary>
/// <param name="Kind">What was found.</param>
/// <param name="Tag">The attribute concerned, if one is.</param>
/// <param name="Detail">Why.</param>
/// <param name="Files">How many files have it; 0 if it is of the study as a whole.</param>
internal sealed record ReportFinding(FindingKind Kind, Tag? Tag, string? Detail, int Files)
{
    public static IReadOnlyList<ReportFinding> Of(IReadOnlyList<ManifestFile> files, DicomStudy study)
    {
        var counts = new Dictionary<Finding, int>();
        foreach (var finding in files.SelectMany(f => (f.Findings ?? []).Distinct()))
        {
            counts[finding] = counts.GetValueOrDefault(finding) + 1;
        }

        foreach (var finding in study.Findings)
        {
            counts.TryAdd(finding, 0);
        }

        return [.. counts.Select(c => new ReportFinding(c.Key.Kind, c.Key.Tag, c.Key.Detail, c.Value)).OrderBy(f => f.Kind.ToString(), StringComparer.Ordinal).ThenBy(f => f.Tag).ThenBy(f => f.Detail, StringComparer.Ordinal)];
    }
}

/// <summary>A region that was erased.</summary>
/// <param name="Region">Without UIDs.</param>
/// <param name="Device">The signature of a device library that matched; null for none.</param>
/// <param name="Files">The files whose pixels it was erased of.</param>
internal sealed record ReportRegion(RedactionRegion Region, string? Device, int Files)
{
    public static IReadOnlyList<ReportRegion> Of(IReadOnlyList<ManifestFile> files) =>
        [.. files.SelectMany(f => (f.Regions ?? []).Select(r => (Region: r with { SeriesInstanceUid = null, SopInstanceUid = null }, f.Device)).Distinct())
            .GroupBy(r => r).Select(g => new ReportRegion(g.Key.Region, g.Key.Device, g.Count())).OrderByDescending(r => r.Files)];
}
