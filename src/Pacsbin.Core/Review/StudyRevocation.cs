using Pacsbin.Studies;

namespace Pacsbin.Review;

/// <summary>What became of a revocation.</summary>
public enum RevocationOutcome
{
    /// <summary>The study is not approved any more, and no file claims that it was.</summary>
    Revoked,

    /// <summary>There was nothing to revoke.</summary>
    NotApproved,

    /// <summary>The study is not approved any more, but its files still say what the approval wrote, because one of them is missing or not the one that was approved.</summary>
    StampsLeft,
}

/// <summary>Takes an approval back, and from the files what it wrote into them: from all, or from none if one of them is not the one that was approved.</summary>
/// <remarks>The files are then, byte for byte, those that were there before the approval. What was sent meanwhile stays where it is.</remarks>
public sealed class StudyRevocation
{
    private readonly DicomStudy study;

    /// <summary>Prepares to revoke.</summary>
    /// <param name="study">In a workspace.</param>
    public StudyRevocation(DicomStudy study)
    {
        ArgumentNullException.ThrowIfNull(study);
        this.study = study;
    }

    /// <summary>The most files processed at once; 0 for the number of processors.</summary>
    public int ThrottleLimit { get; init; }

    /// <summary>Receives each file that keeps what the approval wrote from being taken back.</summary>
    public Action<string, PacsbinException> Rejected { get; init; } = static (_, _) => { };

    /// <summary>Revokes.</summary>
    /// <param name="progress">Told how many files are done.</param>
    /// <param name="cancellationToken">Stops at once; the study stays as it is, and the same call goes on from there.</param>
    /// <exception cref="PacsbinException">FileNotFound if the study is in no workspace; ManifestConflict if another process is writing it; FileIo, FileAccessDenied.</exception>
    public RevocationOutcome Run(IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        if (!study.IsInWorkspace)
        {
            throw StudyChange.NoManifest();
        }

        var change = new StudyChange(study, ThrottleLimit, Rejected);
        return change.Run((staged, current) => Run(change, staged, current, progress, cancellationToken));
    }

    private RevocationOutcome Run(StudyChange change, StagedStudy staged, Manifest current, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        // Also after an interrupted revocation, or a change that made the approval void: files may say what is not true any more.
        var stamped = current.Files.Where(f => f.Stamp is not null).ToList();
        if (current is { State: StudyState.Deidentified, Approval: null } && current.Files.All(f => f is { Stamp: null, Sha256: null }))
        {
            return RevocationOutcome.NotApproved;
        }

        staged.Resume(StudyChange.SettingsOf("revocation", current));
        var errors = change.ForEach(stamped, PathOf, f => Unstamp(change, f, staged, cancellationToken), progress, cancellationToken);
        if (errors.Count > 0)
        {
            staged.Resume("revocation of the approval alone"); // drops what is staged
        }

        staged.Change(files => current with
        {
            State = StudyState.Deidentified,
            Approval = null,
            Files = errors.Count > 0 ? files : [.. files.Select(f => f with { Sha256 = null })],
        });
        study.State = StudyState.Deidentified;
        study.Remove(FindingKind.ApprovalVoid);
        change.Reject(errors);
        return errors.Count > 0 ? RevocationOutcome.StampsLeft : RevocationOutcome.Revoked;
    }

    private void Unstamp(StudyChange change, ManifestFile file, StagedStudy staged, CancellationToken cancellationToken)
    {
        if (staged.TryGet(file.Name, out _))
        {
            return; // an interrupted call had got this far
        }

        change.Verified(file, hasSha256: false, cancellationToken);
        var copy = StampedFile.Unstamp(file, PathOf(file), staged.PathOf(file.Name), cancellationToken);
        change.Verified(file, hasSha256: false, cancellationToken); // a change between two readings would get into the copy unseen
        staged.Add(copy);
    }

    private string PathOf(ManifestFile file) => Path.Join(study.Path, file.Name);
}
