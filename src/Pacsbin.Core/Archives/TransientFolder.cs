using Pacsbin.Studies;

namespace Pacsbin.Archives;

/// <summary>A temporary folder that only its owner can read, for identified files on their way to de-identification; nothing of it stays.</summary>
/// <remarks>What a killed process left is deleted by the next one: its lock is gone with it.</remarks>
public sealed class TransientFolder : IDisposable
{
    private const string Prefix = "pacsbin-transient-";
    private const string LockName = "lock";
    private readonly FileStream turn;

    /// <summary>Makes the folder, and deletes those that were left.</summary>
    /// <exception cref="PacsbinException">FileIo, FileAccessDenied.</exception>
    public TransientFolder()
    {
        try
        {
            DeleteLeftovers();
            Folder = Directory.CreateTempSubdirectory(Prefix).FullName;
            turn = new FileStream(Path.Join(Folder, LockName), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
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

    private static void DeleteLeftovers()
    {
        foreach (var folder in new DirectoryInfo(Path.GetTempPath()).EnumerateDirectories(Prefix + "*").Where(IsLeft))
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
