using System.Text.Json.Serialization;
using Pacsbin.Archives;
using Pacsbin.Review;
using Pacsbin.Review.Reports;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Studies;

namespace Pacsbin.Sidecar.Resources;

/// <summary>What a job does.</summary>
public enum JobKind
{
    /// <summary>De-identifies studies.</summary>
    Deidentify,

    /// <summary>Fetches studies from an archive.</summary>
    Receive,

    /// <summary>Sends approved studies.</summary>
    Send,

    /// <summary>Finds studies below a path.</summary>
    Scan,

    /// <summary>Looks for text that is burned in.</summary>
    FindText,

    /// <summary>Burns regions into a study.</summary>
    Redact,

    /// <summary>Tests a study again.</summary>
    Test,

    /// <summary>Writes a report.</summary>
    Report,
}

/// <summary>Where a job is.</summary>
public enum JobState
{
    /// <summary>Waits for its turn, or for another attempt.</summary>
    Queued,

    /// <summary>Is being done.</summary>
    Running,

    /// <summary>Done; files may have been rejected.</summary>
    Succeeded,

    /// <summary>Ended by an error.</summary>
    Failed,

    /// <summary>Ended because somebody asked for it.</summary>
    Cancelled,
}

/// <summary>How far a job is.</summary>
/// <param name="Files">Files or instances that are done.</param>
/// <param name="TotalFiles">Files or instances to do; 0 if it is not known yet.</param>
/// <param name="Bytes">Bytes that are done.</param>
public sealed record JobProgress(int Files, int TotalFiles, long Bytes);

/// <summary>Work that takes longer than a request.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Kind">What it does.</param>
/// <param name="State">Where it is.</param>
/// <param name="Created">When it was asked for.</param>
/// <param name="Started">When its last attempt began; null if none has.</param>
/// <param name="Ended">When it ended; null if it has not.</param>
/// <param name="Attempts">How many attempts have begun; more than one after a failure of an archive.</param>
/// <param name="Schedule">The schedule that asked for it; null for none.</param>
/// <param name="Progress">How far it is.</param>
/// <param name="Result">What came of it; null until it has ended.</param>
/// <param name="Problem">What ended it, or what it waits after; null for nothing.</param>
/// <param name="Rejected">Files and studies that gave nothing, the first 1,000 of them.</param>
/// <param name="RejectedCount">All of those.</param>
/// <param name="Warnings">What looks wrong in scripts and the like.</param>
public sealed record Job(
    string Id, JobKind Kind, JobState State, DateTimeOffset Created, DateTimeOffset? Started, DateTimeOffset? Ended, int Attempts, string? Schedule,
    JobProgress Progress, JobResult? Result, Problem? Problem, IReadOnlyList<FileProblem> Rejected, int RejectedCount, IReadOnlyList<string> Warnings)
{
    /// <summary>Whether nothing more becomes of it.</summary>
    [JsonIgnore]
    public bool HasEnded => State is JobState.Succeeded or JobState.Failed or JobState.Cancelled;

    /// <summary>The job only.</summary>
    public override string ToString() => Id;
}

/// <summary>Jobs, without what came of them.</summary>
/// <param name="Jobs">The youngest first.</param>
public sealed record JobList(IReadOnlyList<Job> Jobs);

/// <summary>What came of a job; of all members the one that its kind has.</summary>
public sealed record JobResult
{
    /// <summary>The studies that are whole in the workspace.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<DeidentifiedStudy>? Deidentified { get; init; }

    /// <summary>The studies that were fetched.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<StudySummary>? Received { get; init; }

    /// <summary>What became of each study that was sent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SendResult>? Sent { get; init; }

    /// <summary>The studies that were found.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StudyList? Found { get; init; }

    /// <summary>Where text may be burned in.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TextProposals? Text { get; init; }

    /// <summary>The study that regions were burned into.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BurnedRegions? Burned { get; init; }

    /// <summary>What a test has found.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StudyTestResult? Tested { get; init; }

    /// <summary>The form of the report that was written; the job's operation report gives it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReportFormat? Report { get; init; }

    /// <summary>Nothing of it, because it may name patients.</summary>
    public override string ToString() => nameof(JobResult);
}

/// <summary>A study that is whole in a workspace.</summary>
/// <param name="StudyInstanceUid">Its new UID.</param>
/// <param name="Path">Its folder.</param>
/// <param name="State">Its state.</param>
/// <param name="Written">Files that were written.</param>
/// <param name="Skipped">Files that were there already.</param>
/// <param name="Rejected">Files that gave no output.</param>
/// <param name="Filtered">Files that a filter left out.</param>
/// <param name="Findings">What a person should look at.</param>
public sealed record DeidentifiedStudy(string StudyInstanceUid, string Path, StudyState State, int Written, int Skipped, int Rejected, int Filtered, IReadOnlyList<Finding> Findings)
{
    internal static DeidentifiedStudy Of(DicomStudy study) => new(
        study.StudyInstanceUid, study.Path, study.State, study.Outcome?.Written ?? 0, study.Outcome?.Skipped ?? 0, study.Outcome?.Rejected ?? 0, study.Outcome?.Filtered ?? 0, study.Findings);
}

/// <summary>Files that were uploaded, until a job has used them.</summary>
/// <param name="Id">Names them.</param>
/// <param name="Files">How many.</param>
/// <param name="Bytes">Their bytes.</param>
public sealed record Upload(string Id, int Files, long Bytes);
