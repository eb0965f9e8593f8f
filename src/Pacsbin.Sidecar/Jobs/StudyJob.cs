using Pacsbin.Sidecar.Jobs.Work;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;
using Quartz;

namespace Pacsbin.Sidecar.Jobs;

/// <summary>What Quartz starts: an attempt at the job whose id is its name.</summary>
[DisallowConcurrentExecution]
internal sealed partial class StudyJob(JobQueue queue, JobWork work, SidecarOptions options, IHostApplicationLifetime lifetime, TimeProvider time, Telemetry telemetry, ILogger<StudyJob> log) : IJob
{
    public const string Group = "jobs";
    private const int MostAttempts = 6;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var id = context.JobDetail.Key.Name;
        if (await PostgresStore.PersistAsync(() => queue.Begin(id, lifetime.ApplicationStopping), lifetime.ApplicationStopping) is not var (record, job))
        {
            return;
        }

        using var followed = telemetry.Begin(record.Kind);
        JobResult? result = null;
        PacsbinException? error = null;
        try
        {
            // The core computes in the thread that asks it to, which is not to be one of Quartz's.
            if (record.Parent is null && await Task.Run(() => work.PartsAsync(record.Request!, job), CancellationToken.None) is { Count: > 1 } parts)
            {
                await queue.AddPartsAsync(record, job.Outcome, parts, lifetime.ApplicationStopping);
                followed.State = JobState.Running; // its parts are
                return;
            }

            result = await Task.Run(() => work.RunAsync(record.Request!, job), CancellationToken.None);
            error = job.ArchiveFailure;
        }
        catch (Exception) when (job.Cancellation.IsCancellationRequested)
        {
            followed.State = JobState.Cancelled;
            await PostgresStore.PersistAsync(() => queue.Abandon(job), lifetime.ApplicationStopping);
            return;
        }
        catch (Exception e)
        {
            error = ProblemOf(e);
        }

        followed.Error = error?.Error;
        followed.Files = job.Progress.Files;
        var outcome = job.Outcome with { Result = result, Problem = error is null ? null : Problem.Of(error) };
        if (error is { Error: PacsbinError.ArchiveFailed } && record.Attempts < MostAttempts)
        {
            LogRetry(error.Error, record.Attempts);
            await PostgresStore.PersistAsync(() => queue.End(job, JobState.Queued, outcome), lifetime.ApplicationStopping);
            job.Settle(isDone: false);
            await queue.ScheduleAsync(id, time.GetUtcNow() + TimeSpan.FromSeconds(options.RetrySeconds * Math.Pow(2, record.Attempts - 1)));
            return;
        }

        followed.State = error is null ? JobState.Succeeded : JobState.Failed;
        await PostgresStore.PersistAsync(() => queue.End(job, followed.State, outcome), lifetime.ApplicationStopping);
        job.Settle(isDone: error is null); // after its end is recorded: a random key that was erased before could not go on
    }

    private PacsbinException ProblemOf(Exception exception)
    {
        switch (exception)
        {
            case PacsbinException known:
                LogFailed(known.Error);
                return known;
            case AggregateException several when several.Flatten().InnerExceptions.Select(PacsbinException.FromIo).FirstOrDefault(e => e is not null) is { } first:
                LogFailed(first.Error);
                return first; // of a parallel loop
            case IOException or UnauthorizedAccessException when PacsbinException.FromIo(exception) is { } io:
                LogFailed(io.Error);
                return io;
            default:
                LogUnexpected(exception.GetType().FullName ?? "", exception.TargetSite?.Name ?? "");
                return new PacsbinException(PacsbinError.FileIo, "Something failed here.");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A job waits after {Error} in attempt {Attempt}.")]
    private partial void LogRetry(PacsbinError error, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A job failed with {Error}.")]
    private partial void LogFailed(PacsbinError error);

    [LoggerMessage(Level = LogLevel.Error, Message = "A job failed with {Type} in {Method}.")]
    private partial void LogUnexpected(string type, string method);
}
