using System.Collections.Concurrent;
using System.Text;
using Pacsbin.Deidentification;
using Pacsbin.Studies;

namespace Pacsbin.Review;

/// <summary>What became of an approval.</summary>
public enum ApprovalOutcome
{
    /// <summary>The study is approved.</summary>
    Recorded,

    /// <summary>The study was approved before, and has not changed since; that approval stands.</summary>
    Unchanged,

    /// <summary>A file is not the one that was written, or cannot be stamped; nothing has changed.</summary>
    Refused,
}

/// <summary>Records that a person has looked at a study of a workspace, for exactly the bytes that it has.</summary>
/// <remarks>
/// Every file is compared with the XXH128 that it was written with. Files with pixels are made to say what is only true now: Burned In Annotation NO, and code 113101 (Clean Pixel Data
/// Option) among the method codes; those that say so already, and those without pixels, stay as they are. The manifest gets the SHA-256 of every file and, as the approval's
/// <see cref="ManifestApproval.MerkleRoot"/>, the root of a tree over them as RFC 6962 section 2.1 has it: the files in ordinal order of their names, as leaves
/// SHA-256(0x00 || name in UTF-8 || 0x00 || the file's SHA-256), as nodes SHA-256(0x01 || left || right).
/// </remarks>
public sealed class StudyApproval
{
    private readonly DicomStudy study;
    private readonly string reviewer;

    /// <summary>Prepares to approve.</summary>
    /// <param name="study">In a workspace, found whole.</param>
    /// <param name="reviewer">Who has looked at it.</param>
    public StudyApproval(DicomStudy study, string reviewer)
    {
        ArgumentNullException.ThrowIfNull(study);
        ArgumentException.ThrowIfNullOrWhiteSpace(reviewer);
        this.study = study;
        this.reviewer = reviewer;
    }

    /// <summary>What the reviewer has to say; null for nothing.</summary>
    public string? Comment { get; init; }

    /// <summary>The kinds of findings that the reviewer has looked at and accepts.</summary>
    public IReadOnlyCollection<FindingKind> Accepted { get; init; } = [];

    /// <summary>The <see cref="Manifest.FilesHash"/> of what the reviewer has looked at; null for whatever is there.</summary>
    public string? FilesHash { get; init; }

    /// <summary>Whether a study that is approved and unchanged gets a new approval.</summary>
    public bool Force { get; init; }

    /// <summary>The most files processed at once; 0 for the number of processors.</summary>
    public int ThrottleLimit { get; init; }

    /// <summary>Receives each file for which the study is refused.</summary>
    public Action<string, PacsbinException> Rejected { get; init; } = static (_, _) => { };

    /// <summary>Approves.</summary>
    /// <param name="progress">Told how many files are done.</param>
    /// <param name="cancellationToken">Stops at once; the study stays as it is, and the same call goes on from there.</param>
    /// <exception cref="PacsbinException">NotApproved if the study is in no workspace, its folder holds what its manifest does not list, or a finding about burned-in text is open;
    /// ManifestConflict if another process is writing it, a file is missing, not all were found, or it is not what the reviewer has looked at; FileIo, FileAccessDenied.</exception>
    public ApprovalOutcome Run(IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        if (!study.IsInWorkspace)
        {
            throw new PacsbinException(PacsbinError.NotApproved, "The study is a source study; only its de-identified copy in a workspace can be approved.");
        }

        var change = new StudyChange(study, ThrottleLimit, Rejected);
        return change.Run((staged, current) => Run(change, staged, current, progress, cancellationToken));
    }

    /// <summary>Asserts that a study's folder holds exactly the files that were approved: reads all of them, and compares SHA-256.</summary>
    /// <param name="folder">The study's folder in a workspace.</param>
    /// <param name="throttleLimit">The most files read at once; 0 for the number of processors.</param>
    /// <param name="progress">Told how many files are read.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <returns>The manifest that the files were compared with.</returns>
    /// <exception cref="PacsbinException">NotApproved, with the name of the file and the reason; MalformedElement if the manifest cannot be read; FileIo, FileAccessDenied.</exception>
    public static Manifest Verify(string folder, int throttleLimit = 0, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var manifest = Manifest.Read(folder);
        if ((manifest is null ? "There is none." : ApprovalScan.FaultOf(manifest) ?? (Workspace.CountUnlisted(folder, manifest) > 0 ? ApprovalScan.Unlisted : null)) is { } fault)
        {
            throw new PacsbinException(PacsbinError.NotApproved, $"{Manifest.FileName}: {fault}");
        }

        var change = new StudyChange(new DicomStudy(manifest!.StudyInstanceUid, folder), throttleLimit, static (_, _) => { });
        var errors = change.ForEach(manifest.Files, f => f.Name, f => change.Verified(f, hasSha256: true, cancellationToken), progress, cancellationToken);
        return errors.Count == 0 ? manifest : throw Void(errors.MinBy(e => e.Path, StringComparer.Ordinal));

        static PacsbinException Void((string Path, PacsbinException Error) first) => first.Error.Error switch
        {
            PacsbinError.ManifestConflict => new(PacsbinError.NotApproved, $"{first.Path}: the file is not the one that was approved."),
            PacsbinError.FileNotFound => new(PacsbinError.NotApproved, $"{first.Path}: the file is missing."),
            _ => first.Error,
        };
    }

    private ApprovalOutcome Run(StudyChange change, StagedStudy staged, Manifest current, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        change.RequireWhole(current);
        if (FilesHash is not null && FilesHash != current.FilesHash)
        {
            throw new PacsbinException(PacsbinError.ManifestConflict, "The study has changed since it was looked at: look at it again.");
        }

        if (Workspace.CountUnlisted(study.Path, current) is > 0 and var count)
        {
            throw new PacsbinException(PacsbinError.NotApproved, $"The study's folder holds files or folders that its manifest does not list, {count} in all; they would pass for reviewed ones.");
        }

        if (!Force && ApprovalScan.FaultOf(current) is null)
        {
            var changed = change.ForEach(current.Files, PathOf, f => change.Verified(f, hasSha256: true, cancellationToken), progress, cancellationToken);
            change.Reject(changed);
            study.State = changed.Count == 0 ? current.State : study.State;
            return changed.Count == 0 ? ApprovalOutcome.Unchanged : ApprovalOutcome.Refused;
        }

        OpenFindings.RequireNone(study.Path, current, Accepted);
        staged.Resume(StudyChange.SettingsOf("approval", current));
        var hashes = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        var errors = change.ForEach(current.Files, PathOf, f => Approve(change, f, staged, hashes, cancellationToken), progress, cancellationToken);
        if (errors.Count > 0)
        {
            staged.Remove();
            change.Reject(errors);
            return ApprovalOutcome.Refused;
        }

        staged.Change(files => Approved(current, [.. files.Select(f => f with { Sha256 = hashes.GetValueOrDefault(f.Name) })]));
        study.State = StudyState.Approved;
        study.Remove(FindingKind.ApprovalVoid);
        return ApprovalOutcome.Recorded;
    }

    private void Approve(StudyChange change, ManifestFile file, StagedStudy staged, ConcurrentDictionary<string, string> hashes, CancellationToken cancellationToken)
    {
        ManifestFile? stamped = null;
        var isStaged = staged.TryGet(file.Name, out var known); // an interrupted call had got this far
        try
        {
            stamped = isStaged ? known : StampedFile.TryStamp(file, PathOf(file), staged.PathOf(file.Name), cancellationToken);
        }
        catch (PacsbinException)
        {
            change.Verified(file, hasSha256: false, cancellationToken); // of a file that was changed, this is what matters
            throw;
        }

        // After the copy is made: a change between two readings would get into it unseen.
        var digest = change.Verified(file, hasSha256: stamped is null || file.Sha256 is not null, cancellationToken);
        hashes[file.Name] = (stamped is null ? digest.Sha256 : stamped.Sha256)!;
        if (stamped is not null && !isStaged)
        {
            staged.Add(stamped);
        }
    }

    private Manifest Approved(Manifest current, ManifestFile[] files) => current with
    {
        State = StudyState.Approved,
        Files = files,
        Approval = new ManifestApproval(
            Text(reviewer),
            DateTimeOffset.UtcNow,
            $"PacsbinPS {Deidentifier.Version}",
            MerkleTree.RootOf(files) ?? throw new PacsbinException(PacsbinError.ManifestConflict, "The study's manifest has changed meanwhile."),
            Comment is null ? null : Text(Comment),
            Accepted.Count == 0 ? null : [.. Accepted.Distinct().Order()]),
    };

    /// <summary>A text as JSON can hold it: a surrogate that stands alone is no character.</summary>
    private static string Text(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private string PathOf(ManifestFile file) => Path.Join(study.Path, file.Name);
}
