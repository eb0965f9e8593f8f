using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using Pacsbin.Dicom;
using Pacsbin.Redaction;
using Pacsbin.Studies;

namespace Pacsbin.Review;

/// <summary>Burns regions into the files of a study in a workspace: all of them, or none if one cannot be erased.</summary>
/// <remarks>
/// The SOP Instance UIDs stay, because the study's files are named by them, also if it was sent before: the manifest knows which bytes were, and sending refuses to put others under the same UIDs
/// until the archive is told to delete them. A review that was made of the study is void.
/// </remarks>
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
        _ = Manifest.Read(study.Path) ?? throw StudyChange.NoManifest();
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
        var change = new StudyChange(study, ThrottleLimit, Rejected);
        return change.Run((staged, current) => Run(change, staged, current, progress, cancellationToken));
    }

    private bool Run(StudyChange change, StagedStudy staged, Manifest current, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        staged.Resume(Settings(current));
        RequireAllFilesKnown(current);
        change.RequireAllFiles(current);
        var known = current.Files.ToDictionary(f => f.Name, StringComparer.Ordinal);
        var errors = change.ForEach(study.InstancesOf(regions), i => i.Path, i => Erase(change, i, known, staged, cancellationToken), progress, cancellationToken);
        if (errors.Count > 0 || !staged.HasFiles)
        {
            staged.Remove();
            change.Reject(errors);
            return false;
        }

        staged.Change(files => current with { State = StudyState.Deidentified, Approval = null, Files = files });
        study.State = StudyState.Deidentified;
        study.Remove(FindingKind.ApprovalVoid);
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

    private void Erase(StudyChange change, DicomInstance instance, Dictionary<string, ManifestFile> known, StagedStudy staged, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(instance.Path);
        if (staged.TryGet(name, out _))
        {
            return; // an interrupted call had got this far
        }

        using var file = DicomFile.Open(instance.Path);
        if (PixelRedactor.For(file, regions) is not { Regions.Count: > 0 } redactor)
        {
            return;
        }

        var before = known.GetValueOrDefault(name) ?? throw new PacsbinException(PacsbinError.ManifestConflict, "The study's manifest does not list the file.");
        change.Verified(before, hasSha256: false, cancellationToken);
        redactor.Apply(file.Dataset, cancellationToken);
        staged.Add(Write(file, redactor, staged.PathOf(name), before, cancellationToken));
    }

    private static ManifestFile Write(DicomFile file, PixelRedactor redactor, string path, ManifestFile before, CancellationToken cancellationToken)
    {
        using var stream = new HashingStream(path, new XxHash128(), cancellationToken);
        DicomFile.Write(stream, file.Dataset, file.Source, redactor.TransferSyntax);
        return before with
        {
            Length = stream.Length,
            Xxh128 = stream.Hash(),
            Regions = [.. (before.Regions ?? []).Concat(redactor.Regions).Distinct()],
            Sha256 = null,
            Stamp = null, // what the approval claimed of the pixels is true now without it
        };
    }

    private string Settings(Manifest manifest) =>
        "redaction " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{manifest.Settings}|{new RedactionPlan(regions, null)}")));
}
