using Pacsbin.Studies;

namespace Pacsbin.Archives;

/// <summary>A folder that only its owner can read, for identified files on their way to de-identification; nothing of it stays.</summary>
/// <remarks>
/// It is in the user's own application data, or in the folder that the environment variable PACSBIN_TRANSIENT names, and not among the temporary files of all users. What a killed process left is
/// deleted by the next one: its lock is gone with it.
/// </remarks>
public sealed class TransientFolder : IDisposable
{
    /// <summary>The environment variable that names the folder in which these folders are made.</summary>
    public const string EnvironmentVariable = "PACSBIN_TRANSIENT";

    private const string Prefix = "transient-";
    private const string LockName = "lock";
    private readonly FileStream turn;

    /// <summary>Makes the folder, and deletes those that were left.</summary>
    /// <exception cref="PacsbinException">FileNotFound if the user has no application data; FileIo, FileAccessDenied, also if others can write where the folder is to be.</exception>
    public TransientFolder()
    {
        try
        {
            var root = Root();
            DeleteLeftovers(root);
            for (var attempt = 0; ; attempt++)
            {
                Folder = PrivateFolder.Make(Path.Join(root, Prefix + Guid.NewGuid().ToString("N")));
                turn = new FileStream(Path.Join(Folder, LockName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
                if (File.Exists(turn.Name) || attempt == 3)
                {
                    break;
                }

                turn.Dispose(); // another process has taken it for a leftover before it was locked
            }
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    /// <summary>The folder's full path.</summary>
    public string Folder { get; }

    /// <summary>Deletes the folder with all that is in it.</summary>
    public void Dispose()
    {
        turn.Dispose();
        TryDelete(Folder);
    }

    private static string Root() => RequirePrivate(PrivateFolder.Make(PrivateFolder.OfUser(EnvironmentVariable, "transient")));

    /// <summary>Refuses a folder in which others could put something in the place of ours, because what is left there is deleted.</summary>
    private static string RequirePrivate(string folder) =>
        OperatingSystem.IsWindows() || (File.GetUnixFileMode(folder) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0
            ? folder
            : throw new PacsbinException(PacsbinError.FileAccessDenied, "Others than its owner can write to the folder for transient files. Take their permissions away, or choose another place.");

    private static void DeleteLeftovers(string root)
    {
        foreach (var folder in new DirectoryInfo(root).EnumerateDirectories(Prefix + "*").Where(IsLeft))
        {
            TryDelete(folder.FullName);
        }
    }

    /// <summary>Whether no process holds the lock; a folder that has none yet is being made, unless it is old.</summary>
    private static bool IsLeft(DirectoryInfo folder)
    {
        if (folder.LinkTarget is not null)
        {
            return false;
        }

        try
        {
            using var file = new FileStream(Path.Join(folder.FullName, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            return true;
        }
        catch (FileNotFoundException)
        {
            return DateTime.UtcNow - folder.CreationTimeUtc > TimeSpan.FromMinutes(10);
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is not null)
        {
            return false; // in use, or another user's
        }
    }

    private static void TryDelete(string folder)
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
                return;
            }
            catch (DirectoryNotFoundException)
            {
                return;
            }
            catch (Exception e) when (PacsbinException.FromIo(e) is not null)
            {
                Thread.Sleep(50); // a thread that was stopped is still writing a file
            }
        }
    }
}
