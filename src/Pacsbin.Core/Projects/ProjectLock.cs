using Pacsbin.Studies;

namespace Pacsbin.Projects;

/// <summary>The turn of one process, or thread, to write settings or key of a project. The system ends it with the process.</summary>
internal static class ProjectLock
{
    /// <summary>The file's name. It is empty and stays: deleted and made again, it would be two files for two processes.</summary>
    public const string FileName = "project.lock";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Waits for the turn, which ends when the result is disposed.</summary>
    /// <exception cref="PacsbinException">ManifestConflict if another process does not end its turn; FileNotFound, FileIo and FileAccessDenied.</exception>
    public static IDisposable Take(string folder)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(Path.Join(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException e) when (StagingJournal.IsSharing(e) && TimeProvider.System.GetElapsedTime(started) < Patience)
            {
                Thread.Sleep(10);
            }
            catch (IOException e) when (StagingJournal.IsSharing(e))
            {
                throw new PacsbinException(PacsbinError.ManifestConflict, "Another process is changing the project.", innerException: e);
            }
            catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
            {
                throw known;
            }
        }
    }
}
