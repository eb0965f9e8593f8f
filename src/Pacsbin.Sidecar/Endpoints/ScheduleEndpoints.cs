using Microsoft.AspNetCore.Http.HttpResults;
using Pacsbin.Sidecar.Description;
using Pacsbin.Sidecar.Jobs;
using Pacsbin.Sidecar.Resources;

namespace Pacsbin.Sidecar.Endpoints;

/// <summary>Schedules: studies that are de-identified every night, and wait for review in the morning.</summary>
internal static class ScheduleEndpoints
{
    public static void Map(RouteGroupBuilder v1)
    {
        var schedules = v1.MapGroup("/schedules").WithTags("Schedules");
        schedules.MapGet("", async (ScheduleBook book) => TypedResults.Ok(new ScheduleList(await book.ListAsync()))).Named("Get-PacsbinSchedule", "Lists the schedules, with their last jobs.");
        schedules.MapGet("/{schedule}", async (string schedule, ScheduleBook book) => TypedResults.Ok(await book.FindAsync(schedule) ?? throw NoSchedule()))
            .Named("Get-PacsbinSchedule-Detail", "Shows a schedule, with its last job.");
        schedules.MapPost("", AddAsync).Named("Register-PacsbinSchedule", "De-identifies what is new below paths, or in an archive, again and again.",
            "A time at which the last job has not ended is left out; all times at which the sidecar did not run are made up for once.")
            .WithExample("""{ "name": "nightly", "cron": "0 2 * * *", "deidentify": { "archive": "pacs", "query": { "modality": "CT", "lastDays": 1 }, "project": "trial" } }""");
        schedules.MapDelete("/{schedule}", DeleteAsync).Named("Unregister-PacsbinSchedule", "Forgets a schedule. A job that it has asked for goes on.");
    }

    private static async Task<Created<Schedule>> AddAsync(NewSchedule body, ScheduleBook book)
    {
        var schedule = await book.AddAsync(body);
        return TypedResults.Created($"/v1/schedules/{schedule.Name}", schedule);
    }

    private static async Task<NoContent> DeleteAsync(string schedule, ScheduleBook book) => await book.DeleteAsync(schedule) ? TypedResults.NoContent() : throw NoSchedule();

    private static PacsbinException NoSchedule() => new(PacsbinError.FileNotFound, "There is no such schedule.");
}
