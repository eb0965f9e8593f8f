using System.Text.Json.Serialization;
using Pacsbin.Studies;

namespace Pacsbin.Review.Reports;

/// <summary>What a report tells of a study of a workspace: what its manifest says, and of its files' headers no text but pseudonym and modality.</summary>
internal sealed record ReportStudy
{
    /// <summary>The new Study Instance UID; empty for an object without a study.</summary>
    public required string StudyInstanceUid { get; init; }

    /// <summary>The Patient IDs of the copies; none if files are not as they were written.</summary>
    public required IReadOnlyList<string> Pseudonyms { get; init; }

    public required StudyState State { get; init; }

    public required ManifestProfile Profile { get; init; }

    /// <summary>The product and version that wrote the files.</summary>
    public required string Tool { get; init; }

    /// <summary>When the study was finished.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The id of the project; null if the study was anonymized.</summary>
    public string? Project { get; init; }

    /// <summary>The series that were found; none if files are not as they were written.</summary>
    public required IReadOnlyList<ReportSeries> Series { get; init; }

    /// <summary>How many files the manifest lists.</summary>
    public required int FileCount { get; init; }

    /// <summary>The bytes of these files.</summary>
    public required long Length { get; init; }

    /// <summary>How many of these files were not found.</summary>
    public required int MissingFiles { get; init; }

    /// <summary>How many have another length than they were written with.</summary>
    public required int ChangedFiles { get; init; }

    /// <summary>The attributes of all files by what was done; null if no file was counted.</summary>
    public ReportActions? Actions { get; init; }

    public required IReadOnlyList<ReportFinding> Findings { get; init; }

    /// <summary>How many source files gave no output, by error.</summary>
    public required IReadOnlyDictionary<PacsbinError, int> Rejected { get; init; }

    /// <summary>What was erased of pixels.</summary>
    public required IReadOnlyList<ReportRegion> Regions { get; init; }

    /// <summary>The review; null if there was none.</summary>
    public ManifestApproval? Approval { get; init; }

    /// <summary>Whether the review holds for the files as they are.</summary>
    public required bool IsApproved { get; init; }

    /// <summary>In the order of their names.</summary>
    public required IReadOnlyList<ManifestFile> Files { get; init; }

    /// <summary>The modalities of the series, each once.</summary>
    [JsonIgnore]
    public IEnumerable<string> Modalities => Series.Select(s => s.Modality).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>Reads what there is to tell of a study.</summary>
    /// <exception cref="PacsbinException">FileNotFound if no manifest lists the study's files; MalformedElement if its manifest cannot be read; FileIo, FileAccessDenied.</exception>
    public static ReportStudy Read(DicomStudy study)
    {
        var manifest = Manifest.Read(study.Path);
        if (manifest is null || !study.IsInWorkspace)
        {
            throw new PacsbinException(PacsbinError.FileNotFound, "No manifest of a workspace lists the study's files, so they are not reported.");
        }

        var listed = manifest.Files.ToDictionary(f => f.Name, f => f.Length, StringComparer.Ordinal);
        var found = study.Series.SelectMany(s => s.Instances).Where(i => IsOf(study, i) && listed.ContainsKey(i.File.Name)).DistinctBy(i => i.File.Name).ToList();
        var changed = found.Count(i => i.Length != listed[i.File.Name]);
        var state = study.State < manifest.State ? study.State : manifest.State; // what was found a while ago may not be true any more
        var isTrusted = changed == 0 && study.Findings.All(f => f.Kind != FindingKind.ApprovalVoid);
        return new ReportStudy
        {
            StudyInstanceUid = manifest.StudyInstanceUid,
            Pseudonyms = isTrusted ? [.. study.Patients.Select(p => p.Key.Id)] : [],
            State = state,
            Profile = manifest.Profile,
            Tool = manifest.Tool,
            Created = manifest.Created,
            Project = manifest.Project,
            Series = isTrusted ? [.. study.Series.OrderBy(s => s.SeriesNumber ?? int.MaxValue).Select(s => ReportSeries.Of(s, study)).Where(s => s.Files > 0)] : [],
            FileCount = manifest.Files.Count,
            Length = manifest.Files.Aggregate(0L, (sum, f) => sum + f.Length),
            MissingFiles = manifest.Files.Count - found.Count,
            ChangedFiles = changed,
            Actions = ReportActions.Of(manifest.Files),
            Findings = ReportFinding.Of(manifest.Files, study),
            Rejected = new SortedDictionary<PacsbinError, int>(manifest.Rejected.ToDictionary()),
            Regions = ReportRegion.Of(manifest.Files),
            Approval = manifest.Approval,
            IsApproved = state is StudyState.Approved or StudyState.Sent && manifest.Approval is not null,
            Files = [.. manifest.Files.Select(WithoutUids).OrderBy(f => f.Name, StringComparer.Ordinal)],
        };
    }

    /// <summary>Whether an instance lies in the study's folder, not in another that holds a study with the same UID.</summary>
    public static bool IsOf(DicomStudy study, DicomInstance instance) => instance.File.Folder == study.Path && !instance.File.IsEntry;

    // The UIDs of a region can be those of the source.
    private static ManifestFile WithoutUids(ManifestFile file) =>
        file.Regions is null ? file : file with { Regions = [.. file.Regions.Select(r => r with { SeriesInstanceUid = null, SopInstanceUid = null })] };
}
