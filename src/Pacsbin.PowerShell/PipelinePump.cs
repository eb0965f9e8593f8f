using System.Collections.Concurrent;
using System.Diagnostics;
using System.Management.Automation;

namespace Pacsbin.PowerShell;

/// <summary>Runs work apart from the pipeline thread, and brings what it reports to that thread, the only one that may write.</summary>
internal sealed class PipelinePump : IDisposable
{
    private const int QueueLength = 1024;
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a stopped pipeline waits: the file at work is finished or, if it takes longer, left to its thread.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromMilliseconds(600);

    private readonly BlockingCollection<Action> reports = new(QueueLength);
    private readonly CancellationTokenSource cancellation;
    private readonly Action<ProgressRecord> showProgress;
    private ProgressRecord? progress;
    private Task worker = Task.CompletedTask;

    public PipelinePump(Action<ProgressRecord> showProgress, CancellationToken stopping)
    {
        this.showProgress = showProgress;
        cancellation = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Cancellation = cancellation.Token;
    }

    /// <summary>Set when the pipeline stops, or when a command after this one wants no more.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>Queues a report for the pipeline thread; waits while too many are queued.</summary>
    public void Post(Action report)
    {
        try
        {
            reports.Add(report, Cancellation);
        }
        catch (OperationCanceledException)
        {
            // Nobody listens any more, and the work is about to end.
        }
    }

    /// <summary>Makes a receiver of progress; of several reports between two looks only the last is shown.</summary>
    public IProgress<T> Progress<T>(Func<T, ProgressRecord> describe) =>
        new Receiver<T>(value => Volatile.Write(ref progress, describe(value)));

    /// <summary>Returns when the work is done, or soon after the pipeline was stopped.</summary>
    public void Run(Action work)
    {
        worker = Task.Run(() =>
        {
            try
            {
                work();
            }
            finally
            {
                reports.CompleteAdding();
            }
        });
        try
        {
            Pump();
        }
        catch (OperationCanceledException) when (Cancellation.IsCancellationRequested)
        {
            return;
        }

        Rethrow();
    }

    public void Dispose()
    {
        cancellation.Cancel();
        Task.WaitAny([worker], StopPatience);
        worker.ContinueWith(
            done =>
            {
                _ = done.Exception; // observed: who stopped the work does not want to hear why
                reports.Dispose();
                cancellation.Dispose();
            },
            TaskContinuationOptions.ExecuteSynchronously);
    }

    private void Pump()
    {
        ProgressRecord? shown = null;
        long shownAt = 0;
        while (!reports.IsCompleted)
        {
            if (reports.TryTake(out var report, (int)ProgressInterval.TotalMilliseconds, Cancellation))
            {
                report();
            }

            var latest = Volatile.Read(ref progress);
            if (latest != shown && (shown is null || Stopwatch.GetElapsedTime(shownAt) >= ProgressInterval))
            {
                showProgress(latest!);
                (shown, shownAt) = (latest, Stopwatch.GetTimestamp());
            }
        }

        if (Volatile.Read(ref progress) is { } last)
        {
            showProgress(new ProgressRecord(last.ActivityId, last.Activity, last.StatusDescription) { RecordType = ProgressRecordType.Completed, PercentComplete = 100 });
        }
    }

    /// <summary>Passes the work's own exception on, without the wrapping of tasks and parallel loops.</summary>
    private void Rethrow()
    {
        try
        {
            worker.GetAwaiter().GetResult();
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.Flatten().InnerExceptions[0]);
        }
    }

    private sealed class Receiver<T>(Action<T> receive) : IProgress<T>
    {
        public void Report(T value) => receive(value);
    }
}
