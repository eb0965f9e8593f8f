using System.Collections.Concurrent;
using System.Security.Cryptography;
using Pacsbin.Archives;
using Pacsbin.Deidentification;
using Pacsbin.Sidecar.Access;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;
using Pacsbin.Studies;

namespace Pacsbin.Sidecar.Jobs.Work;

/// <summary>De-identifies studies of paths, of an upload, or of an archive.</summary>
internal sealed class DeidentifyWork(AllowedFolders folders, UploadFolder uploads, JobStore store)
{
    /// <summary>Refuses what could not be done: names, paths, scripts and options are looked at before there is a job.</summary>
    /// <exception cref="PacsbinException">What <see cref="RunAsync"/> would throw of them.</exception>
    public void Require(StudiesToDeidentify body)
    {
        RequestRefusedException.RequireNoNulls(body.Paths, body.StudyInstanceUids, body.Options, body.Parameters?.Values, body.Regions, body.AllowedWords);
        if (new[] { body.Paths is { Count: > 0 }, body.Upload is not null, body.Archive is not null }.Count(given => given) != 1)
        {
            throw RequestRefusedException.BadRequest("Give one of paths, upload and archive.");
        }

        foreach (var path in body.Paths ?? [])
        {
            if (!Path.Exists(folders.RequireReadable(path)))
            {
                throw new PacsbinException(PacsbinError.FileNotFound, "The file or folder does not exist.");
            }
        }

        if (body.Upload is { } upload)
        {
            uploads.FolderOf(upload);
        }

        if (body.Archive is { } archive)
        {
            new ArchiveStore().Find(archive);
            WantedStudies.Require(body.StudyInstanceUids, body.Query);
        }
        else if (body.Query is not null)
        {
            throw RequestRefusedException.BadRequest("A query is for an archive.");
        }

        DeidentificationSetup.Read(body, folders, store.Crosswalks).Dispose();
    }

    /// <summary>A request for each study; empty for one study or none.</summary>
    /// <remarks>Without project and key, all share a random key, which is forgotten with the last of them: a patient of two studies has one pseudonym.</remarks>
    public async Task<IReadOnlyList<StudiesToDeidentify>> PartsAsync(StudiesToDeidentify body, RunningJob job)
    {
        if (body.StudyInstanceUids is { Count: 1 })
        {
            return [];
        }

        var shared = body with { Query = null, Key = body.Key ?? (body.Project is null ? Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) : null) };
        if (body.Archive is { } archive)
        {
            var archives = new ArchiveStore();
            using var client = new ArchiveClient(archives, archives.Find(archive));
            return [.. (await WantedStudies.FindAsync(client, body.StudyInstanceUids, body.Query, job.Cancellation)).Select(uid => shared with { StudyInstanceUids = [uid] })];
        }

        return [.. Sources(body, job).Select(study => shared with
        {
            Paths = body.Paths is null ? null : [.. study.Series.SelectMany(s => s.Instances).Select(i => i.FolderPath).Distinct(StringComparer.Ordinal)],
            StudyInstanceUids = [study.StudyInstanceUid],
            Regions = body.Regions is null ? null : study.RegionsMeant(body.Regions),
        })];
    }

    public async Task<JobResult> RunAsync(StudiesToDeidentify body, RunningJob job)
    {
        using var setup = DeidentificationSetup.Read(body, folders, store.Crosswalks);
        job.Warn(setup.Warnings);
        var run = setup.NewRun(job.Reject);
        try
        {
            var done = new ConcurrentQueue<DicomStudy>();
            if (body.Archive is null)
            {
                Run(run, Sources(body, job), body, done, job);
            }
            else
            {
                await RunFromArchiveAsync(run, body, done, job);
            }

            job.WhenRecorded = isDone =>
            {
                using (run)
                {
                    if (isDone)
                    {
                        run.End();
                    }
                }
            };
            return new JobResult { Deidentified = [.. done.Select(DeidentifiedStudy.Of).OrderBy(s => s.StudyInstanceUid, StringComparer.Ordinal)] };
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    private static void Run(DeidentificationRun run, List<DicomStudy> studies, StudiesToDeidentify body, ConcurrentQueue<DicomStudy> done, RunningJob job)
    {
        foreach (var study in studies)
        {
            study.Plan(study.RegionsMeant(body.Regions ?? []));
        }

        if (studies.Count > 0)
        {
            job.Report(0, studies.Sum(s => s.InstanceCount), 0);
            run.Run(studies, done.Enqueue, job.Follow<RunProgress>(p => new JobProgress(p.Files, p.TotalFiles, p.Bytes)), job.Cancellation);
        }
    }

    /// <summary>Fetches one study after the other, so that no more than one lies there identified.</summary>
    private static async Task RunFromArchiveAsync(
        DeidentificationRun run, StudiesToDeidentify body, ConcurrentQueue<DicomStudy> done, RunningJob job)
    {
        var archives = new ArchiveStore();
        using var client = new ArchiveClient(archives, archives.Find(body.Archive!));
        using var transient = new TransientFolder();
        foreach (var uid in await WantedStudies.FindAsync(client, body.StudyInstanceUids, body.Query, job.Cancellation))
        {
            try
            {
                var study = await new StudyReceive(client) { IsTransient = true }.RunAsync(
                    new RetrieveRequest(uid), transient.Folder, job.Follow<ReceiveProgress>(p => new JobProgress(p.Instances, p.TotalInstances, p.Bytes)), job.Cancellation);
                Run(run, [study], body, done, job);
            }
            catch (PacsbinException e) when (e.Error is PacsbinError.ArchiveFailed or PacsbinError.FileNotFound)
            {
                job.Reject(body.Archive!, e);
            }
        }
    }

    private List<DicomStudy> Sources(StudiesToDeidentify body, RunningJob job)
    {
        string[] paths = body.Upload is { } upload ? [uploads.FolderOf(upload)] : [.. body.Paths!.Select(folders.RequireReadable)];
        Predicate<string>? mayRead = body.Upload is null ? folders.MayRead : null;
        var scanner = new StudyScanner { IncludeDirectories = true, MayRead = mayRead, Rejected = job.Reject };
        var found = scanner.Scan(paths, job.Follow<ScanProgress>(p => new JobProgress(0, 0, 0)), job.Cancellation).Studies.Where(s => !s.IsInWorkspace).ToList();
        if (body.StudyInstanceUids is not { } wanted)
        {
            return found;
        }

        var missing = wanted.Distinct(StringComparer.Ordinal).Count(u => found.All(s => s.StudyInstanceUid != u));
        return missing == 0
            ? [.. found.Where(s => wanted.Contains(s.StudyInstanceUid, StringComparer.Ordinal))]
            : throw new PacsbinException(PacsbinError.FileNotFound, $"{missing} of the studies that are named are not there.");
    }
}
