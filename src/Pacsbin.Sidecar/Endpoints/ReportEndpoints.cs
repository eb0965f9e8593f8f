using Microsoft.AspNetCore.Http.HttpResults;
using Pacsbin.Projects;
using Pacsbin.Review.Reports;
using Pacsbin.Sidecar.Access;
using Pacsbin.Sidecar.Description;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;
using Pacsbin.Studies;

namespace Pacsbin.Sidecar.Endpoints;

/// <summary>Reports on the studies of a workspace.</summary>
internal static class ReportEndpoints
{
    public static void Map(RouteGroupBuilder v1) =>
        v1.MapPost("/reports", Export).WithTags("Reports").Named("Export-PacsbinReport", "Gives a report on the studies of a workspace: a page, JSON or a table.",
            "With sources or a project all that the report would tell is searched first; if an identifier is found, there is no report.")
            .WithExample("""{ "format": "Html", "title": "Hip study, second batch" }""")
            .WithMetadata(new BinaryAnswer("text/html", "application/json", "text/csv"));

    private static FileStreamHttpResult Export(NewReport body, StudyFinder finder, AllowedFolders folders, ReportFiles files, CancellationToken cancellationToken)
    {
        RequestRefusedException.RequireNoNulls(body.StudyInstanceUids, body.Sources, body.AllowedWords);
        if (string.IsNullOrWhiteSpace(body.Title))
        {
            throw RequestRefusedException.BadRequest("A report needs a title.");
        }

        var rejections = new Rejections();
        var studies = body.StudyInstanceUids is { } uids
            ? [.. uids.Distinct(StringComparer.Ordinal).Select(u => finder.Find(u, body.Workspace, cancellationToken).Study)]
            : finder.ScanWorkspace(body.Workspace, cancellationToken).Found.Studies;
        using var project = body.Project is null ? null : Project.Open(folders.RequireProject(body.Project));
        using var crosswalk = project is null ? null : Crosswalk.Open(project);
        var path = files.NewPath();
        try
        {
            new ReportExport(path)
            {
                Format = body.Format,
                Title = body.Title,
                NoPictures = body.NoPictures,
                Sources = [.. (body.Sources ?? []).SelectMany(s => finder.Scan(s, cancellationToken).Found.Studies)],
                Crosswalk = crosswalk,
                AllowedWords = body.AllowedWords ?? [],
                Rejected = rejections.Add,
            }.Run(studies, cancellationToken: cancellationToken);
            rejections.Require(folders.RequireWorkspace(body.Workspace)); // a report that leaves a study out without a word would mislead
            return TypedResults.Stream(ReportFiles.Open(path), MediaTypeOf(body.Format));
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    private static string MediaTypeOf(ReportFormat format) => format switch
    {
        ReportFormat.Html => "text/html; charset=utf-8",
        ReportFormat.Json => "application/json",
        _ => "text/csv; charset=utf-8",
    };
}
