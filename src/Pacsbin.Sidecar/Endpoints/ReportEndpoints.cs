using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Pacsbin.Review.Reports;
using Pacsbin.Sidecar.Description;
using Pacsbin.Sidecar.Jobs;
using Pacsbin.Sidecar.Jobs.Work;
using Pacsbin.Sidecar.Resources;

namespace Pacsbin.Sidecar.Endpoints;

/// <summary>Reports on the studies of a workspace.</summary>
internal static class ReportEndpoints
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapPost("/reports", Export).WithTags("Reports").Named("Export-PacsbinReport", "Gives a report on the studies of a workspace: a page, JSON or a table.",
            "With sources or a project all that the report would tell is searched first; if an identifier is found, there is no report.")
            .WithExample("""{ "format": "Html", "title": "Hip study, second batch" }""")
            .WithMetadata(new BinaryAnswer("text/html", "application/json", "text/csv"));
        v1.MapPost("/reports/jobs", ExportAsync).WithTags("Reports").Named("Export-PacsbinReport-Job", "Writes a report on many studies, as a job.", "The job's operation report gives it, until the job is forgotten.")
            .WithExample("""{ "format": "Csv" }""");
        v1.MapGet("/jobs/{id}/report", Read).WithTags("Reports").Named("Export-PacsbinReport-Result", "Gives the report of a job.").WithMetadata(new BinaryAnswer("text/html", "application/json", "text/csv"));
    }

    private static FileStreamHttpResult Export(NewReport body, ReviewWork work, ReportFiles files, CancellationToken cancellationToken)
    {
        ReviewWork.Require(body);
        var path = files.NewPath();
        work.Report(body, path, cancellationToken);
        return TypedResults.Stream(ReportFiles.Open(path, once: true), MediaTypeOf(body.Format));
    }

    private static Task<Accepted<Job>> ExportAsync(NewReport body, [FromHeader(Name = WorkEndpoints.Idempotency)] string? idempotencyKey, JobQueue queue)
    {
        ReviewWork.Require(body);
        return JobEndpoints.AcceptAsync(queue, new JobRequest { Report = body }, idempotencyKey);
    }

    private static FileStreamHttpResult Read(string id, JobQueue queue, ReportFiles files) => queue.Find(id) is { Result.Report: { } report }
        ? TypedResults.Stream(ReportFiles.Open(files.PathOf(id), once: false), MediaTypeOf(report))
        : throw new PacsbinException(PacsbinError.FileNotFound, "There is no such job, or it has no report.");

    private static string MediaTypeOf(ReportFormat format) => format switch
    {
        ReportFormat.Html => "text/html; charset=utf-8",
        ReportFormat.Json => "application/json",
        _ => "text/csv; charset=utf-8",
    };
}
