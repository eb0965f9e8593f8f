using Pacsbin.Sidecar.Jobs;
using Pacsbin.Studies;

namespace Pacsbin.Sidecar;

/// <summary>Private folders of reports: those that somebody waits for, gone when they are read, and those of jobs, gone with the job.</summary>
internal sealed class ReportFiles(JobStore store) : IDisposable
{
    private readonly Lazy<string> awaited = new(() => PrivateFolder.Make(Path.Join(Path.GetTempPath(), $"pacsbin-reports-{Guid.NewGuid():N}")));
    private readonly Lazy<string> kept = new(() => PrivateFolder.Make(Path.Join(store.Folder, "reports")));

    /// <summary>A path for a new report.</summary>
    public string NewPath() => Path.Join(awaited.Value, Guid.NewGuid().ToString("N"));

    /// <summary>The path of a job's report.</summary>
    public string PathOf(string job) => Path.Join(kept.Value, job);

    /// <summary>Opens a report.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="once">Whether it is gone when it is closed.</param>
    public static Stream Open(string path, bool once) => new FileStream(
        path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 65536, (once ? FileOptions.DeleteOnClose : 0) | FileOptions.SequentialScan | FileOptions.Asynchronous);

    /// <summary>Deletes the report of a job, if it has one.</summary>
    public void Delete(string job) => File.Delete(PathOf(job));

    /// <summary>Deletes the reports of jobs that are forgotten.</summary>
    /// <param name="isKnown">Whether there is a job of an id.</param>
    public void DeleteForgotten(Predicate<string> isKnown)
    {
        foreach (var path in Directory.EnumerateFiles(kept.Value).Where(p => Guid.TryParseExact(Path.GetFileName(p), "N", out _) && !isKnown(Path.GetFileName(p))).ToList()) // others are being written
        {
            File.Delete(path);
        }
    }

    public void Dispose()
    {
        if (awaited.IsValueCreated && Directory.Exists(awaited.Value))
        {
            Directory.Delete(awaited.Value, recursive: true);
        }
    }
}
