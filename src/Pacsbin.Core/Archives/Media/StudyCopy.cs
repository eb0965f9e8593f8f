using System.Buffers;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Pacsbin.Studies;

namespace Pacsbin.Archives.Media;

/// <summary>An approved study on its way to a folder or a .zip file, and what is counted of it.</summary>
/// <param name="study">In a workspace.</param>
/// <param name="approved">The same, kept from other processes; it is disposed with this.</param>
/// <param name="meter">Counts all studies.</param>
internal sealed class StudyCopy(DicomStudy study, ApprovedStudy approved, CopyMeter meter) : IDisposable
{
    private const int BufferLength = 1024 * 1024;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private int stored;
    private int skipped;
    private long bytes;

    public DicomStudy Study => study;

    public IReadOnlyList<ManifestFile> Files => approved.Manifest.Files;

    /// <summary>The name of the study's folder: its new Study Instance UID, or the SOP Instance UID of an object without a study; never what somebody made of the folder in the workspace.</summary>
    public string Name { get; } = Workspace.SafeName(
        approved.Manifest.StudyInstanceUid.Length > 0 ? approved.Manifest.StudyInstanceUid : Path.GetFileNameWithoutExtension(approved.Manifest.Files[0].Name));

    /// <summary>The file in the workspace, to read its header; the bytes are those that were approved if <see cref="CopyTo(ManifestFile, Stream, CancellationToken)"/> succeeds after that.</summary>
    public string PathOf(ManifestFile file) => Path.Join(approved.Folder, file.Name);

    /// <summary>Copies an approved file to a path in a hidden folder and reads it again from there; one that is there whole is left.</summary>
    /// <param name="file">The file.</param>
    /// <param name="target">Where it is to be. Its folder is not made: where a share has gone away there would be a local one.</param>
    /// <param name="cancellationToken">Stops between two parts of the file, of which nothing stays.</param>
    /// <exception cref="PacsbinException">NotApproved if it is not the file that was approved; FileIo if what is read again is something else.</exception>
    public void CopyTo(ManifestFile file, string target, CancellationToken cancellationToken)
    {
        if (Holds(target, file, cancellationToken))
        {
            Skip(file);
            return;
        }

        File.Delete(target);
        try
        {
            using (var output = new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                CopyTo(file, output, cancellationToken);
                output.Flush(flushToDisk: true); // a share says yes long before
            }

            if (!Holds(target, file, cancellationToken))
            {
                throw new PacsbinException(PacsbinError.FileIo, "The destination does not hold what was written to it.");
            }
        }
        catch
        {
            TryDelete(target);
            throw;
        }

        Store(file);
    }

    /// <summary>Copies an approved file; whoever calls this sees to <see cref="Store"/>.</summary>
    /// <exception cref="PacsbinException">What is wrong with the source: NotApproved, FileIo, FileAccessDenied.</exception>
    /// <exception cref="IOException">What is wrong with the destination.</exception>
    public void CopyTo(ManifestFile file, Stream output, CancellationToken cancellationToken)
    {
        using var source = Read(() => approved.OpenFile(file));
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            for (int read; (read = Read(() => source.Read(buffer))) > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                output.Write(buffer, 0, read);
                meter.AddBytes(read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Whether a path is a file with exactly the approved bytes.</summary>
    public static bool Holds(string path, ManifestFile file, CancellationToken cancellationToken)
    {
        var info = new FileInfo(path);
        return info.Exists && info.LinkTarget is null && info.Length == file.Length && FileDigest.Of(path, hasSha256: true, cancellationToken).Sha256 == file.Sha256;
    }

    /// <summary>Asserts, before files get their place, that all are there: a share that has gone away, or come back, may have taken some along.</summary>
    /// <exception cref="PacsbinException">FileIo.</exception>
    public static void RequireAll(IEnumerable<(string Path, ManifestFile File)> files)
    {
        if (files.Any(f => new FileInfo(f.Path) is var info && (!info.Exists || info.Length != f.File.Length)))
        {
            throw new PacsbinException(PacsbinError.FileIo, "The destination does not hold any more what was written to it.");
        }
    }

    /// <summary>Processes files, several at a time, up to the first that fails.</summary>
    public static void ForEach<T>(IEnumerable<T> files, int throttleLimit, Action<T> process, CancellationToken cancellationToken)
    {
        Exception? first = null;
        var options = new ParallelOptions { MaxDegreeOfParallelism = throttleLimit > 0 ? throttleLimit : Environment.ProcessorCount };
        Parallel.ForEach(files, options, (file, state) =>
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                process(file);
            }
            catch (OperationCanceledException)
            {
                state.Stop();
            }
            catch (Exception e) when (PacsbinException.FromIo(e) is not null)
            {
                Interlocked.CompareExchange(ref first, e, null);
                state.Stop();
            }
        });
        cancellationToken.ThrowIfCancellationRequested();
        if (first is not null)
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }

    /// <summary>Counts a file that was copied and is whole.</summary>
    public void Store(ManifestFile file)
    {
        Interlocked.Increment(ref stored);
        Interlocked.Add(ref bytes, file.Length);
        meter.AddInstance(0);
    }

    /// <summary>Counts a file that was there.</summary>
    public void Skip(ManifestFile file)
    {
        Interlocked.Increment(ref skipped);
        meter.AddInstance(file.Length);
    }

    /// <summary>Forgets what was counted.</summary>
    public void Restart() => (stored, skipped, bytes) = (0, 0, 0);

    /// <summary>Notes in the manifest that the study is at the destination, whole.</summary>
    /// <param name="archive">Folder or Zip.</param>
    /// <exception cref="PacsbinException">FileIo, FileAccessDenied, ManifestConflict: the copy is there, and the manifest does not say so.</exception>
    public SendResult Complete(string archive)
    {
        approved.Complete(archive, null);
        study.State = StudyState.Sent;
        return new SendResult(study.StudyInstanceUid, archive, study.Path, stored, 0, skipped, bytes, clock.Elapsed, []) { IsVerified = true }; // every file was read again where it is now
    }

    public void Dispose() => approved.Dispose();

    /// <summary>Makes an error of the source tell itself from one of the destination.</summary>
    private static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is not null)
        {
            // It is in a hidden folder, and the next run sees that it is not whole.
        }
    }
}
