using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pacsbin.Sidecar.Json;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;
using Quartz;

namespace Pacsbin.Sidecar.Jobs;

/// <summary>Takes jobs, knows how far they are, and cancels them.</summary>
internal sealed class JobQueue(JobDatabase database, UploadFolder uploads, ISchedulerFactory schedulers, TimeProvider time)
{
    private const int MostEnded = 1000;
    private const int MostWaiting = 1000;
    private readonly ConcurrentDictionary<string, (RunningJob Job, CancellationTokenSource Cancellation)> running = new(StringComparer.Ordinal);
    private TaskCompletionSource changed = NewSignal();

    /// <summary>Ends when anything of any job has changed.</summary>
    public Task Changed => Volatile.Read(ref changed).Task;

    /// <summary>Takes a job.</summary>
    /// <param name="request">What to do.</param>
    /// <param name="idempotencyKey">The same key with the same request gives the job that is there; null for none.</param>
    /// <param name="schedule">The schedule that asks for it; null for none.</param>
    /// <exception cref="RequestRefusedException">The key was used for another request, or too many jobs wait.</exception>
    /// <exception cref="PacsbinException">ManifestConflict if another job uses the upload.</exception>
    public async Task<Job> AddAsync(JobRequest request, string? idempotencyKey = null, string? schedule = null)
    {
        if (database.Unfinished().Count >= MostWaiting)
        {
            throw new RequestRefusedException(StatusCodes.Status503ServiceUnavailable, "Too many jobs are waiting.");
        }

        if (idempotencyKey is null && request.Deidentify?.Upload is { } upload && IsUsed(upload))
        {
            throw new PacsbinException(PacsbinError.ManifestConflict, "A job uses the upload, which is gone when that has ended.");
        }

        var job = new JobRecord(NewId(), request.Kind, JobState.Queued, time.GetUtcNow()) { Request = request, Schedule = schedule, Upload = request.Deidentify?.Upload };
        if (database.Add(job, idempotencyKey is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(idempotencyKey))) is { } known)
        {
            return known.Kind == request.Kind && (known.Request is null || IsSame(known.Request, request))
                ? known.ToJob(ProgressOf(known.Id))
                : throw new RequestRefusedException(StatusCodes.Status422UnprocessableEntity, "The idempotency key was used for another request.");
        }

        await ScheduleAsync(job.Id, time.GetUtcNow());
        database.Trim(MostEnded);
        return job.ToJob();
    }

    public Job? Find(string id) => database.Find(id)?.ToJob(ProgressOf(id));

    /// <summary>The youngest jobs, without what came of them.</summary>
    public IReadOnlyList<Job> List(int most, string? schedule = null) =>
        [.. database.List(most, schedule).Select(j => j.ToJob(ProgressOf(j.Id)) with { Result = null, Rejected = [] })];

    /// <summary>Ends a job, and waits for a moment until it has ended; null if there is none. Quartz still starts one that waits, which finds nothing to do then.</summary>
    public async Task<Job?> CancelAsync(string id, TimeSpan patience)
    {
        database.Update(id, job => running.ContainsKey(id) ? job with { IsCancelled = true } : job with { IsCancelled = true, State = JobState.Cancelled, Ended = time.GetUtcNow() });
        if (running.TryGetValue(id, out var attempt))
        {
            try
            {
                await attempt.Cancellation.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // It has ended since.
            }
        }

        for (var end = time.GetUtcNow() + patience; Find(id) is { HasEnded: false } && time.GetUtcNow() < end;)
        {
            await Task.WhenAny(Changed, Task.Delay(TimeSpan.FromMilliseconds(50)));
        }

        var job = Find(id);
        Release(job);
        return job;
    }

    /// <summary>Deletes a job that has ended.</summary>
    /// <returns>False if there is none of this id that has.</returns>
    public bool Delete(string id) => database.Delete(id);

    /// <summary>Begins an attempt; null if there is nothing to do any more.</summary>
    public (JobRecord Record, RunningJob Job)? Begin(string id, CancellationToken stopping)
    {
        var cancellation = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var job = new RunningJob(id, Tell, cancellation.Token);
        if (!running.TryAdd(id, (job, cancellation)))
        {
            cancellation.Dispose();
            return null; // a recovery that came while it is being done
        }

        var now = time.GetUtcNow();
        var record = database.Update(id, r => r.IsCancelled
            ? r with { State = JobState.Cancelled, Ended = now }
            : r with { State = JobState.Running, Started = now, Attempts = r.Attempts + 1, Outcome = JobOutcome.None });
        Tell();
        if (record is { HasEnded: false, Request: not null })
        {
            return (record, job);
        }

        Leave(id);
        return null;
    }

    /// <summary>Ends an attempt with what came of it.</summary>
    public void End(string id, JobState state, JobOutcome outcome)
    {
        var ended = database.Update(id, r => r with { State = state, Outcome = outcome, Ended = state is JobState.Queued or JobState.Running ? null : time.GetUtcNow() });
        Leave(id);
        Release(ended?.ToJob());
        Tell();
    }

    /// <summary>Leaves a job as it is: the next start goes on with it.</summary>
    public void Leave(string id)
    {
        if (running.TryRemove(id, out var attempt))
        {
            attempt.Cancellation.Dispose();
        }
    }

    /// <summary>Whether somebody has cancelled a job.</summary>
    public bool IsCancelled(string id) => database.Find(id) is not { IsCancelled: false };

    /// <summary>Has a job begun at a time.</summary>
    public async Task ScheduleAsync(string id, DateTimeOffset when)
    {
        var trigger = TriggerBuilder.Create().WithIdentity(NewId(), StudyJob.Group).ForJob(KeyOf(id)).StartAt(when).Build();
        var scheduler = await schedulers.GetScheduler();
        if (await scheduler.Exists(KeyOf(id)))
        {
            await scheduler.ScheduleJob(trigger); // from the attempt before, whose end would delete a job without triggers
            return;
        }

        await scheduler.ScheduleJob(JobBuilder.Create<StudyJob>().WithIdentity(KeyOf(id)).RequestRecovery().Build(), trigger);
    }

    /// <summary>Whether a job that has not ended uses an upload.</summary>
    public bool IsUsed(string upload) => database.Unfinished().Any(j => j.Upload == upload);

    /// <summary>Deletes uploads for which nobody has asked for a job within a day.</summary>
    public void DeleteForgottenUploads() => uploads.DeleteAllBut(database.Unfinished().Select(j => j.Upload), TimeSpan.FromDays(1));

    /// <summary>Finds again what was to be done when the process ended, and deletes uploads that no job waits for.</summary>
    public async Task ResumeAsync()
    {
        var left = database.Unfinished();
        uploads.DeleteAllBut(left.Select(j => j.Upload), TimeSpan.Zero);
        var scheduler = await schedulers.GetScheduler();
        foreach (var job in left)
        {
            if (job.IsCancelled)
            {
                End(job.Id, JobState.Cancelled, job.Outcome);
            }
            else if (!await scheduler.Exists(KeyOf(job.Id)))
            {
                await ScheduleAsync(job.Id, time.GetUtcNow());
            }
        }
    }

    private static bool IsSame(JobRequest one, JobRequest other) =>
        JsonSerializer.SerializeToUtf8Bytes(one, SidecarJson.Default.JobRequest).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(other, SidecarJson.Default.JobRequest));

    private static JobKey KeyOf(string id) => new(id, StudyJob.Group);

    private static string NewId() => Guid.NewGuid().ToString("N");

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private JobProgress? ProgressOf(string id) => running.TryGetValue(id, out var attempt) ? attempt.Job.Progress : null;

    private void Tell() => Interlocked.Exchange(ref changed, NewSignal()).TrySetResult();

    private void Release(Job? job)
    {
        if (job is { HasEnded: true } && database.Find(job.Id)?.Upload is { } upload)
        {
            uploads.Delete(upload);
        }
    }
}
