using System.Security.Cryptography;
using System.Text;

namespace Pacsbin.Review.Reports;

/// <summary>A report as a page that needs no script and no other file.</summary>
/// <remarks>What stands before the studies is known after the last of them, so they wait in a file of their own.</remarks>
internal sealed class HtmlReport : ReportWriter
{
    private static readonly string Style = ReadStyle();
    private readonly ReportHead head;
    private readonly Stream waiting;
    private readonly HtmlWriter page;
    private readonly HtmlWriter studies;
    private readonly List<StudyLine> lines = [];

    /// <param name="output">The page.</param>
    /// <param name="head">What the page says of itself.</param>
    /// <param name="waiting">An empty file for what comes later in the page; closed with the report.</param>
    public HtmlReport(Stream output, ReportHead head, Stream waiting)
    {
        this.head = head;
        this.waiting = waiting;
        page = new HtmlWriter(output);
        studies = new HtmlWriter(waiting);
    }

    public override bool HasPictures => true;

    public override void Add(ReportStudy study, ReportPicture picture)
    {
        lines.Add(new StudyLine(
            HtmlStudy.NameOf(study), string.Join(", ", study.Modalities), study.FileCount, HtmlStudy.StateOf(study), study.Profile.Name,
            study.Findings.Count, study.Rejected.Values.Sum()));
        HtmlStudy.Write(studies, lines.Count, study, picture);
    }

    public override void Complete(ReportSummary summary)
    {
        studies.Flush();
        WriteHead();
        page.Open("body").Open("a", "skip").Attribute("href", "#studies").Text("Skip to the studies").Close();
        page.Open("header").Open("div", "page");
        page.Element("h1", head.Title).Open("p", "made").Text("Made ").Open("time").Attribute("datetime", head.Created.UtcDateTime.ToString("s") + "Z")
            .Text(ReportText.Time(head.Created)).Close().Text($" by {head.Tool}").Close().Close().Close();
        page.Open("main", "page");
        HtmlSummary.Write(page, summary);
        page.Open("section").Attribute("id", "studies").Attribute("aria-labelledby", "studies-heading").Open("h2").Attribute("id", "studies-heading").Text("Studies").Close();
        WriteLines();
        page.Insert(waiting);
        page.Close().Close();
        page.Open("footer", "page").Element("p", "De-identified copies and their manifests are all that this report is made of. It shows nothing of a source.").Close();
        page.Close().Close().Raw("\n").Flush();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            page.Dispose();
            studies.Dispose();
            waiting.Dispose();
        }
    }

    private void WriteHead()
    {
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)));
        page.Raw("<!DOCTYPE html>\n").Open("html").Attribute("lang", "en").Open("head");
        page.Open("meta").Attribute("charset", "utf-8").CloseVoid();
        page.Open("meta").Attribute("http-equiv", "Content-Security-Policy")
            .Attribute("content", $"default-src 'none'; img-src data:; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'").CloseVoid();
        page.Open("meta").Attribute("name", "viewport").Attribute("content", "width=device-width, initial-scale=1").CloseVoid();
        page.Open("meta").Attribute("name", "color-scheme").Attribute("content", "light dark").CloseVoid();
        page.Open("meta").Attribute("name", "referrer").Attribute("content", "no-referrer").CloseVoid();
        page.Open("meta").Attribute("name", "robots").Attribute("content", "noindex").CloseVoid();
        page.Element("title", head.Title).Open("style").Raw(Style).Close().Close();
    }

    private void WriteLines()
    {
        if (lines.Count == 0)
        {
            page.Element("p", "There are no studies.", "none");
            return;
        }

        page.Open("div", "scroll").Attribute("role", "region").Attribute("aria-label", "All studies").Attribute("tabindex", "0");
        page.OpenTable(
            "All studies", new("Pseudonym"), new("Modality"), new("Files", ColumnKind.Number), new("State"), new("Profile"),
            new("Findings", ColumnKind.Number), new("Rejected", ColumnKind.Number));
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            page.Open("tr").OpenCell(0).Open("a").Attribute("href", $"#study-{i + 1}").Free(line.Name).Close().Close();
            page.OpenCell(1).Text(line.Modality).Close().OpenCell(2).Text(ReportText.Number(line.Files)).Close();
            page.OpenCell(3).Element("span", line.State.Words, line.State.Style).Close().OpenCell(4).Text(line.Profile).Close();
            page.OpenCell(5).Text(ReportText.Number(line.Findings)).Close().OpenCell(6).Text(ReportText.Number(line.Rejected)).Close().Close();
        }

        page.CloseTable().Close();
    }

    private static string ReadStyle()
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream("report.css") ?? throw new InvalidOperationException("report.css is missing.");
        using var reader = new StreamReader(stream);

        // A browser reads line ends as this, and the hash that allows the style is of what it reads.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private sealed record StudyLine(string Name, string Modality, int Files, (string Words, string Style) State, string Profile, int Findings, int Rejected);
}
