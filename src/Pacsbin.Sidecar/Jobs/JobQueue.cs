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
internal sealed class JobQueue(JobDatabase database, JobStore store, UploadFolder uploads, ReportFiles reports, ISchedulerFactory schedulers, TimeProvider time)
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
        if (database.Unfinished().Count(j => j.Parent is null) >= MostWaiting)
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
                ? known.ToJob(ProgressOf(known))
                : throw new RequestRefusedException(StatusCodes.Status422UnprocessableEntity, "The idempotency key was used for another request.");
        }

        await ScheduleAsync(job.Id, time.GetUtcNow());
        if (database.Trim(MostEnded))
        {
            reports.DeleteForgotten(id => database.Find(id) is not null);
        }

        return job.ToJob();
    }

    public Job? Find(string id) => database.Find(id) is { } job ? job.ToJob(ProgressOf(job)) : null;

    /// <summary>The youngest jobs, without what came of them.</summary>
    public IReadOnlyList<Job> List(int most, string? schedule = null) =>
        [.. database.List(most, schedule).Select(j => j.ToJob(ProgressOf(j)) with { Result = null, Rejected = [] })];

    /// <summary>Ends a job, and waits for a moment until it has ended; null if there is none. Quartz still starts one that waits, which finds nothing to do then.</summary>
    public async Task<Job?> CancelAsync(string id, TimeSpan patience)
    {
        var parts = PartsOf(database.Find(id));
        foreach (var part in parts.Where(p => !p.HasEnded))
        {
            await CancelAsync(part.Id, TimeSpan.Zero);
        }

        // What is done by another sidecar ends when that one sees it, and what has parts when the last of them ends.
        database.Update(id, job => running.ContainsKey(id) || parts.Count > 0 || (store.IsShared && job.State == JobState.Running)
            ? job with { IsCancelled = true } : job with { IsCancelled = true, State = JobState.Cancelled, Ended = time.GetUtcNow() });
        EndByParts(parts.Count > 0 ? id : database.Find(id)?.Parent);
        if (running.TryGetValue(id, out var attempt))
        {
            await StopAsync(attempt.Cancellation);
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
    public bool Delete(string id)
    {
        if (!database.Delete(id))
        {
            return false;
        }

        reports.Delete(id);
        return true;
    }

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
        JobRecord? record;
        try
        {
            record = database.Update(id, r => r.IsCancelled
                ? r with { State = JobState.Cancelled, Ended = now }
                : r with { State = JobState.Running, Started = now, Attempts = r.Attempts + 1, Outcome = JobOutcome.None });
        }
        catch
        {
            Leave(id); // it has not begun
            throw;
        }

        job.Attempt = record?.Attempts ?? 0;
        Tell();
        if (record is { HasEnded: false, Request: not null })
        {
            return (record, job);
        }

        Leave(id);
        EndByParts(record?.Parent);
        return null;
    }

    /// <summary>Ends an attempt with what came of it, unless another sidecar has begun a later one.</summary>
    public void End(RunningJob job, JobState state, JobOutcome outcome)
    {
        var ended = database.Update(job.Id, r => r.Attempts != job.Attempt ? r : r with { State = state, Outcome = outcome, Ended = state is JobState.Queued or JobState.Running ? null : time.GetUtcNow() });
        Leave(job.Id);
        Release(ended?.ToJob());
        EndByParts(ended is { HasEnded: true } ? ended.Parent : null);
        Tell();
    }

    /// <summary>Ends an attempt that was stopped: by whoever cancelled the job, or because the sidecar ends or was taken for dead, and then somebody goes on with it.</summary>
    public void Abandon(RunningJob job)
    {
        if (IsCancelled(job.Id))
        {
            End(job, JobState.Cancelled, job.Outcome);
        }
        else
        {
            Leave(job.Id);
        }
    }

    /// <summary>Has the studies of a job done one by one, by whichever sidecar has the time.</summary>
    /// <param name="job">The job.</param>
    /// <param name="outcome">What was found out while its studies were looked for.</param>
    /// <param name="parts">A request for each study.</param>
    /// <param name="stopping">Gives up.</param>
    public async Task AddPartsAsync(JobRecord job, JobOutcome outcome, IReadOnlyList<JobRequest> parts, CancellationToken stopping)
    {
        // Ids in an order, so that results come in one.
        await PostgresStore.PersistAsync(() => database.AddParts(job.Id, outcome, [.. parts.Select((p, i) => new JobRecord(FormattableString.Invariant($"{job.Id}-{i:D6}"), p.Kind, JobState.Queued, job.Created) { Request = p, Parent = job.Id })]), stopping);
        Leave(job.Id);
        try
        {
            foreach (var part in database.Parts(job.Id).Where(p => !p.HasEnded))
            {
                await ScheduleAsync(part.Id, time.GetUtcNow());
            }

            if (IsCancelled(job.Id))
            {
                await CancelAsync(job.Id, TimeSpan.Zero); // meanwhile
            }
        }
        catch (Exception e) when (PostgresStore.IsAway(e))
        {
            // ResumeLostAsync finds them when it is back.
        }
    }

    /// <summary>Tells the other sidecars how far the jobs are that are done here, and learns which of them are not to be done here any more.</summary>
    public async Task BeatAsync()
    {
        foreach (var (id, attempt) in running)
        {
            var record = database.Update(id, r => r.Attempts != attempt.Job.Attempt ? r : r with { Outcome = r.Outcome with { Progress = attempt.Job.Progress } });
            if (record is null or { IsCancelled: true } || record.Attempts != attempt.Job.Attempt)
            {
                await StopAsync(attempt.Cancellation);
            }
        }

        Tell(); // of what others have written
    }

    /// <summary>Stops all that is done here: the others have not heard of this sidecar for so long that they take it for dead.</summary>
    public Task StopAllAsync() => Task.WhenAll(running.Values.Select(a => StopAsync(a.Cancellation)));

    /// <summary>Has jobs begun that nobody would begin, because their sidecar ended between two steps.</summary>
    public async Task ResumeLostAsync()
    {
        var scheduler = await schedulers.GetScheduler();
        foreach (var job in database.Unfinished())
        {
            if (running.ContainsKey(job.Id) || await scheduler.Exists(KeyOf(job.Id)))
            {
                continue;
            }

            if (PartsOf(job).Count > 0)
            {
                EndByParts(job.Id);
            }
            else if (database.Find(job.Id) is { HasEnded: false })
            {
                await ScheduleAsync(job.Id, time.GetUtcNow());
            }
        }
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
        uploads.DeleteAllBut(left.Select(j => j.Upload), store.IsShared ? TimeSpan.FromDays(1) : TimeSpan.Zero);
        foreach (var job in left.Where(j => j.IsCancelled && !store.IsShared))
        {
            Release(database.Update(job.Id, r => r with { State = JobState.Cancelled, Ended = time.GetUtcNow() })?.ToJob());
        }

        await ResumeLostAsync();
    }

    private static async Task StopAsync(CancellationTokenSource attempt)
    {
        try
        {
            await attempt.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has ended since.
        }
    }

    private static bool IsSame(JobRequest one, JobRequest other) =>
        JsonSerializer.SerializeToUtf8Bytes(one, SidecarJson.Default.JobRequest).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(other, SidecarJson.Default.JobRequest));

    private static JobKey KeyOf(string id) => new(id, StudyJob.Group);

    private static string NewId() => Guid.NewGuid().ToString("N");

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private JobProgress? ProgressOf(JobRecord job) => running.TryGetValue(job.Id, out var attempt) ? attempt.Job.Progress : PartsOf(job) is { Count: > 0 } parts ? JobParts.ProgressOf(parts) : null;

    private IReadOnlyList<JobRecord> PartsOf(JobRecord? job) => store.IsShared && job is { HasEnded: false, Parent: null, Kind: JobKind.Deidentify } ? database.Parts(job.Id) : [];

    private void EndByParts(string? id)
    {
        if (id is not null && database.EndByParts(id, (job, parts) => JobParts.EndOf(job, parts) with { Ended = time.GetUtcNow() }) is { } ended)
        {
            Release(ended.ToJob());
            Tell();
        }
    }

    private void Tell() => Interlocked.Exchange(ref changed, NewSignal()).TrySetResult();

    private void Release(Job? job)
    {
        if (job is { HasEnded: true } && database.Find(job.Id)?.Upload is { } upload)
        {
            uploads.Delete(upload);
        }
    }
}
