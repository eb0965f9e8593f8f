namespace Pacsbin.Review.Reports;

/// <summary>The part of a page that is about all studies together.</summary>
internal static class HtmlSummary
{
    public static void Write(HtmlWriter page, ReportSummary summary)
    {
        page.Open("section").Attribute("aria-labelledby", "summary").Open("h2").Attribute("id", "summary").Text("Summary").Close();
        page.Open("dl", "totals").Term("Studies", ReportText.Number(summary.Studies)).Term("Series", ReportText.Number(summary.Series))
            .Term("Files", ReportText.Number(summary.Files)).Term("Size", ReportText.Size(summary.Length))
            .Term("Approved", $"{ReportText.Number(summary.Approved)} of {ReportText.Number(summary.Studies)}").Close();
        page.Open("div", "cards");
        page.Open("div", "card").OpenTable("States", new("State"), new("Studies", ColumnKind.Number));
        foreach (var (state, studies) in summary.States)
        {
            page.Row(state.ToString(), ReportText.Number(studies));
        }

        page.CloseTable().Close();
        page.Open("div", "card").OpenTable("Profiles", new("Profile"), new("Options"), new("Studies", ColumnKind.Number), new("Files", ColumnKind.Number));
        foreach (var (profile, studies, files) in summary.Profiles)
        {
            page.Row($"{profile.Name} {profile.Edition}", HtmlStudy.OptionsOf(profile), ReportText.Number(studies), ReportText.Number(files));
        }

        page.CloseTable().Close();
        page.Open("div", "card").OpenTable("Findings", new("Kind"), new("Studies", ColumnKind.Number), new("Files", ColumnKind.Number));
        foreach (var (kind, studies, files) in summary.Findings)
        {
            page.Row(kind.ToString(), ReportText.Number(studies), ReportText.Number(files));
        }

        if (!summary.Findings.Any())
        {
            page.Row("None", "0", "0");
        }

        page.CloseTable().Close();
        page.Open("div", "card");
        WriteRejected(page, summary.Rejected);
        page.Close();
        page.Open("div", "card");
        HtmlActions.Write(page, summary.Actions, summary.Files);
        page.Close().Close().Close();
    }

    /// <summary>Writes how many source files gave no output, and why.</summary>
    public static void WriteRejected(HtmlWriter page, IReadOnlyDictionary<PacsbinError, int> rejected)
    {
        page.OpenTable("Rejected source files", new("Reason"), new("Files", ColumnKind.Number));
        foreach (var (error, count) in rejected)
        {
            page.Row(error.ToString(), ReportText.Number(count));
        }

        if (rejected.Count == 0)
        {
            page.Row("None", "0");
        }

        page.CloseTable();
    }
}
