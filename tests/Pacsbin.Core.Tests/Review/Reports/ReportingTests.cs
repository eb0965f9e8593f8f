using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Pacsbin.Review.Reports;
using Pacsbin.Studies;
using Pacsbin.Tests.Deidentification;
using Xunit;

namespace Pacsbin.Tests.Review.Reports;

/// <summary>What tests of reports share: a workspace, ways to change its manifests, and readers of each format that know nothing of the writers.</summary>
public abstract class ReportingTests : RunningTests
{
    private protected ConcurrentQueue<(string Path, PacsbinError Error)> Refused { get; } = [];

    private protected string ReportPath => Temporary["report.out"];

    /// <summary>Reports on the workspace; the text of the report, null if none was written.</summary>
    private protected string? Report(ReportFormat format = ReportFormat.Html, bool noPictures = false, string title = "Batch", IReadOnlyList<DicomStudy>? studies = null)
    {
        var export = new ReportExport(ReportPath) { Format = format, NoPictures = noPictures, Title = title, Force = true, Rejected = (path, e) => Refused.Enqueue((path, e.Error)) };
        return export.Run(studies ?? Found(), cancellationToken: TestContext.Current.CancellationToken) ? File.ReadAllText(ReportPath, new UTF8Encoding(false, throwOnInvalidBytes: true)) : null;
    }

    private protected XElement Page(bool noPictures = false, string title = "Batch") => Parse(Report(ReportFormat.Html, noPictures, title)!);

    private protected JsonElement Json() => JsonDocument.Parse(Report(ReportFormat.Json)!).RootElement.Clone();

    /// <summary>The table's rows by the names of its columns.</summary>
    private protected List<Dictionary<string, string>> Table()
    {
        Report(ReportFormat.Csv);
        return [.. Csv.Read(ReportPath).Select(r => r.ToDictionary())];
    }

    private protected IReadOnlyList<DicomStudy> Found() =>
        Directory.Exists(Destination) ? new StudyScanner().Scan([Destination], cancellationToken: TestContext.Current.CancellationToken).Studies : [];

    private protected Manifest ManifestOf(int index = 0) => Manifest.Read(Studies(Destination)[index])!;

    private protected void Change(Func<Manifest, Manifest> change, int index = 0)
    {
        var folder = Studies(Destination)[index];
        change(Manifest.Read(folder)!).Write(folder);
    }

    /// <summary>Changes the first file of a study's manifest.</summary>
    private protected void ChangeFile(Func<ManifestFile, ManifestFile> change) => Change(m => m with { Files = [change(m.Files[0]), .. m.Files.Skip(1)] });

    /// <summary>A manifest with an approval that holds for the files of a study that lies in the workspace.</summary>
    private protected Manifest Approve(Manifest manifest, string reviewer = "R. Viewer", string? comment = "Seen.")
    {
        var folder = Path.Join(Destination, manifest.StudyInstanceUid);
        ManifestFile[] files = [.. manifest.Files.Select(f => f with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Join(folder, f.Name)))) })];
        return manifest with
        {
            State = StudyState.Approved,
            Approval = new ManifestApproval(reviewer, new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero), "PacsbinPS 1.2.3", MerkleTree.RootOf(files)!, comment, [FindingKind.BurnedInSuspected]),
            Files = files,
        };
    }

    /// <summary>Reads a page as strictly as XML is read.</summary>
    private protected static XElement Parse(string page)
    {
        Assert.StartsWith("<!DOCTYPE html>\n", page, StringComparison.Ordinal);
        using var reader = XmlReader.Create(new StringReader(page), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader, LoadOptions.PreserveWhitespace).Root!;
    }

    private protected static XElement StudyOf(XElement page, int number = 1) => page.Descendants("article").Single(a => a.Attribute("id")!.Value == $"study-{number}");

    /// <summary>What a list says for a term.</summary>
    private protected static string Term(XElement within, string term) => within.Descendants("dt").First(t => t.Value == term).ElementsAfterSelf("dd").Single().Value;

    /// <summary>The rows of a table below its header.</summary>
    private protected static List<string[]> Rows(XElement within, string caption) =>
        [.. within.Descendants("table").First(t => t.Element("caption")!.Value == caption).Element("tbody")!.Elements("tr").Select(r => r.Elements().Select(c => c.Value).ToArray())];
}
