using System.Text.Json;
using Pacsbin.Dicom;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Studies;

public sealed class ManifestTests : IDisposable
{
    private readonly StudyFolder folder = new();

    private static Manifest Sample => new()
    {
        Format = Manifest.CurrentFormat,
        State = StudyState.Approved,
        Tool = "PacsbinPS 1.2.3",
        Created = new DateTimeOffset(2026, 2, 28, 23, 59, 59, TimeSpan.Zero),
        Profile = new ManifestProfile("Pacsbin", "2026d", ["RetainModifiedDates"]),
        Settings = "0123456789abcdef",
        StudyInstanceUid = "2.25.1",
        Files =
        [
            new ManifestFile("2.25.2.dcm", 1234, new string('a', 32), null)
            {
                Actions = new ActionCounts(1, 2, 3, 4, 5, 6),
                Sha256 = new string('d', 64),
                Stamp = new ReviewStamp("YES", true),
            },
            new ManifestFile("2.25.3.dcm", 5678, new string('b', 32), [new Finding(FindingKind.InvalidDate, Tags.StudyDate), new Finding(FindingKind.BurnedInSuspected, Detail: "Why.")]),
        ],
        Rejected = new Dictionary<PacsbinError, int> { [PacsbinError.Truncated] = 2 },
        Project = "0f8fad5b",
        Approval = new ManifestApproval("R. Viewer", new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero), "PacsbinPS 1.2.3", new string('c', 64), "Seen.", [FindingKind.BurnedInSuspected]),
    };

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_written_is_read()
    {
        Sample.Write(folder.Path);
        Assert.Equal([folder[Manifest.FileName]], Directory.GetFiles(folder.Path));
        var read = Manifest.Read(folder.Path)!;
        Assert.Equal(Sample with { Profile = read.Profile, Files = read.Files, Rejected = read.Rejected, Approval = read.Approval }, read);
        Assert.Equal(Sample.Profile.Options, read.Profile.Options);
        Assert.Equal(Sample.Rejected, read.Rejected);
        Assert.Equal(Sample.Approval! with { Accepted = null }, read.Approval! with { Accepted = null });
        Assert.Equal(Sample.Approval!.Accepted, read.Approval!.Accepted);
        Assert.Equal(Sample.Files[0], read.Files[0]);
        Assert.Equal(Sample.Files[1] with { Findings = null }, read.Files[1] with { Findings = null });
        Assert.Equal(Sample.Files[1].Findings, read.Files[1].Findings);
    }

    [Fact]
    public void Names_of_states_errors_and_findings_are_words()
    {
        Sample.Write(folder.Path);
        var json = File.ReadAllText(folder[Manifest.FileName]);
        Assert.All(["\"Approved\"", "\"Truncated\"", "\"InvalidDate\"", "(0008,0020)"], word => Assert.Contains(word, json, StringComparison.Ordinal));
    }

    [Fact]
    public void No_manifest_is_null() => Assert.Null(Manifest.Read(folder.Path));

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("{\"format\":\"pacsbin-study/1\"}")]
    [InlineData("not JSON")]
    public void What_is_no_manifest_is_malformed(string text)
    {
        File.WriteAllText(folder[Manifest.FileName], text);
        Assert.Equal(PacsbinError.MalformedElement, Assert.Throws<PacsbinException>(() => Manifest.Read(folder.Path)).Error);
    }

    [Theory]
    [InlineData("\"format\"", "\"unknown\":1,\"format\"")]
    [InlineData("pacsbin-study/1", "pacsbin-study/2")]
    [InlineData("\"Approved\"", "\"Perfect\"")]
    [InlineData("(0008,0020)", "(0008,002)")]
    public void Unknown_properties_versions_and_words_are_refused(string known, string unknown)
    {
        Sample.Write(folder.Path);
        var json = File.ReadAllText(folder[Manifest.FileName]);
        Assert.Contains(known, json, StringComparison.Ordinal);
        File.WriteAllText(folder[Manifest.FileName], json.Replace(known, unknown, StringComparison.Ordinal));
        Assert.Equal(PacsbinError.MalformedElement, Assert.Throws<PacsbinException>(() => Manifest.Read(folder.Path)).Error);
    }

    [Fact]
    public void It_is_json_that_any_reader_takes()
    {
        Sample.Write(folder.Path);
        using var document = JsonDocument.Parse(File.ReadAllBytes(folder[Manifest.FileName]));
        Assert.Equal(2, document.RootElement.GetProperty("files").GetArrayLength());
    }
}
