using Microsoft.AspNetCore.Http.HttpResults;
using Pacsbin.Archives;
using Pacsbin.Sidecar.Description;
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
    }

    private static Ok<ArchiveList> List() => TypedResults.Ok(new ArchiveList([.. new ArchiveStore().Read().Select(ArchiveSummary.Of)]));

    private static Ok<ArchiveSummary> Get(string name) => TypedResults.Ok(ArchiveSummary.Of(new ArchiveStore().Find(name)));

    private static async Task<Ok<ArchiveTestResult>> TestAsync(string name, CancellationToken cancellationToken)
    {
        var store = new ArchiveStore();
        using var client = new ArchiveClient(store, store.Find(name));
        return TypedResults.Ok(await new ArchiveTest(client).RunAsync(cancellationToken));
    }
}
