using Pacsbin.Redaction;
using Pacsbin.Review;
using Pacsbin.Studies;

namespace Pacsbin.Sidecar.Resources;

/// <summary>A region that is burned into a file of a workspace.</summary>
/// <param name="SopInstanceUid">The image.</param>
/// <param name="FirstFrame">The first frame, from 1; null for all.</param>
/// <param name="LastFrame">The last frame; null for the first alone.</param>
/// <param name="X">The first column.</param>
/// <param name="Y">The first row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Shape">Rectangle or ellipse.</param>
/// <param name="Outside">Whether the outside is erased.</param>
/// <param name="Clip">Whether the part beyond an image was left out.</param>
/// <param name="Device">The signature of a device library that the image matched; null for none.</param>
public sealed record BurnedRegion(string SopInstanceUid, int? FirstFrame, int? LastFrame, int X, int Y, int Width, int Height, RegionShape Shape, bool Outside, bool Clip, string? Device);

/// <summary>The regions that are burned into a study.</summary>
/// <param name="StudyInstanceUid">The study.</param>
/// <param name="State">What its state is now.</param>
/// <param name="Regions">In the order of the files.</param>
public sealed record RegionList(string StudyInstanceUid, StudyState State, IReadOnlyList<BurnedRegion> Regions)
{
    internal static RegionList Of(DicomStudy study) => new(
        study.StudyInstanceUid,
        study.State,
        [.. from file in Manifest.Read(study.Path)?.Files ?? []
            from r in file.Regions ?? []
            select new BurnedRegion(Path.GetFileNameWithoutExtension(file.Name), r.FirstFrame, r.LastFrame, r.X, r.Y, r.Width, r.Height, r.Shape, r.Outside, r.Clip, file.Device)]);
}

/// <summary>Regions that are to be burned in.</summary>
/// <param name="Regions">At least one; in the UIDs of the workspace.</param>
public sealed record NewRegions(IReadOnlyList<RedactionRegion> Regions);

/// <summary>Regions that are to be burned into a study by a job.</summary>
/// <param name="StudyInstanceUid">The study.</param>
/// <param name="Regions">At least one; in the UIDs of the workspace.</param>
/// <param name="Workspace">Its workspace's full path; null for the configured one.</param>
public sealed record RegionsToBurn(string StudyInstanceUid, IReadOnlyList<RedactionRegion> Regions, string? Workspace = null);

/// <summary>A study that is to be tested again.</summary>
/// <param name="StudyInstanceUid">The study.</param>
/// <param name="Sources">The full paths of its sources, below roots, whose identifiers are looked for; null for none.</param>
/// <param name="Workspace">Its workspace's full path; null for the configured one.</param>
/// <param name="AllowedWords">Words that are harmless in the copy although a source has them as an identifier; null for none.</param>
public sealed record StudyToTest(string StudyInstanceUid, IReadOnlyList<string>? Sources = null, string? Workspace = null, IReadOnlyList<string>? AllowedWords = null);

/// <summary>What became of regions.</summary>
/// <param name="IsChanged">Whether pixels were erased; false if the images that are meant have none there.</param>
/// <param name="Study">The study as it is now.</param>
public sealed record BurnedRegions(bool IsChanged, RegionList Study);

/// <summary>A person's review.</summary>
/// <param name="Reviewer">Who has looked at the study.</param>
/// <param name="Comment">What the reviewer has to say; it must not name a patient.</param>
/// <param name="AcceptedFindings">The kinds of findings that the reviewer has looked at and accepts; null for none.</param>
/// <param name="FilesHash">As the study had it when the reviewer looked at it, so that nothing else is approved; null for whatever is there.</param>
/// <param name="Force">Whether a study that is approved and unchanged gets a new approval.</param>
public sealed record NewApproval(string Reviewer, string? Comment = null, IReadOnlyList<FindingKind>? AcceptedFindings = null, string? FilesHash = null, bool Force = false);

/// <summary>What became of an approval.</summary>
/// <param name="Outcome">Recorded, or Unchanged if an approval of these bytes stands.</param>
/// <param name="State">The study's state now.</param>
/// <param name="Approval">The approval that stands.</param>
public sealed record ApprovalResult(ApprovalOutcome Outcome, StudyState State, ManifestApproval? Approval);

/// <summary>What became of a revocation.</summary>
/// <param name="Outcome">Revoked, NotApproved, or StampsLeft if files still say that they were reviewed.</param>
/// <param name="State">The study's state now.</param>
/// <param name="Rejected">Files whose stamps are left.</param>
public sealed record RevocationResult(RevocationOutcome Outcome, StudyState State, IReadOnlyList<Problems.FileProblem> Rejected);

/// <summary>Where text may be burned in.</summary>
/// <param name="Proposals">Rectangles, image by image.</param>
/// <param name="Rejected">Images that cannot be decoded.</param>
public sealed record TextProposals(IReadOnlyList<BurnedInText> Proposals, IReadOnlyList<Problems.FileProblem> Rejected);
