using Microsoft.AspNetCore.Http.HttpResults;
using Pacsbin.Archives;
using Pacsbin.Sidecar.Description;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;

namespace Pacsbin.Sidecar.Endpoints;

/// <summary>The archives that the sidecar's user has registered.</summary>
internal static class ArchiveEndpoints
{
    public static void Map(RouteGroupBuilder v1)
    {
        var archives = v1.MapGroup("/archives").WithTags("Archives");
        archives.MapGet("", List).Named("Get-PacsbinArchive", "Lists the registered archives, without their secrets.");
        archives.MapGet("/{name}", Get).Named("Get-PacsbinArchive-Detail", "Shows a registered archive, without its secret.");
        archives.MapPost("/{name}/test", TestAsync).Named("Test-PacsbinArchive", "Tries whether an archive can be reached, and which of its services answer.",
            "Asks for a study that nobody has and stores nothing.");
        archives.MapPost("/{name}/search", SearchAsync).Named("Get-DicomStudy-Archive", "Searches an archive by QIDO-RS.",
            "Members that are left out do not matter; * and ? are wildcards, but not in a UID. What is asked for is in the body, because addresses end in logs.")
            .WithExample("""{ "patientId": "ELS-08*", "modality": "CT", "since": "2026-01-01", "most": 100 }""");
    }

    private static Ok<ArchiveList> List() => TypedResults.Ok(new ArchiveList([.. new ArchiveStore().Read().Select(ArchiveSummary.Of)]));

    private static Ok<ArchiveSummary> Get(string name) => TypedResults.Ok(ArchiveSummary.Of(new ArchiveStore().Find(name)));

    private static async Task<Ok<RemoteStudies>> SearchAsync(string name, ArchiveQuestion body, CancellationToken cancellationToken)
    {
        if (body.Most is < 1 or > ArchiveQuestion.MostStudies)
        {
            throw RequestRefusedException.BadRequest($"Most is a number from 1 to {ArchiveQuestion.MostStudies}.");
        }

        var store = new ArchiveStore();
        using var client = new ArchiveClient(store, store.Find(name));
        var search = new ArchiveSearch(client);
        var studies = new List<RemoteStudySummary>();
        await foreach (var study in search.StudiesAsync(body.Query, cancellationToken))
        {
            if (studies.Count == body.Most)
            {
                return TypedResults.Ok(new RemoteStudies(studies, IsWhole: false, search.Unusable));
            }

            studies.Add(RemoteStudySummary.Of(study));
        }

        return TypedResults.Ok(new RemoteStudies(studies, IsWhole: true, search.Unusable));
    }

    private static async Task<Ok<ArchiveTestResult>> TestAsync(string name, CancellationToken cancellationToken)
    {
        var store = new ArchiveStore();
        using var client = new ArchiveClient(store, store.Find(name));
        return TypedResults.Ok(await new ArchiveTest(client).RunAsync(cancellationToken));
    }
}
