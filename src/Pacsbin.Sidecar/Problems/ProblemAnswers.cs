using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Pacsbin.Sidecar.Access;
using Pacsbin.Sidecar.Json;
using Pacsbin.Sidecar.Jobs;

namespace Pacsbin.Sidecar.Problems;

/// <summary>Makes every failure an answer in problem+json, and logs of what nobody expected its type and nothing else.</summary>
internal sealed partial class ProblemAnswers(RequestDelegate next, ILogger<ProblemAnswers> log)
{
    private const string MediaType = "application/problem+json";

    public async Task InvokeAsync(HttpContext context)
    {
        SecurityHeaders.SetOn(context);
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
            {
                await WriteAsync(context, OfStatus(context.Response.StatusCode));
            }
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
        catch (Exception e)
        {
            var problem = Explain(e);
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            context.Response.Clear();
            await WriteAsync(context, problem);
        }
    }

    /// <summary>Answers with what HTTP itself says of a status.</summary>
    public static Task WriteAsync(HttpContext context, int status) => WriteAsync(context, OfStatus(status));

    private static Problem OfStatus(int status) => OfStatus(status, ProblemStatus.DetailOf(status));

    private static Problem OfStatus(int status, string detail) => new("about:blank", ReasonPhrases.GetReasonPhrase(status), status, detail);

    private static Task WriteAsync(HttpContext context, Problem problem)
    {
        context.Response.StatusCode = problem.Status;
        return context.Response.WriteAsJsonAsync(problem, SidecarJson.Default.Problem, MediaType, CancellationToken.None);
    }

    private Problem Explain(Exception exception)
    {
        switch (exception)
        {
            case PacsbinException known:
                return Explain(known);
            case FilesRejectedException rejected:
                return rejected.Problem;
            case RequestRefusedException refused:
                return OfStatus(refused.Status, refused.Detail);
            case BadHttpRequestException { InnerException: JsonException json }:
                return OfStatus(StatusCodes.Status400BadRequest, DetailOf(json));
            case BadHttpRequestException bad:
                return OfStatus(bad.StatusCode);
            case Exception away when PostgresStore.IsAway(away):
                return OfStatus(StatusCodes.Status503ServiceUnavailable, "The database of jobs does not answer now.");
            case AggregateException several when several.Flatten().InnerExceptions.Select(PacsbinException.FromIo).FirstOrDefault(e => e is not null) is { } first:
                return Explain(first); // of a parallel loop
            case IOException or UnauthorizedAccessException when PacsbinException.FromIo(exception) is { } io:
                return Explain(io);
            default:
                LogUnexpected(exception.GetType().FullName ?? "", exception.TargetSite?.Name ?? "");
                return OfStatus(StatusCodes.Status500InternalServerError);
        }
    }

    private Problem Explain(PacsbinException error)
    {
        var problem = Problem.Of(error);
        if (problem.Status >= 500)
        {
            LogFailed(error.Error);
        }

        return problem;
    }

    /// <summary>Where the JSON is wrong; not what it says there, which may be anybody's name.</summary>
    private static string DetailOf(JsonException json) => json is { LineNumber: { } line, BytePositionInLine: { } position }
        ? FormattableString.Invariant($"The body is not JSON as the operation takes it: line {line + 1}, byte {position + 1}. Members that are not known, numbers as text and members that come twice are refused.")
        : "The body is not JSON as the operation takes it: a member is missing, not known, or of another type.";

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed with {Type} in {Method}.")]
    private partial void LogUnexpected(string type, string method);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A request failed with {Error}.")]
    private partial void LogFailed(PacsbinError error);
}
