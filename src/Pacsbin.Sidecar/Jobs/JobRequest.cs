using System.Text.Json.Serialization;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;

namespace Pacsbin.Sidecar.Jobs;

/// <summary>What a job is to do: one member of all.</summary>
internal sealed record JobRequest
{
    public StudiesToDeidentify? Deidentify { get; init; }

    public StudiesToReceive? Receive { get; init; }

    public StudiesToSend? Send { get; init; }

    public StudiesToFind? Scan { get; init; }

    public TextToFind? FindText { get; init; }

    public RegionsToBurn? Redact { get; init; }

    public StudyToTest? Test { get; init; }

    public NewReport? Report { get; init; }

    [JsonIgnore]
    public JobKind Kind => this switch
    {
        { Deidentify: not null } => JobKind.Deidentify,
        { Receive: not null } => JobKind.Receive,
        { Send: not null } => JobKind.Send,
        { Scan: not null } => JobKind.Scan,
        { Redact: not null } => JobKind.Redact,
        { Test: not null } => JobKind.Test,
        { Report: not null } => JobKind.Report,
        _ => JobKind.FindText,
    };
}

/// <summary>What came of a job's last attempt.</summary>
internal sealed record JobOutcome(JobProgress Progress, JobResult? Result, Problem? Problem, IReadOnlyList<FileProblem> Rejected, int RejectedCount, IReadOnlyList<string> Warnings)
{
    public static JobOutcome None { get; } = new(new JobProgress(0, 0, 0), null, null, [], 0, []);
}

/// <summary>A job as it is kept.</summary>
internal sealed record JobRecord(string Id, JobKind Kind, JobState State, DateTimeOffset Created)
{
    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Ended { get; init; }

    public int Attempts { get; init; }

    /// <summary>Whether somebody wants it to end, so that a restart does not begin it again.</summary>
    public bool IsCancelled { get; init; }

    public string? Schedule { get; init; }

    /// <summary>The upload that it uses.</summary>
    public string? Upload { get; init; }

    /// <summary>The job that it is a part of, one of its studies; null for none.</summary>
    public string? Parent { get; init; }

    /// <summary>What it is to do; null when it has ended.</summary>
    public JobRequest? Request { get; init; }

    public JobOutcome Outcome { get; init; } = JobOutcome.None;

    public bool HasEnded => State is JobState.Succeeded or JobState.Failed or JobState.Cancelled;

    public Job ToJob(JobProgress? now = null) => new(
        Id, Kind, State, Created, Started, Ended, Attempts, Schedule, now ?? Outcome.Progress, Outcome.Result, Outcome.Problem, Outcome.Rejected, Outcome.RejectedCount, Outcome.Warnings);
}
