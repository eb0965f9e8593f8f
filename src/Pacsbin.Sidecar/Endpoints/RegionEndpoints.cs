using Microsoft.AspNetCore.Http.HttpResults;
using Pacsbin.Sidecar.Description;
using Pacsbin.Sidecar.Jobs.Work;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;

namespace Pacsbin.Sidecar.Endpoints;

/// <summary>Regions that are burned into studies of a workspace, and proposals for more.</summary>
internal static class RegionEndpoints
{
    public static void Map(RouteGroupBuilder v1)
    {
        var study = v1.MapGroup("/studies/{studyInstanceUid}").WithTags("Regions");
        study.MapGet("/regions", List).Named("Get-RedactionRegion", "Lists the regions that are burned into a study.");
        study.MapPost("/regions", Burn).Named("Add-RedactionRegion", "Burns regions into a study at once.",
            "Either all images that are meant are erased or, if one of them cannot be, none. An approval is void afterwards. Regions are counted in image pixels from 0 at the left and top.")
            .WithExample("""{ "regions": [{ "x": 0, "y": 0, "width": 800, "height": 60, "clip": true }] }""");
        study.MapDelete("/regions", TakeBack).Named("Remove-RedactionRegion", "Refuses to take back what is burned in.",
            "Pixels that were erased are gone: the answer is the problem DestinationExists. De-identify the source again. Regions that are only planned are part of a request to de-identify.");
        study.MapGet("/burned-in-text", Find).Named("Find-BurnedInText", "Proposes where text is burned into the pixels of a study.",
            "Nothing is changed. What is read is only shown with includeText: it may identify the patient.");
    }

    private static Ok<RegionList> List(string studyInstanceUid, string? workspace, StudyFinder finder, CancellationToken cancellationToken) =>
        TypedResults.Ok(RegionList.Of(finder.Find(studyInstanceUid, workspace, cancellationToken).Study));

    private static Ok<BurnedRegions> Burn(string studyInstanceUid, string? workspace, NewRegions body, ReviewWork work, CancellationToken cancellationToken)
    {
        ReviewWork.Require(body.Regions);
        return TypedResults.Ok(work.Burn(new RegionsToBurn(studyInstanceUid, body.Regions, workspace), null, cancellationToken));
    }

    private static Ok<RegionList> TakeBack(string studyInstanceUid, string? workspace, StudyFinder finder, CancellationToken cancellationToken)
    {
        finder.Find(studyInstanceUid, workspace, cancellationToken);
        throw new PacsbinException(PacsbinError.DestinationExists, "What is burned into a study of a workspace cannot be taken back.");
    }

    private static Ok<TextProposals> Find(string studyInstanceUid, string? workspace, double? minimumScore, bool? includeText, StudyFinder finder, CancellationToken cancellationToken)
    {
        if (minimumScore is not (null or (>= 0 and <= 1)))
        {
            throw RequestRefusedException.BadRequest("A score is from 0 to 1.");
        }

        var rejections = new Rejections();
        var (study, _) = finder.Find(studyInstanceUid, workspace, cancellationToken);
        return TypedResults.Ok(new TextProposals(ReviewWork.FindText([study], minimumScore ?? 0, includeText == true, rejections.Add, cancellationToken), rejections.Below(study.Path)));
    }
}
