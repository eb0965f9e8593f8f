using Pacsbin.Sidecar.Access;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;
using Pacsbin.Studies;

namespace Pacsbin.Sidecar.Jobs.Work;

/// <summary>Does what jobs ask for; the core does the work.</summary>
internal sealed class JobWork(DeidentifyWork deidentify, ArchiveWork archives, AllowedFolders folders, StudyFinder finder, ReviewWork review, ReportFiles reports, JobStore store)
{
    /// <exception cref="PacsbinException">Whatever ends the job.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<JobResult> RunAsync(JobRequest request, RunningJob job) => request switch
    {
        { Deidentify: { } body } => deidentify.RunAsync(body, job),
        { Receive: { } body } => archives.ReceiveAsync(body, job),
        { Send: { } body } => archives.SendAsync(body, job),
        { Scan: { } body } => Task.FromResult(Scan(body, job)),
        { FindText: { } body } => Task.FromResult(FindText(body, job)),
        { Redact: { } body } => Task.FromResult(new JobResult { Burned = Rejecting(job, () => review.Burn(body, job.Follow<int>(files => new JobProgress(files, 0, 0)), job.Cancellation)) }),
        { Test: { } body } => Task.FromResult(new JobResult { Tested = Rejecting(job, () => review.Test(body, job.Follow<int>(files => new JobProgress(files, 0, 0)), job.Cancellation)) }),
        { Report: { } body } => Task.FromResult(Report(body, job)),
        _ => throw new InvalidOperationException("The job has nothing to do."),
    };

    /// <summary>What the studies of a job ask for, each by itself, so that sidecars which share jobs can share them; empty if the job is to be done as it is.</summary>
    /// <exception cref="PacsbinException">Whatever ends the job.</exception>
    public async Task<IReadOnlyList<JobRequest>> PartsAsync(JobRequest request, RunningJob job) =>
        store.IsShared && request.Deidentify is { } body ? [.. (await deidentify.PartsAsync(body, job)).Select(p => new JobRequest { Deidentify = p })] : [];

    private JobResult Scan(StudiesToFind body, RunningJob job)
    {
        var path = folders.RequireReadable(body.Path);
        if (!Path.Exists(path))
        {
            throw new PacsbinException(PacsbinError.FileNotFound, "The file or folder does not exist.");
        }

        var found = new StudyScanner { MayRead = folders.MayRead, Rejected = job.Reject }
            .Scan([path], job.Follow<ScanProgress>(p => new JobProgress(p.Files, 0, 0)), job.Cancellation);
        return new JobResult { Found = new StudyList([.. found.Studies.Select(StudySummary.Of)], found.SkippedFiles, []) };
    }

    private JobResult Report(NewReport body, RunningJob job)
    {
        Rejecting(job, () =>
        {
            review.Report(body, reports.PathOf(job.Id), job.Cancellation);
            return true;
        });
        return new JobResult { Report = body.Format };
    }

    /// <summary>Has the files that kept something from being done in the job, beside what ended it.</summary>
    private static T Rejecting<T>(RunningJob job, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (FilesRejectedException e)
        {
            foreach (var (file, error) in e.Files)
            {
                job.Reject(file, error);
            }

            throw e.Files[0].Error;
        }
    }

    private JobResult FindText(TextToFind body, RunningJob job)
    {
        var studies = finder.Select(body.StudyInstanceUids, body.Workspace, job.Reject, job.Cancellation);
        return new JobResult { Text = new TextProposals(ReviewWork.FindText(studies, body.MinimumScore, body.IncludeText, job.Reject, job.Cancellation), []) };
    }
}
