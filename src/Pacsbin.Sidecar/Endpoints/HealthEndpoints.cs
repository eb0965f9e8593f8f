using Microsoft.AspNetCore.Http.HttpResults;
using Pacsbin.Sidecar.Access;

namespace Pacsbin.Sidecar.Endpoints;

/// <summary>Whether the process answers, and whether it can work. They tell nothing else, and wait for nobody.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        foreach (var (pattern, answer) in new (string, Delegate)[] { ("/healthz", () => TypedResults.Text("ok")), ("/readyz", Ready) })
        {
            app.MapGet(pattern, answer).ExcludeFromDescription().DisableRateLimiting().WithMetadata(new OpenToAll());
        }
    }

    private static ContentHttpResult Ready(AllowedFolders folders) =>
        folders.AreThere() ? TypedResults.Text("ready") : TypedResults.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable);
}
