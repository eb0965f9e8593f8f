using System.Text.RegularExpressions;
using System.Xml.Linq;
using Pacsbin.Review.Reports;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Review.Reports;

/// <summary>The page as such: safe whatever is in it, and readable by everyone.</summary>
public sealed class HtmlReportTests : ReportingTests
{
    private const string Hostile = "</title></style></table><script>document.title='owned'</script><img src=x onerror=alert(1)>\"'&amp;]]>-->\u0000\u0001\u001B\uFFFE\uD800\u202E 山田";
    private const string Shown = "</title></style></table><script>document.title='owned'</script><img src=x onerror=alert(1)>\"'&amp;]]>-->\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\u202E 山田";

    // JSON cannot hold half a character, so what comes from a manifest has lost it before.
    private const string FromManifest = "</title></style></table><script>document.title='owned'</script><img src=x onerror=alert(1)>\"'&amp;]]>-->\u0000\u0001\u001B\uFFFE\u202E 山田";

    [Fact]
    public void Text_of_people_and_devices_is_only_text()
    {
        Source.WithStudy(1, 1);
        Run();
        Change(m => Approve(m, FromManifest, FromManifest) with { Project = FromManifest, Tool = FromManifest, Profile = new(FromManifest, FromManifest, [FromManifest]) });
        ChangeFile(f => f with { Findings = [new(FindingKind.UnknownAttribute, Detail: FromManifest)], Regions = [new(0, 0, 1, 1)], Device = FromManifest });
        var page = Page(title: Hostile);
        var shown = Shown.Replace("\uFFFD\uFFFD\u202E", "\uFFFD\u202E", StringComparison.Ordinal);
        Assert.Equal(Shown, page.Descendants("title").Single().Value);
        Assert.Equal(Shown, page.Descendants("h1").Single().Value);
        var study = StudyOf(page);
        Assert.Equal((shown, shown, shown), (Term(study, "Reviewer"), Term(study, "Comment"), Term(study, "Project")));
        Assert.Equal(shown, Rows(study, "Findings")[0][2]);
        Assert.Equal(shown, Rows(study, "Regions erased")[0][1]);
        Assert.DoesNotContain(page.Descendants(), e => e.Name.LocalName is "script" or "iframe" or "object" or "embed" or "link" or "base" or "form");
        Assert.DoesNotContain(page.Descendants().Attributes(), a => a.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase) || a.Name == "style");
    }

    [Fact]
    public void Page_asks_nobody_for_anything()
    {
        Source.WithStudy(1, 2);
        Run();
        var text = Report()!;
        var page = Parse(text);
        var policy = page.Descendants("meta").Single(m => m.Attribute("http-equiv")?.Value == "Content-Security-Policy").Attribute("content")!.Value;
        var style = page.Descendants("style").Single().Value;
        var hash = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(style)));
        Assert.Equal($"default-src 'none'; img-src data:; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'", policy);
        Assert.DoesNotContain("url(", style, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", style, StringComparison.Ordinal);
        Assert.DoesNotContain("://", text, StringComparison.Ordinal);
        foreach (var attribute in page.Descendants().Attributes().Where(a => a.Name.LocalName is "src" or "href" or "srcset" or "action" or "data"))
        {
            Assert.Matches("^(#[a-z0-9-]+|data:image/png;base64,[A-Za-z0-9+/=]+)$", attribute.Value);
        }
    }

    [Fact]
    public void Tables_have_captions_and_headers_and_links_lead_somewhere()
    {
        Source.WithStudy(1, 2).WithStudy(2, 1);
        Run();
        Change(m => Approve(m));
        var page = Page();
        Assert.Equal("en", page.Attribute("lang")!.Value);
        Assert.All(page.Descendants("table"), table =>
        {
            Assert.NotEmpty(table.Element("caption")!.Value);
            var columns = table.Element("thead")!.Descendants("th").ToList();
            Assert.All(columns, c => Assert.Equal("col", c.Attribute("scope")!.Value));
            Assert.All(table.Element("tbody")!.Elements("tr"), row =>
            {
                Assert.Equal(columns.Count, row.Elements().Count());
                Assert.Equal(("th", "row"), (row.Elements().First().Name.LocalName, row.Elements().First().Attribute("scope")!.Value));
            });
        });
        var ids = page.Descendants().Attributes("id").Select(a => a.Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(page.Descendants("a").Attributes("href").Select(a => a.Value[1..]).Concat(page.Descendants().Attributes("aria-labelledby").Select(a => a.Value)), id => Assert.Contains(id, ids));
        Assert.Equal(2, page.Descendants("details").Count());
        Assert.All(page.Descendants("details"), d => Assert.Equal("summary", d.Elements().First().Name.LocalName));

        // Headings go down by single steps.
        var levels = page.Descendants().Where(e => Regex.IsMatch(e.Name.LocalName, "^h[1-6]$")).Select(e => e.Name.LocalName[1] - '0').ToList();
        Assert.Equal(1, levels[0]);
        Assert.All(levels.Zip(levels.Skip(1)), l => Assert.True(l.Second <= l.First + 1));
    }

    [Fact]
    public void Elements_that_need_an_end_tag_have_one()
    {
        Source.WithStudy(1, 1);
        Run();

        // A parser of HTML ignores the slash of <td/> and takes what follows for its content.
        Assert.All(Regex.Matches(Report()!, @"<(\w+)[^<>]*/>").Select(m => m.Groups[1].Value).Distinct(), tag => Assert.True(tag is "meta" or "img", tag));
    }

    [Fact]
    public void Browser_shows_it_as_it_is_and_runs_nothing()
    {
        Source.WithStudy(1, 2);
        Run();
        Change(m => Approve(m, FromManifest, FromManifest));
        Report(title: Hostile);
        var path = Temporary["page.html"];
        File.Move(ReportPath, path);
        var result = Peer.Run("chromium",
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--enable-logging=stderr", "--v=0", $"--user-data-dir={Directory.CreateDirectory(Temporary["browser"]).FullName}", "--dump-dom", new Uri(path).AbsoluteUri,
        ]);
        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain("Content Security Policy", result.Error, StringComparison.OrdinalIgnoreCase); // the style is allowed, nothing else is tried
        Assert.DoesNotContain("<script", result.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("<h1>&lt;/title&gt;&lt;/style&gt;", result.Output, StringComparison.Ordinal);

        // What the browser made of the page has the elements that were written, in their order: it had nothing to repair.
        static List<string> Tags(string html) => [.. Regex.Matches(Regex.Replace(html, "(?s)<style>.*?</style>", ""), @"<(\w+)[\s/>]").Select(m => m.Groups[1].Value)];
        Assert.Equal(Tags(File.ReadAllText(path)), Tags(result.Output));
    }
}
