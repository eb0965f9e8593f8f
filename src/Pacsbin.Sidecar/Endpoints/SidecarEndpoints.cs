using Microsoft.AspNetCore.Http.HttpResults;
using Pacsbin.Sidecar.Description;
using Pacsbin.Sidecar.Resources;

namespace Pacsbin.Sidecar.Endpoints;

/// <summary>The sidecar itself.</summary>
internal static class SidecarEndpoints
{
    public static void Map(RouteGroupBuilder v1)
    {
        var sidecar = v1.MapGroup("/sidecar").WithTags("Sidecar");
        sidecar.MapGet("", () => TypedResults.Ok(SidecarState.Now())).Named("Get-PacsbinSidecar", "Says which version answers, and since when.");
        sidecar.MapPost("/stop", Stop).Named("Stop-PacsbinSidecar", "Ends the sidecar.", "Files at work are finished first, for at most some seconds. Jobs that have not ended go on with the next start.");
    }

    private static NoContent Stop(IHostApplicationLifetime lifetime, HttpContext context)
    {
        context.Response.OnCompleted(() =>
        {
            lifetime.StopApplication();
            return Task.CompletedTask;
        });
        return TypedResults.NoContent();
    }
}
