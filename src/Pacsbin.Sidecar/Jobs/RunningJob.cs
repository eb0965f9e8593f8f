using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;

namespace Pacsbin.Sidecar.Jobs;

/// <summary>An attempt at a job: takes what the core reports, from several threads.</summary>
internal sealed class RunningJob(string id, Action changed, CancellationToken cancellationToken)
{
    /// <summary>The most rejected files that a job names.</summary>
    public const int MostRejected = 1000;

    private readonly Lock gate = new();
    private readonly List<FileProblem> rejected = [];
    private readonly List<string> warnings = [];
    private int rejectedCount;

    public string Id { get; } = id;

    /// <summary>Which attempt it is. If the record is at a later one, another sidecar took this one for dead, and it counts no more.</summary>
    public int Attempt { get; set; }

    public CancellationToken Cancellation { get; } = cancellationToken;

    public JobProgress Progress { get; private set => SetAndTell(ref field, value); } = new(0, 0, 0);

    /// <summary>The first failure of an archive among what was rejected; null for none.</summary>
    public PacsbinException? ArchiveFailure { get; private set; }

    public JobOutcome Outcome
    {
        get
        {
            lock (gate)
            {
                return new JobOutcome(Progress, null, null, [.. rejected.OrderBy(r => r.File, StringComparer.Ordinal)], rejectedCount, [.. warnings]);
            }
        }
    }

    /// <summary>What is to be done when the end of the attempt is recorded, by whether the job is done.</summary>
    public Action<bool>? WhenRecorded { get; set; }

    public void Settle(bool isDone) => WhenRecorded?.Invoke(isDone);

    public void Report(int files, int totalFiles, long bytes) => Progress = new JobProgress(files, totalFiles, bytes);

    /// <summary>Gives the core something to report its progress to, in the thread that it does so in: what it says last is known last.</summary>
    public IProgress<T> Follow<T>(Func<T, JobProgress> describe) => new Follower<T>(this, describe);

    public void Reject(string path, PacsbinException error)
    {
        lock (gate)
        {
            rejectedCount++;
            if (rejected.Count < MostRejected)
            {
                rejected.Add(new FileProblem(path, error.Error, error.Message));
            }

            if (error.Error is PacsbinError.ArchiveFailed)
            {
                ArchiveFailure ??= error;
            }
        }
    }

    public void Warn(IEnumerable<string> texts)
    {
        lock (gate)
        {
            warnings.AddRange(texts);
        }
    }

    private void SetAndTell(ref JobProgress field, JobProgress value)
    {
        field = value;
        changed();
    }

    private sealed class Follower<T>(RunningJob job, Func<T, JobProgress> describe) : IProgress<T>
    {
        public void Report(T value) => job.Progress = describe(value);
    }
}
