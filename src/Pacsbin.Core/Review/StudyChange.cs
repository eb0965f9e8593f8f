using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Pacsbin.Deidentification;
using Pacsbin.Studies;

namespace Pacsbin.Review;

/// <summary>Changes files of a study in a workspace while others are kept out: all that are meant, or none if one cannot be changed.</summary>
/// <param name="study">In a workspace.</param>
/// <param name="throttleLimit">The most files processed at once; 0 for the number of processors.</param>
/// <param name="rejected">Receives each file that cannot be changed.</param>
internal sealed class StudyChange(DicomStudy study, int throttleLimit, Action<string, PacsbinException> rejected)
{
    public static PacsbinException NoManifest() =>
        new(PacsbinError.FileNotFound, "The study's folder has no manifest, so it is not a study of a workspace.");

    /// <summary>What a change is staged for: what was staged from other bytes, or by another version, must not be used.</summary>
    public static string SettingsOf(string change, Manifest manifest) =>
        $"{change} " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Deidentifier.Version}|{string.Join('|', manifest.Files.Select(f => $"{f.Name} {f.Xxh128}"))}")));

    /// <summary>Opens the study and lets it be changed; of a change that fails nothing stays, of one that is cancelled what a rerun goes on from.</summary>
    /// <exception cref="PacsbinException">ManifestConflict if another process is writing the study; FileNotFound if it has no manifest; FileIo, FileAccessDenied.</exception>
    public TResult Run<TResult>(Func<StagedStudy, Manifest, TResult> change)
    {
        using var staged = StagedStudy.Open(Path.GetDirectoryName(study.Path)!, Path.GetFileName(study.Path));
        try
        {
            return change(staged, staged.Existing ?? throw NoManifest());
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            if (staged is { IsResumed: true, IsMoving: false })
            {
                TryRemove(staged);
            }

            throw known;
        }
    }

    /// <summary>Processes files, several at a time; gives those that could not be.</summary>
    public IReadOnlyCollection<(string Path, PacsbinException Error)> ForEach<T>(IEnumerable<T> files, Func<T, string> pathOf, Action<T> process, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var errors = new ConcurrentQueue<(string Path, PacsbinException Error)>();
        var done = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = throttleLimit > 0 ? throttleLimit : Environment.ProcessorCount };
        Parallel.ForEach(files, options, file =>
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            try
            {
                process(file);
            }
            catch (OperationCanceledException)
            {
                return; // the staging folder is cleaned by whoever opens it next
            }
            catch (Exception e) when (PacsbinException.FromIo(e) is { } error)
            {
                errors.Enqueue((pathOf(file), error));
            }

            progress?.Report(Interlocked.Increment(ref done));
        });
        cancellationToken.ThrowIfCancellationRequested();
        return errors;
    }

    public void Reject(IEnumerable<(string Path, PacsbinException Error)> errors)
    {
        foreach (var (path, error) in errors.OrderBy(e => e.Path, StringComparer.Ordinal))
        {
            rejected(path, error);
        }
    }

    /// <summary>Refuses a study of which not all files were found, or not all are there: what happens to it would not happen to those.</summary>
    public void RequireWhole(Manifest current)
    {
        var found = study.Series.SelectMany(s => s.Instances).ToList();
        if (found.Exists(i => i.File.Folder != study.Path))
        {
            throw new PacsbinException(PacsbinError.ManifestConflict, "The study was found in several folders. Find it in one of them.");
        }

        if (!current.Files.Select(f => f.Name).ToHashSet(StringComparer.Ordinal).SetEquals(found.Select(i => i.File.Name)))
        {
            throw new PacsbinException(PacsbinError.ManifestConflict, "The study's files are not those that were found with it: it has changed since, or only a part was asked for. Find the whole study again.");
        }

        RequireAllFiles(current);
    }

    /// <summary>Refuses a study that lacks a file.</summary>
    public void RequireAllFiles(Manifest current)
    {
        if (current.Files.Any(f => !File.Exists(Path.Join(study.Path, f.Name))))
        {
            throw new PacsbinException(PacsbinError.ManifestConflict, "The study lacks a file that its manifest lists; if it came back later, nothing would have been done to it. The run that made the study writes it again.");
        }
    }

    /// <summary>The digest of a file whose bytes are those that the manifest lists: a new hash must not cover up a change.</summary>
    /// <exception cref="PacsbinException">ManifestConflict.</exception>
    public FileDigest Verified(ManifestFile file, bool hasSha256, CancellationToken cancellationToken) =>
        FileDigest.OfListed(study.Path, file, hasSha256, cancellationToken)
        ?? throw new PacsbinException(PacsbinError.ManifestConflict, "The file's bytes are not those that the study's manifest lists.");

    private static void TryRemove(StagedStudy staged)
    {
        try
        {
            staged.Remove();
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is not null)
        {
            // What made the run fail keeps this from working too; whoever opens the staging folder next cleans it.
        }
    }
}
