using Pacsbin.Archives;
using Pacsbin.Archives.Media;
using Pacsbin.Projects;
using Pacsbin.Sidecar.Access;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;

namespace Pacsbin.Sidecar.Jobs.Work;

/// <summary>Fetches studies from archives, and sends approved ones.</summary>
internal sealed class ArchiveWork(AllowedFolders folders, StudyFinder finder)
{
    /// <exception cref="PacsbinException">FileNotFound, FileAccessDenied.</exception>
    public void Require(StudiesToReceive body)
    {
        RequestRefusedException.RequireNoNulls(body.StudyInstanceUids);
        WantedStudies.Require(body.StudyInstanceUids, body.Query);
        if ((body.SopInstanceUid is not null && body.SeriesInstanceUid is null) || (body.SeriesInstanceUid is not null && body.StudyInstanceUids is not [_]))
        {
            throw RequestRefusedException.BadRequest("An instance needs its series, and a series a single study (PS3.18 10.4.1.1).");
        }

        folders.RequireReceived(body.Destination);
        new ArchiveStore().Find(body.Archive);
    }

    /// <exception cref="PacsbinException">FileNotFound, FileAccessDenied.</exception>
    public void Require(StudiesToSend body)
    {
        RequestRefusedException.RequireNoNulls(body.StudyInstanceUids);
        if (new[] { body.Archive, body.Project, body.Destination }.Count(t => t is not null) != 1 || (body.MediaDirectory && body.Destination is null))
        {
            throw RequestRefusedException.BadRequest("Give one of archive, project and destination; a DICOMDIR is for a destination.");
        }

        if (body.RequestInstances is < 1 or > 10_000 || body.RequestMegabytes is < 1 or > 100_000)
        {
            throw RequestRefusedException.BadRequest("A request has from 1 to 10,000 instances and from 1 to 100,000 MiB.");
        }

        if (body.Destination is { } destination)
        {
            folders.RequireOutgoing(destination);
        }
        else
        {
            new ArchiveStore().Find(ArchiveOf(body));
        }

        foreach (var uid in body.StudyInstanceUids ?? [])
        {
            finder.FolderOf(uid, body.Workspace);
        }

        folders.RequireWorkspace(body.Workspace);
    }

    public async Task<JobResult> ReceiveAsync(StudiesToReceive body, RunningJob job)
    {
        var folder = folders.RequireReceived(body.Destination);
        var store = new ArchiveStore();
        using var client = new ArchiveClient(store, store.Find(body.Archive));
        var received = new List<StudySummary>();
        foreach (var uid in await WantedStudies.FindAsync(client, body.StudyInstanceUids, body.Query, job.Cancellation))
        {
            try
            {
                var study = await new StudyReceive(client).RunAsync(
                    new RetrieveRequest(uid, body.SeriesInstanceUid, body.SopInstanceUid),
                    folder,
                    job.Follow<ReceiveProgress>(p => new JobProgress(p.Instances, p.TotalInstances, p.Bytes)),
                    job.Cancellation);
                received.Add(StudySummary.Of(study));
            }
            catch (PacsbinException e) when (e.Error is PacsbinError.ArchiveFailed or PacsbinError.FileNotFound)
            {
                job.Reject(body.Archive, e);
            }
        }

        return new JobResult { Received = received };
    }

    public async Task<JobResult> SendAsync(StudiesToSend body, RunningJob job)
    {
        var studies = finder.Select(body.StudyInstanceUids, body.Workspace, job.Reject, job.Cancellation);
        var results = new System.Collections.Concurrent.ConcurrentQueue<SendResult>();
        var progress = job.Follow<SendProgress>(p => new JobProgress(p.Instances, p.TotalInstances, p.Bytes));
        if (body.Destination is { } destination)
        {
            var path = folders.RequireOutgoing(destination);
            new FolderSend(path)
            {
                IsZip = Path.GetExtension(path).Equals(".zip", StringComparison.OrdinalIgnoreCase),
                HasDirectory = body.MediaDirectory,
                Force = body.Force,
                Rejected = job.Reject,
            }.Run(studies, results.Enqueue, progress, job.Cancellation);
        }
        else
        {
            var store = new ArchiveStore();
            using var client = new ArchiveClient(store, store.Find(ArchiveOf(body)));
            await new StudySend(client)
            {
                RequestInstances = body.RequestInstances,
                RequestBytes = (long)body.RequestMegabytes << 20,
                Force = body.Force,
                Rejected = job.Reject,
            }.RunAsync(studies, results.Enqueue, progress, job.Cancellation);
        }

        return new JobResult { Sent = [.. results] };
    }

    private string ArchiveOf(StudiesToSend body) => body.Archive ?? ProjectSettings.Read(folders.RequireProject(body.Project!)).Archive
        ?? throw new PacsbinException(PacsbinError.FileNotFound, "The project has no archive.");
}
