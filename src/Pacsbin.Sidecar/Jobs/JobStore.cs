using System.IO.Hashing;
using System.Text;
using Microsoft.Data.Sqlite;
using Pacsbin.Sidecars;
using Pacsbin.Studies;

namespace Pacsbin.Sidecar.Jobs;

/// <summary>The folder in which a sidecar keeps jobs, schedules and uploads; for its owner only, and for one sidecar at a time.</summary>
internal sealed class JobStore : IDisposable
{
    private readonly FileStream turn;

    /// <exception cref="PacsbinException">ManifestConflict if another sidecar has the folder; FileNotFound, FileIo, FileAccessDenied.</exception>
    public JobStore(SidecarOptions options)
    {
        try
        {
            Folder = PrivateFolder.Make(options.Store is { } chosen ? Path.GetFullPath(chosen) : DefaultOf(options));
            turn = Lock(Path.Join(Folder, "lock"));
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    public string Folder { get; }

    /// <summary>How to open a database of the folder, which is made for its owner only if it is not there.</summary>
    public string ConnectionStringOf(string name)
    {
        var path = Path.Join(Folder, name);
        if (!File.Exists(path))
        {
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var made = new FileStream(path, options);
        }

        return new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite }.ToString();
    }

    public void Dispose() => turn.Dispose();

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException)
        {
            throw new PacsbinException(PacsbinError.ManifestConflict, "Another sidecar has the folder of jobs: choose another one with --store.");
        }
    }

    /// <summary>One for each workspace, so that a sidecar finds its jobs again.</summary>
    private static string DefaultOf(SidecarOptions options)
    {
        var place = options.Workspace is null ? "" : Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Workspace));
        return Path.Join(PrivateFolder.Make(SidecarRecord.Folder), $"jobs-{Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(place)))}");
    }
}
