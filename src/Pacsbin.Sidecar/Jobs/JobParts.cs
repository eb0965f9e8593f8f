using Pacsbin.Sidecar.Resources;

namespace Pacsbin.Sidecar.Jobs;

/// <summary>What a job is whose studies are done one by one.</summary>
internal static class JobParts
{
    /// <summary>How far all parts are together.</summary>
    public static JobProgress ProgressOf(IReadOnlyList<JobRecord> parts) =>
        new(parts.Sum(p => p.Outcome.Progress.Files), parts.Sum(p => p.Outcome.Progress.TotalFiles), parts.Sum(p => p.Outcome.Progress.Bytes));

    /// <summary>The end of a job, by those of its parts.</summary>
    public static JobRecord EndOf(JobRecord job, IReadOnlyList<JobRecord> parts)
    {
        JobOutcome[] outcomes = [job.Outcome, .. parts.Select(p => p.Outcome)];
        var rejected = outcomes.SelectMany(o => o.Rejected).DistinctBy(r => (r.File, r.Error)).OrderBy(r => r.File, StringComparer.Ordinal).ToList(); // studies of one folder meet the same files
        return job with
        {
            State = job.IsCancelled || parts.Any(p => p.State == JobState.Cancelled) ? JobState.Cancelled : parts.Any(p => p.State == JobState.Failed) ? JobState.Failed : JobState.Succeeded,
            Outcome = new JobOutcome(
                ProgressOf(parts),
                new JobResult { Deidentified = [.. parts.SelectMany(p => p.Outcome.Result?.Deidentified ?? []).OrderBy(s => s.StudyInstanceUid, StringComparer.Ordinal)] },
                parts.Select(p => p.Outcome.Problem).FirstOrDefault(p => p is not null),
                [.. rejected.Take(RunningJob.MostRejected)],
                Math.Max(rejected.Count, outcomes.Max(o => o.RejectedCount)),
                [.. outcomes.SelectMany(o => o.Warnings).Distinct()]),
        };
    }
}
