using Pacsbin.Review.Reports;

namespace Pacsbin.Sidecar.Resources;

/// <summary>What a report is to be about.</summary>
/// <param name="StudyInstanceUids">The studies of the workspace that are meant; null for all.</param>
/// <param name="Workspace">The workspace's full path; null for the configured one.</param>
/// <param name="Format">Html for a page, Json for a program, Csv for a table of files.</param>
/// <param name="Title">The heading. It is in the report as it is given: name no patient in it.</param>
/// <param name="NoPictures">Whether contact sheets are left out of a page.</param>
/// <param name="Sources">The full paths of the sources, below roots. All that the report would tell is searched for their identifiers; null for no search.</param>
/// <param name="Project">The name of a project's folder. All that the report would tell is searched for what its crosswalk knows; null for no search.</param>
/// <param name="AllowedWords">Words that are harmless in the report although a source has them as an identifier; null for none.</param>
public sealed record NewReport(
    IReadOnlyList<string>? StudyInstanceUids = null, string? Workspace = null, ReportFormat Format = ReportFormat.Html, string Title = "De-identification report", bool NoPictures = false,
    IReadOnlyList<string>? Sources = null, string? Project = null, IReadOnlyList<string>? AllowedWords = null);

/// <summary>A link that logs a browser in, once.</summary>
/// <param name="Url">The link.</param>
/// <param name="Expires">Until when it works.</param>
public sealed record LoginLink(Uri Url, DateTimeOffset Expires)
{
    /// <summary>Not the link, which is a secret.</summary>
    public override string ToString() => nameof(LoginLink);
}
