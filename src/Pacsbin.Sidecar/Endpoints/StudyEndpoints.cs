using Microsoft.AspNetCore.Http.HttpResults;
using Pacsbin.Dicom;
using Pacsbin.Review;
using Pacsbin.Sidecar.Access;
using Pacsbin.Sidecar.Description;
using Pacsbin.Sidecar.Jobs.Work;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;
using Pacsbin.Studies;

namespace Pacsbin.Sidecar.Endpoints;

/// <summary>Studies: those below a path, and those of a workspace.</summary>
internal static class StudyEndpoints
{
    private const string Tag = "Studies";

    public static void Map(RouteGroupBuilder v1)
    {
        var studies = v1.MapGroup("/studies").WithTags(Tag);
        studies.MapGet("", ListAsync).Named("Get-DicomStudy", "Finds studies below a path, or those of a workspace.",
            "With path, the headers of all files below it are read, and the answer has what identifies the patients there. Without, the studies of the workspace are listed. Of approved studies all bytes are compared with what was approved.");
        studies.MapGet("/{studyInstanceUid}", Get).Named("Get-DicomStudy-Detail", "Shows a study of a workspace with its series and its manifest.");
        studies.MapDelete("/{studyInstanceUid}", Remove).Named("Remove-PacsbinStudy", "Deletes a study from a workspace.",
            "Deletes the files that its manifest lists, and refuses a folder that holds anything else. It is gone as a whole from the first moment on.");
        studies.MapGet("/{studyInstanceUid}/test", Test).Named("Test-PacsbinStudy", "Tests a study of a workspace again.",
            "Compares hashes, conformance to the profile and references; with source, full paths below roots, also the identifiers of these studies. Nothing is changed.");
        studies.MapGet("/{studyInstanceUid}/series/{seriesInstanceUid}", Images).Named("Get-DicomStudy-Series", "Lists the images of a series with their sizes, in the order of their numbers.");
        studies.MapGet("/{studyInstanceUid}/series/{seriesInstanceUid}/instances/{sopInstanceUid}/attributes", Attributes)
            .Named("Get-DicomStudy-Attributes", "Lists the attributes of a de-identified copy.");
        studies.MapGet("/{studyInstanceUid}/series/{seriesInstanceUid}/instances/{sopInstanceUid}/attributes/compare", Compare)
            .Named("Get-DicomStudy-Changes", "Lists the attributes of a de-identified copy beside those of its source.",
                "The source is the full path of a file, or of a folder with the source study, below a root. In a folder it is the only instance with the class, the numbers and the size of the copy.");
    }

    private static async Task<Ok<StudyList>> ListAsync(string? path, string? workspace, StudyFinder finder, AllowedFolders folders, WorkspaceListing listing, CancellationToken cancellationToken)
    {
        if (path is not null && workspace is not null)
        {
            throw RequestRefusedException.BadRequest("Name a path or a workspace, not both.");
        }

        if (path is null)
        {
            return TypedResults.Ok(await listing.ListAsync(folders.RequireWorkspace(workspace)).WaitAsync(cancellationToken));
        }

        var (found, rejected) = finder.Scan(path, cancellationToken);
        return TypedResults.Ok(new StudyList([.. found.Studies.Select(StudySummary.Of)], found.SkippedFiles, rejected));
    }

    private static Ok<StudyDetail> Get(string studyInstanceUid, string? workspace, StudyFinder finder, CancellationToken cancellationToken)
    {
        var (study, rejected) = finder.Find(studyInstanceUid, workspace, cancellationToken);
        return TypedResults.Ok(StudyDetail.Of(study, rejected));
    }

    private static NoContent Remove(string studyInstanceUid, string? workspace, StudyFinder finder, CancellationToken cancellationToken)
    {
        var folder = finder.FolderOf(studyInstanceUid, workspace);
        if (!StudyRemoval.Resume(folder) || Directory.Exists(folder))
        {
            StudyRemoval.Remove(finder.Find(studyInstanceUid, workspace, cancellationToken).Study, cancellationToken);
        }

        return TypedResults.NoContent();
    }

    private static Ok<StudyTestResult> Test(string studyInstanceUid, string? workspace, string[]? source, string[]? allowedWord, ReviewWork work, CancellationToken cancellationToken) =>
        TypedResults.Ok(work.Test(new StudyToTest(studyInstanceUid, source, workspace, allowedWord), null, cancellationToken));

    private static Ok<SeriesImages> Images(string studyInstanceUid, string seriesInstanceUid, string? workspace, StudyFinder finder, CancellationToken cancellationToken)
    {
        var (study, _) = finder.Find(studyInstanceUid, workspace, cancellationToken);
        var series = study.Series.FirstOrDefault(s => s.SeriesInstanceUid == seriesInstanceUid)
            ?? throw new PacsbinException(PacsbinError.FileNotFound, "The study has no such series.");
        return TypedResults.Ok(new SeriesImages(series.SeriesInstanceUid, [.. series.Instances.Select(i => ImageOf(i)).OrderBy(i => i.InstanceNumber ?? int.MaxValue).ThenBy(i => i.SopInstanceUid, StringComparer.Ordinal)]));
    }

    private static SeriesImage ImageOf(DicomInstance instance)
    {
        using var file = DicomFile.Open(instance.Path, Tags.Columns);
        var (rows, columns) = (file.Dataset.GetInt32(Tags.Rows) ?? 0, file.Dataset.GetInt32(Tags.Columns) ?? 0);
        return new SeriesImage(instance.SopInstanceUid, file.Dataset.GetInt32(Tags.InstanceNumber), rows > 0 && columns > 0 ? file.Dataset.GetInt32(Tags.NumberOfFrames) ?? 1 : 0, rows, columns);
    }

    private static Ok<InstanceAttributes> Attributes(string studyInstanceUid, string seriesInstanceUid, string sopInstanceUid, string? workspace, StudyFinder finder)
    {
        var path = finder.FileOf(studyInstanceUid, seriesInstanceUid, sopInstanceUid, workspace);
        return TypedResults.Ok(new InstanceAttributes(sopInstanceUid, AttributeList.Read(path)));
    }

    private static Ok<InstanceChanges> Compare(
        string studyInstanceUid, string seriesInstanceUid, string sopInstanceUid, string source, string? workspace, StudyFinder finder, CancellationToken cancellationToken)
    {
        var path = finder.FileOf(studyInstanceUid, seriesInstanceUid, sopInstanceUid, workspace);
        return TypedResults.Ok(new InstanceChanges(sopInstanceUid, AttributeComparison.Compare(path, finder.Scan(source, cancellationToken).Found.Studies, cancellationToken)));
    }
}
