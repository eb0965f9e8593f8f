using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using Pacsbin.Dicom;
using Pacsbin.Redaction;
using Pacsbin.Studies;

namespace Pacsbin.Review;

/// <summary>Burns regions into the files of a study in a workspace: all of them, or none if one cannot be erased.</summary>
/// <remarks>The SOP Instance UIDs stay: the study has not left, and its files are named by them. A review that was made of it is void.</remarks>
public sealed class StudyRedaction
{
    private readonly DicomStudy study;
    private readonly IReadOnlyList<RedactionRegion> regions;

    /// <summary>Prepares to erase.</summary>
    /// <param name="study">In a workspace.</param>
    /// <param name="regions">In the UIDs of the workspace.</param>
    /// <exception cref="PacsbinException">FileNotFound if the study is in no workspace; FileIo, FileAccessDenied, MalformedElement if its manifest cannot be read.</exception>
    public StudyRedaction(DicomStudy study, IReadOnlyList<RedactionRegion> regions)
    {
        ArgumentNullException.ThrowIfNull(study);
        ArgumentNullException.ThrowIfNull(regions);
        this.study = study;
        this.regions = regions;
        _ = Manifest.Read(study.Path) ?? throw NoManifest();
    }

    /// <summary>The most files processed at once; 0 for the number of processors.</summary>
    public int ThrottleLimit { get; init; }

    /// <summary>Receives each file that cannot be erased; called from several threads.</summary>
    public Action<string, PacsbinException> Rejected { get; init; } = static (_, _) => { };

    /// <summary>Erases; true if files were written, false if nothing is to be erased or a file was rejected.</summary>
    /// <param name="progress">Told how many files are done.</param>
    /// <param name="cancellationToken">Stops at once; the study stays as it is, and the same call goes on from there.</param>
    /// <exception cref="PacsbinException">ManifestConflict if another process is writing the study, a file of it is missing, or a region may be meant for a file that was not found with it; FileIo, FileAccessDenied.</exception>
    public bool Run(IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        using var staged = StagedStudy.Open(Path.GetDirectoryName(study.Path)!, Path.GetFileName(study.Path));
        try
        {
            return Run(staged, progress, cancellationToken);
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            if (!staged.IsMoving)
            {
                TryRemove(staged);
            }

            throw known;
        }
    }

    private bool Run(StagedStudy staged, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var current = staged.Existing ?? throw NoManifest();
        staged.Resume(Settings(current));
        RequireAllFilesKnown(current);
        var instances = study.InstancesOf(regions).ToList();
        if (current.Files.Any(f => !File.Exists(Path.Join(study.Path, f.Name))))
        {
            throw new PacsbinException(PacsbinError.ManifestConflict, "The study lacks a file that its manifest lists; if it came back later, it would not be erased. The run that made the study writes it again.");
        }

        var known = current.Files.ToDictionary(f => f.Name, StringComparer.Ordinal);
        var errors = new ConcurrentQueue<(string Path, PacsbinException Error)>();
        var done = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = ThrottleLimit > 0 ? ThrottleLimit : Environment.ProcessorCount };
        Parallel.ForEach(instances, options, instance =>
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                Erase(instance, known, staged, errors, cancellationToken);
                progress?.Report(Interlocked.Increment(ref done));
            }
        });
        cancellationToken.ThrowIfCancellationRequested();
        if (!errors.IsEmpty)
        {
            staged.Remove();
            foreach (var (path, error) in errors)
            {
                Rejected(path, error);
            }

            return false;
        }

        if (!staged.HasFiles)
        {
            staged.Remove();
            return false;
        }

        staged.Finish(files => current with { State = StudyState.Deidentified, Files = files });
        study.State = StudyState.Deidentified;
        return true;
    }

    /// <summary>Refuses regions for all images if only some of the files are known: the others would stay as they are, and nobody would be told.</summary>
    private void RequireAllFilesKnown(Manifest current)
    {
        var found = study.Series.SelectMany(s => s.Instances).Select(i => i.File.Name).ToHashSet(StringComparer.Ordinal);
        if (regions.Any(r => r.SopInstanceUid is null) && !current.Files.All(f => found.Contains(f.Name)))
        {
            throw new PacsbinException(PacsbinError.ManifestConflict, "The study has files that were not found with it: it has changed since, or only a part was asked for. Find the whole study again, or name the images.");
        }
    }

    private static PacsbinException NoManifest() =>
        new(PacsbinError.FileNotFound, "The study's folder has no manifest, so it is not a study of a workspace.");

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

    private void Erase(DicomInstance instance, Dictionary<string, ManifestFile> known, StagedStudy staged, ConcurrentQueue<(string Path, PacsbinException Error)> errors, CancellationToken cancellationToken)
    {
        try
        {
            var name = Path.GetFileName(instance.Path);
            if (staged.TryGetLength(name, out _))
            {
                return; // an interrupted call had got this far
            }

            using var file = DicomFile.Open(instance.Path);
            if (PixelRedactor.For(file, regions) is not { Regions.Count: > 0 } redactor)
            {
                return;
            }

            var before = Verified(known, name, instance.Path);
            redactor.Apply(file.Dataset, cancellationToken);
            staged.Add(Write(file, redactor, staged.PathOf(name), before, cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // The staging folder is cleaned by whoever opens it next.
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } error)
        {
            errors.Enqueue((instance.Path, error));
        }
    }

    private static ManifestFile Write(DicomFile file, PixelRedactor redactor, string path, ManifestFile before, CancellationToken cancellationToken)
    {
        using var stream = new HashingStream(path, new XxHash128(), cancellationToken);
        DicomFile.Write(stream, file.Dataset, file.Source, redactor.TransferSyntax);
        return before with { Length = stream.Length, Xxh128 = stream.Hash(), Regions = [.. (before.Regions ?? []).Concat(redactor.Regions).Distinct()] };
    }

    /// <summary>The manifest's entry of a file whose bytes are those that it lists: a new hash must not cover up a change.</summary>
    private static ManifestFile Verified(Dictionary<string, ManifestFile> known, string name, string path)
    {
        if (!known.TryGetValue(name, out var entry))
        {
            throw new PacsbinException(PacsbinError.ManifestConflict, "The study's manifest does not list the file.");
        }

        using var stream = File.OpenRead(path);
        var hash = new XxHash128();
        hash.Append(stream);
        return Convert.ToHexStringLower(hash.GetCurrentHash()) == entry.Xxh128
            ? entry
            : throw new PacsbinException(PacsbinError.ManifestConflict, "The file's bytes are not those that the study's manifest lists.");
    }

    private string Settings(Manifest manifest) =>
        "redaction " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{manifest.Settings}|{new RedactionPlan(regions, null)}")));
}
