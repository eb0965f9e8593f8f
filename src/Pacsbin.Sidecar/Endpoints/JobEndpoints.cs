using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Pacsbin.Sidecar.Description;
using Pacsbin.Sidecar.Jobs;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;

namespace Pacsbin.Sidecar.Endpoints;

/// <summary>Jobs: what takes longer than a request.</summary>
internal static class JobEndpoints
{
    private const int MostListed = 200;
    private const int MostStreams = 256;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(1);

    public static void Map(RouteGroupBuilder v1)
    {
        var jobs = v1.MapGroup("/jobs").WithTags("Jobs");
        jobs.MapGet("", (JobQueue queue) => TypedResults.Ok(new JobList(queue.List(MostListed)))).Named("Get-PacsbinJob", "Lists the youngest jobs, without what came of them.");
        jobs.MapGet("/{id}", (string id, JobQueue queue) => TypedResults.Ok(queue.Find(id) ?? throw NoJob())).Named("Get-PacsbinJob-Detail", "Shows a job: where it is, how far, and what came of it.");
        jobs.MapGet("/{id}/events", Follow).Named("Get-PacsbinJob-Events", "Follows a job by server-sent events until it ends.",
            "Events are progress and, at last, end; the data of each is the job. A client that comes back with Last-Event-ID gets what has changed since.")
            .DisableRateLimiting().WithMetadata(new BinaryAnswer("text/event-stream"));
        jobs.MapPost("/{id}/cancel", CancelAsync).Named("Stop-PacsbinJob", "Ends a job, mostly within a second.",
            "What is whole stays; what is not is not to be seen, and the same request goes on with it.");
        jobs.MapDelete("/{id}", Delete).Named("Remove-PacsbinJob", "Forgets a job that has ended.");
    }

    /// <summary>Answers that a job was taken.</summary>
    public static async Task<Accepted<Job>> AcceptAsync(JobQueue queue, JobRequest request, string? idempotencyKey)
    {
        if (idempotencyKey is { Length: 0 or > 255 })
        {
            throw RequestRefusedException.BadRequest("An idempotency key has from 1 to 255 characters.");
        }

        var job = await queue.AddAsync(request, idempotencyKey);
        return TypedResults.Accepted($"/v1/jobs/{job.Id}", job);
    }

    private static ServerSentEventsResult<Job> Follow(string id, [FromHeader(Name = "Last-Event-ID")] string? lastEventId, JobQueue queue, EventStreams streams, CancellationToken cancellationToken)
    {
        var first = queue.Find(id) ?? throw NoJob();
        return streams.TryEnter(MostStreams)
            ? TypedResults.ServerSentEvents(Events(first, lastEventId, queue, streams, cancellationToken))
            : throw new RequestRefusedException(StatusCodes.Status503ServiceUnavailable);
    }

    private static async IAsyncEnumerable<SseItem<Job>> Events(Job job, string? last, JobQueue queue, EventStreams streams, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            var told = DateTime.UtcNow;
            for (var next = job; ;)
            {
                var changed = queue.Changed;
                next = queue.Find(job.Id) ?? next with { State = JobState.Cancelled }; // it was forgotten
                var version = FormattableString.Invariant($"{next.State}-{next.Attempts}-{next.Progress.Files}-{next.Progress.Bytes}");
                if (version != last || next.HasEnded || DateTime.UtcNow - told > Heartbeat)
                {
                    (last, told) = (version, DateTime.UtcNow);
                    yield return new SseItem<Job>(next, next.HasEnded ? "end" : "progress") { EventId = version };
                }

                if (next.HasEnded)
                {
                    yield break;
                }

                await Task.WhenAll(Task.WhenAny(changed, Task.Delay(Heartbeat, cancellationToken)), Task.Delay(Interval, cancellationToken));
            }
        }
        finally
        {
            streams.Leave();
        }
    }

    private static async Task<Ok<Job>> CancelAsync(string id, JobQueue queue) => TypedResults.Ok(await queue.CancelAsync(id, CancelPatience) ?? throw NoJob());

    private static NoContent Delete(string id, JobQueue queue)
    {
        if (queue.Delete(id))
        {
            return TypedResults.NoContent();
        }

        throw queue.Find(id) is null ? NoJob() : new PacsbinException(PacsbinError.ManifestConflict, "The job has not ended: cancel it first.");
    }

    private static PacsbinException NoJob() => new(PacsbinError.FileNotFound, "There is no such job.");
}

/// <summary>Counts the streams of events, which would otherwise hold the places of requests that compute.</summary>
internal sealed class EventStreams
{
    private int open;

    public bool TryEnter(int most)
    {
        if (Interlocked.Increment(ref open) <= most)
        {
            return true;
        }

        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref open);
}
