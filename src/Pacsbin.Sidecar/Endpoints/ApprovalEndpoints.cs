using Microsoft.AspNetCore.Http.HttpResults;
using Pacsbin.Review;
using Pacsbin.Sidecar.Description;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;
using Pacsbin.Studies;

namespace Pacsbin.Sidecar.Endpoints;

/// <summary>The review of a study of a workspace.</summary>
internal static class ApprovalEndpoints
{
    public static void Map(RouteGroupBuilder v1)
    {
        var study = v1.MapGroup("/studies/{studyInstanceUid}").WithTags("Approval");
        study.MapPost("/approval", Approve).Named("Approve-PacsbinStudy", "Records that a person has reviewed a study, for exactly the bytes that it has.",
            "Every file is compared with the hash that it was written with. While a finding says that pixels may show text, the study is refused, unless a region settles it or the kind of finding is accepted.")
            .WithExample("""{ "reviewer": "R. Reader", "acceptedFindings": ["BurnedInSuspected"], "comment": "All frames seen." }""");
        study.MapDelete("/approval", Revoke).Named("Revoke-PacsbinApproval", "Takes the approval of a study back.",
            "What it had written into the files is taken back too. What was sent before cannot be called back.");
    }

    private static Ok<ApprovalResult> Approve(string studyInstanceUid, string? workspace, NewApproval body, StudyFinder finder, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(body.Reviewer))
        {
            throw RequestRefusedException.BadRequest("Somebody has to have looked at the study: a reviewer is needed.");
        }

        var rejections = new Rejections();
        var (study, _) = finder.Find(studyInstanceUid, workspace, cancellationToken);
        var outcome = new StudyApproval(study, body.Reviewer) { Comment = body.Comment, Accepted = [.. body.AcceptedFindings ?? []], FilesHash = body.FilesHash, Force = body.Force, Rejected = rejections.Add }
            .Run(cancellationToken: cancellationToken);
        rejections.Require(study.Path);
        return TypedResults.Ok(new ApprovalResult(outcome, study.State, Manifest.Read(study.Path)?.Approval));
    }

    private static Ok<RevocationResult> Revoke(string studyInstanceUid, string? workspace, StudyFinder finder, CancellationToken cancellationToken)
    {
        var rejections = new Rejections();
        var (study, _) = finder.Find(studyInstanceUid, workspace, cancellationToken);
        var outcome = new StudyRevocation(study) { Rejected = rejections.Add }.Run(cancellationToken: cancellationToken);
        return TypedResults.Ok(new RevocationResult(outcome, study.State, rejections.Below(study.Path)));
    }
}
