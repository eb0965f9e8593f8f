using Pacsbin.Studies;

namespace Pacsbin.Sidecar;

/// <summary>A private folder in which reports wait until they are read; gone when the sidecar ends.</summary>
internal sealed class ReportFiles : IDisposable
{
    private readonly Lazy<string> folder = new(() => PrivateFolder.Make(Path.Join(Path.GetTempPath(), $"pacsbin-reports-{Guid.NewGuid():N}")));

    /// <summary>A path for a new report.</summary>
    public string NewPath() => Path.Join(folder.Value, Guid.NewGuid().ToString("N"));

    /// <summary>Opens a report that is gone when it is closed.</summary>
    public static Stream Open(string path) => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 65536, FileOptions.DeleteOnClose | FileOptions.SequentialScan | FileOptions.Asynchronous);

    public void Dispose()
    {
        if (folder.IsValueCreated && Directory.Exists(folder.Value))
        {
            Directory.Delete(folder.Value, recursive: true);
        }
    }
}
