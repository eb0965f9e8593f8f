using Pacsbin.Review;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Studies;

namespace Pacsbin.Sidecar.Resources;

/// <summary>A study as a list shows it. Of a source study it has what identifies the patient, because the caller asked for that path.</summary>
public sealed record StudySummary(
    string StudyInstanceUid, string? PatientId, string? PatientName, DateOnly? StudyDate, string? StudyDescription, string? AccessionNumber,
    IReadOnlyList<string> Modality, int SeriesCount, int InstanceCount, long Length, string Path, StudyState State, IReadOnlyList<Finding> Findings)
{
    /// <summary>The study; never the patient.</summary>
    public override string ToString() => StudyInstanceUid;

    internal static StudySummary Of(DicomStudy study) => new(
        study.StudyInstanceUid, study.PatientId, study.PatientName, study.StudyDate, study.StudyDescription, study.AccessionNumber,
        study.Modality, study.Series.Count, study.InstanceCount, study.Length, study.Path, study.State, study.Findings);
}

/// <summary>What was found below a path.</summary>
/// <param name="Studies">In the order of the paths of their first files.</param>
/// <param name="SkippedFiles">Files that are not DICOM.</param>
/// <param name="Rejected">Files and folders that cannot be read.</param>
public sealed record StudyList(IReadOnlyList<StudySummary> Studies, int SkippedFiles, IReadOnlyList<FileProblem> Rejected);

/// <summary>A study of a workspace with all that is known of it.</summary>
/// <param name="Study">As in a list.</param>
/// <param name="Series">Its series.</param>
/// <param name="Manifest">The content of study.json: profile, findings and regions by file, approval, sends.</param>
/// <param name="FilesHash">Tells the files of this state of the study from those of another; an approval that names it is of these files.</param>
/// <param name="Open">The findings that keep it from being approved.</param>
/// <param name="Rejected">Files that cannot be read.</param>
public sealed record StudyDetail(StudySummary Study, IReadOnlyList<SeriesSummary> Series, Manifest Manifest, string FilesHash, IReadOnlyList<OpenFinding> Open, IReadOnlyList<FileProblem> Rejected)
{
    internal static StudyDetail Of(DicomStudy study, IReadOnlyList<FileProblem> rejected)
    {
        var manifest = Manifest.Read(study.Path) ?? throw new PacsbinException(PacsbinError.FileNotFound, "The study is gone.");
        return new StudyDetail(StudySummary.Of(study), [.. study.Series.Select(SeriesSummary.Of)], manifest, manifest.FilesHash, OpenFindings.Of(study.Path, manifest), rejected);
    }
}

/// <summary>A series of a study.</summary>
public sealed record SeriesSummary(string SeriesInstanceUid, string? Modality, int? SeriesNumber, IReadOnlyList<InstanceSummary> Instances)
{
    internal static SeriesSummary Of(DicomSeries series) =>
        new(series.SeriesInstanceUid, series.Modality, series.SeriesNumber, [.. series.Instances.Select(i => new InstanceSummary(i.SopInstanceUid, i.SopClassUid, i.Length))]);
}

/// <summary>An instance of a series.</summary>
public sealed record InstanceSummary(string SopInstanceUid, string? SopClassUid, long Length);

/// <summary>An instance of a series as a viewer needs it.</summary>
/// <param name="SopInstanceUid">The instance.</param>
/// <param name="InstanceNumber">Its number; null for none.</param>
/// <param name="Frames">Frames; 0 if it shows nothing.</param>
/// <param name="Rows">Rows of pixels.</param>
/// <param name="Columns">Pixels of a row.</param>
public sealed record SeriesImage(string SopInstanceUid, int? InstanceNumber, int Frames, int Rows, int Columns);

/// <summary>The instances of a series, in the order of their numbers.</summary>
public sealed record SeriesImages(string SeriesInstanceUid, IReadOnlyList<SeriesImage> Images);

/// <summary>The attributes of a de-identified copy, file meta group first.</summary>
public sealed record InstanceAttributes(string SopInstanceUid, IReadOnlyList<AttributeValue> Attributes);

/// <summary>The attributes of a de-identified copy beside those of its source, which identify the patient.</summary>
/// <param name="SopInstanceUid">The copy.</param>
/// <param name="Changes">File meta group first, sequences with their items.</param>
public sealed record InstanceChanges(string SopInstanceUid, IReadOnlyList<AttributeChange> Changes);
