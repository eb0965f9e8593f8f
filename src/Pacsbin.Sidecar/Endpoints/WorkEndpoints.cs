using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Pacsbin.Sidecar.Access;
using Pacsbin.Sidecar.Description;
using Pacsbin.Sidecar.Jobs;
using Pacsbin.Sidecar.Jobs.Work;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;

namespace Pacsbin.Sidecar.Endpoints;

/// <summary>Operations that are answered by a job.</summary>
internal static class WorkEndpoints
{
    public const string Idempotency = "Idempotency-Key";

    public static void Map(RouteGroupBuilder v1)
    {
        var studies = v1.MapGroup("/studies");
        studies.MapPost("/deidentify", DeidentifyAsync).WithTags("Studies").Named("Invoke-PacsbinAnonymize", "De-identifies studies into a workspace, as a job.",
            "Names, paths, scripts and options are looked at at once; what is wrong with a file is in the job. With a project the pseudonyms can be resolved; without one, and without a key, nobody can undo what comes out.")
            .WithExample("""{ "paths": ["/data/from-pacs"], "project": "trial" }""");
        studies.MapPost("/receive", ReceiveAsync).WithTags("Studies").Named("Receive-DicomStudy", "Fetches studies from an archive by WADO-RS, as a job.",
            "What is there already is not fetched again. To leave nothing identified behind, de-identify with archive instead.")
            .WithExample("""{ "archive": "pacs", "studyInstanceUids": ["1.2.826.0.1.3680043.99.1"] }""");
        studies.MapPost("/send", SendAsync).WithTags("Studies").Named("Send-PacsbinStudy", "Sends approved studies to an archive, a folder or a .zip file, as a job.",
            "Only what a person has approved leaves, byte by byte. What the archive confirms is never sent again.")
            .WithExample("""{ "studyInstanceUids": ["2.25.5793140255301435621226006167283366320"], "archive": "teaching" }""");
        studies.MapPost("/{studyInstanceUid}/send", SendOneAsync).WithTags("Studies").Named("Send-PacsbinStudy-One", "Sends one approved study, as a job.", "As the operation for several; the body names no studies.")
            .WithExample("""{ "archive": "teaching" }""");
        studies.MapPost("/scan", ScanAsync).WithTags("Studies").Named("Get-DicomStudy-Job", "Finds studies below a large path, as a job.").WithExample("""{ "path": "/data/from-pacs" }""");
        studies.MapPost("/burned-in-text", FindTextAsync).WithTags("Regions").Named("Find-BurnedInText-Job", "Proposes where text is burned in, in several studies, as a job.")
            .WithExample("""{ "minimumScore": 0.6 }""");
        studies.MapPost("/redact", BurnAsync).WithTags("Regions").Named("Add-RedactionRegion-Job", "Burns regions into a large study at once, as a job.", "As the operation that is waited for: all that is meant, or nothing.")
            .WithExample("""{ "studyInstanceUid": "2.25.5793140255301435621226006167283366320", "regions": [{ "x": 0, "y": 0, "width": 800, "height": 60, "clip": true }] }""");
        studies.MapPost("/test", TestAsync).WithTags("Studies").Named("Test-PacsbinStudy-Job", "Tests a large study of a workspace again, as a job.")
            .WithExample("""{ "studyInstanceUid": "2.25.5793140255301435621226006167283366320", "sources": ["/data/from-pacs"] }""");
    }

    private static Task<Accepted<Job>> DeidentifyAsync(StudiesToDeidentify body, [FromHeader(Name = Idempotency)] string? idempotencyKey, DeidentifyWork work, JobQueue queue)
    {
        work.Require(body);
        return JobEndpoints.AcceptAsync(queue, new JobRequest { Deidentify = body }, idempotencyKey);
    }

    private static Task<Accepted<Job>> ReceiveAsync(StudiesToReceive body, [FromHeader(Name = Idempotency)] string? idempotencyKey, ArchiveWork work, JobQueue queue)
    {
        work.Require(body);
        return JobEndpoints.AcceptAsync(queue, new JobRequest { Receive = body }, idempotencyKey);
    }

    private static Task<Accepted<Job>> SendAsync(StudiesToSend body, [FromHeader(Name = Idempotency)] string? idempotencyKey, ArchiveWork work, JobQueue queue)
    {
        work.Require(body);
        return JobEndpoints.AcceptAsync(queue, new JobRequest { Send = body }, idempotencyKey);
    }

    private static Task<Accepted<Job>> SendOneAsync(string studyInstanceUid, StudiesToSend body, [FromHeader(Name = Idempotency)] string? idempotencyKey, ArchiveWork work, StudyFinder finder, JobQueue queue)
    {
        if (body.StudyInstanceUids is not null)
        {
            throw RequestRefusedException.BadRequest("The path names the study.");
        }

        return Directory.Exists(finder.FolderOf(studyInstanceUid, body.Workspace))
            ? SendAsync(body with { StudyInstanceUids = [studyInstanceUid] }, idempotencyKey, work, queue)
            : throw new PacsbinException(PacsbinError.FileNotFound, "The workspace has no such study.");
    }

    private static Task<Accepted<Job>> BurnAsync(RegionsToBurn body, [FromHeader(Name = Idempotency)] string? idempotencyKey, StudyFinder finder, JobQueue queue)
    {
        ReviewWork.Require(body.Regions);
        finder.FolderOf(body.StudyInstanceUid, body.Workspace);
        return JobEndpoints.AcceptAsync(queue, new JobRequest { Redact = body }, idempotencyKey);
    }

    private static Task<Accepted<Job>> TestAsync(StudyToTest body, [FromHeader(Name = Idempotency)] string? idempotencyKey, StudyFinder finder, AllowedFolders folders, JobQueue queue)
    {
        RequestRefusedException.RequireNoNulls(body.Sources, body.AllowedWords);
        finder.FolderOf(body.StudyInstanceUid, body.Workspace);
        foreach (var source in body.Sources ?? [])
        {
            folders.RequireReadable(source);
        }

        return JobEndpoints.AcceptAsync(queue, new JobRequest { Test = body }, idempotencyKey);
    }

    private static Task<Accepted<Job>> ScanAsync(StudiesToFind body, [FromHeader(Name = Idempotency)] string? idempotencyKey, AllowedFolders folders, JobQueue queue)
    {
        folders.RequireReadable(body.Path);
        return JobEndpoints.AcceptAsync(queue, new JobRequest { Scan = body }, idempotencyKey);
    }

    private static Task<Accepted<Job>> FindTextAsync(TextToFind body, [FromHeader(Name = Idempotency)] string? idempotencyKey, AllowedFolders folders, StudyFinder finder, JobQueue queue)
    {
        RequestRefusedException.RequireNoNulls(body.StudyInstanceUids);
        if (body.MinimumScore is not (>= 0 and <= 1))
        {
            throw RequestRefusedException.BadRequest("A score is from 0 to 1.");
        }

        folders.RequireWorkspace(body.Workspace);
        foreach (var uid in body.StudyInstanceUids ?? [])
        {
            finder.FolderOf(uid, body.Workspace);
        }

        return JobEndpoints.AcceptAsync(queue, new JobRequest { FindText = body }, idempotencyKey);
    }
}
