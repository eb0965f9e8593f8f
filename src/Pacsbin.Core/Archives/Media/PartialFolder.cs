using Pacsbin.Studies;

namespace Pacsbin.Archives.Media;

/// <summary>A hidden folder at a destination, in which files are gathered until all are whole. Open, it keeps other processes out.</summary>
internal sealed class PartialFolder : IDisposable
{
    private const string LockName = "lock";
    private readonly FileStream hold;
    private bool isSettled;

    private PartialFolder(string folder, FileStream hold)
    {
        Folder = folder;
        this.hold = hold;
    }

    public string Folder { get; }

    private string LockPath => Path.Join(Folder, LockName);

    /// <summary>Makes the folder, or takes over what a process left that did not come to its end.</summary>
    /// <param name="destination">Where the files are to be.</param>
    /// <param name="name">Under which name.</param>
    /// <exception cref="PacsbinException">ManifestConflict if another process writes there; DestinationExists if the folder is a link.</exception>
    public static PartialFolder Open(string destination, string name)
    {
        var folder = Path.Join(destination, $".{name}.sent{StagedStudy.FolderEnding}");
        Directory.CreateDirectory(folder);
        if (new DirectoryInfo(folder).LinkTarget is not null)
        {
            throw new PacsbinException(PacsbinError.DestinationExists, "The hidden folder at the destination is a link to another place.");
        }

        try
        {
            var path = Path.Join(folder, LockName);
            var hold = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            if (File.Exists(path))
            {
                return new PartialFolder(folder, hold);
            }

            hold.Dispose(); // another process has removed it between opening and locking
            throw Conflict(null);
        }
        catch (Exception e) when (e is DirectoryNotFoundException || (e is IOException io && StagingJournal.IsSharing(io)))
        {
            throw Conflict(e);
        }

        static PacsbinException Conflict(Exception? e) => new(PacsbinError.ManifestConflict, "Another process is writing the same to the destination.", innerException: e);
    }

    /// <summary>Deletes what is in the folder beside what is wanted.</summary>
    /// <param name="wanted">Paths of files.</param>
    public void KeepOnly(IEnumerable<string> wanted) => Clean(new DirectoryInfo(Folder), wanted.Append(LockPath).ToHashSet(StringComparer.Ordinal));

    /// <summary>Gives the folder another name, without the lock; from then on it is not this any more.</summary>
    public void MoveTo(string destination)
    {
        isSettled = true;
        if (OperatingSystem.IsWindows())
        {
            hold.Dispose(); // a folder with an open file cannot be renamed there
        }

        File.Delete(LockPath);
        Directory.Move(Folder, destination);
        hold.Dispose();
    }

    /// <summary>Removes the folder with all that is in it.</summary>
    public void Remove()
    {
        isSettled = true;
        KeepOnly([]);
        if (OperatingSystem.IsWindows())
        {
            hold.Dispose();
        }

        Directory.Delete(Folder, recursive: true);
        hold.Dispose();
    }

    /// <summary>Removes the folder as far as that works, because an error is to be told.</summary>
    public void TryRemove()
    {
        try
        {
            Remove();
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is not null)
        {
            // It is hidden, and whoever sends there next takes it over.
        }
    }

    /// <summary>Lets others at the folder. What is whole stays for a rerun; a folder that was opened in vain goes.</summary>
    public void Dispose()
    {
        try
        {
            if (!isSettled && !Directory.EnumerateFileSystemEntries(Folder).Any(f => f != LockPath))
            {
                Remove();
            }
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is not null)
        {
            // The destination is gone, which somebody has told already.
        }

        hold.Dispose();
    }

    /// <summary>Deletes links themselves, never what is behind them.</summary>
    private static void Clean(DirectoryInfo folder, HashSet<string> wanted)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0 }).ToList())
        {
            if (entry is DirectoryInfo { LinkTarget: null } inner)
            {
                Clean(inner, wanted);
                if (!inner.EnumerateFileSystemInfos().Any())
                {
                    inner.Delete();
                }
            }
            else if (!wanted.Contains(entry.FullName))
            {
                entry.Delete();
            }
        }
    }
}
