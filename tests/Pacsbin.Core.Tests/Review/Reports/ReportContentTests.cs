using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pacsbin.Benchmarks;
using Pacsbin.Dicom;
using Pacsbin.Redaction;
using Pacsbin.Review.Reports;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Review.Reports;

/// <summary>What a report says, against the manifests that it is made of.</summary>
public sealed class ReportContentTests : ReportingTests
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    [Fact]
    public void Page_says_what_the_manifests_say()
    {
        MakeBatch();
        var page = Page();
        var (first, second) = (ManifestOf(0), ManifestOf(1));
        Assert.Equal(("2", "2", "5", "1 of 2"), (Term(page, "Studies"), Term(page, "Series"), Term(page, "Files"), Term(page, "Approved")));
        Assert.Equal([["Deidentified", "1"], ["Approved", "1"]], Rows(page, "States"));
        Assert.Equal([["Pacsbin 2026d", "RetainModifiedDates, CleanPixelData", "2", "5"]], Rows(page, "Profiles"));
        Assert.Equal([["BurnedInSuspected", "1", "2"], ["InvalidDate", "1", "1"]], Rows(page, "Findings"));
        Assert.Equal([["NotDicom", "1"], ["Truncated", "2"]], Rows(page, "Rejected source files"));
        Assert.Equal([["Kept", "1,001"], ["Removed", "22"], ["Emptied", "33"], ["Replaced", "44"], ["UIDs replaced", "55"], ["Dates moved", "66"]], Rows(page, "Attributes by action").Select(r => r[..2]));
        Assert.Contains("Not counted in 3 files", page.Value, StringComparison.Ordinal);

        foreach (var (manifest, number) in new[] { (first, 1), (second, 2) })
        {
            var study = StudyOf(page, number);
            Assert.Equal(manifest.StudyInstanceUid, study.Elements("p").First().Value);
            Assert.Equal(("MR", $"{manifest.Files.Count}", manifest.Tool), (Term(study, "Modality"), Term(study, "Files"), Term(study, "Tool")));
            Assert.Equal(manifest.Created.UtcDateTime.ToString("yyyy-MM-dd HH:mm", Invariant) + " UTC", Term(study, "Written"));
            Assert.Equal(
                manifest.Files.Select(f => new[] { f.Name, f.Length.ToString("N0", Invariant), f.Xxh128 }),
                Rows(study, "Files and their hashes").Select(r => r[..3]));
        }

        var burned = StudyOf(page, 1);
        Assert.Equal([["BurnedInSuspected", "", "Why.", "2"], ["InvalidDate", "Study Date (0008,0020)", "", "1"]], Rows(burned, "Findings"));
        Assert.Equal([["0,0,2,2 ellipse frames 2 to 5", "Ward 3 (line 7)", "2"], ["-1,0,1,4 outside", "Ward 3 (line 7)", "1"]], Rows(burned, "Regions erased"));
        Assert.Equal("p-1", Term(burned, "Project"));
        Assert.Equal("none", Term(StudyOf(page, 2), "Project"));
        var approved = StudyOf(page, 2);
        Assert.Equal(("R. Viewer", "2026-03-01 08:00 UTC", "Seen.", "BurnedInSuspected"), (Term(approved, "Reviewer"), Term(approved, "Time"), Term(approved, "Comment"), Term(approved, "Accepted findings")));
        Assert.Equal(second.Approval!.MerkleRoot, Term(approved, "Merkle root of the files (SHA-256)"));
        Assert.Equal(second.Files.Select(f => f.Sha256), Rows(approved, "Files and their hashes").Select(r => r[3]));
        Assert.Equal("not counted", Rows(approved, "Attributes by action").Single()[1]);
    }

    [Fact]
    public void Json_says_what_the_manifests_say()
    {
        MakeBatch();
        var json = Json();
        Assert.Equal((ReportWriter.JsonFormat, "Batch"), (json.GetProperty("format").GetString(), json.GetProperty("title").GetString()));
        var studies = json.GetProperty("studies").EnumerateArray().ToList();
        Assert.Equal(2, studies.Count);
        foreach (var (manifest, study) in new[] { ManifestOf(0), ManifestOf(1) }.Zip(studies))
        {
            // Files, approval, profile and rejected are the manifest's own JSON.
            foreach (var name in (string[])["files", "approval", "profile", "rejected", "studyInstanceUid", "tool", "created", "state", "project"])
            {
                var expected = JsonSerializer.SerializeToElement(manifest, ManifestJson.Default.Manifest);
                Assert.Equal(expected.TryGetProperty(name, out var value), study.TryGetProperty(name, out var actual));
                Assert.True(value.ValueKind == JsonValueKind.Undefined || JsonElement.DeepEquals(value, actual), name);
            }

            Assert.Equal(manifest.Files.Count, study.GetProperty("fileCount").GetInt32());
            Assert.Equal(manifest.Files.Sum(f => f.Length), study.GetProperty("length").GetInt64());
        }

        Assert.Equal("""[{"kind":"BurnedInSuspected","detail":"Why.","files":2},{"kind":"InvalidDate","tag":"(0008,0020)","files":1}]""", Compact(studies[0].GetProperty("findings")));
        Assert.Equal("""{"files":2,"kept":1001,"removed":22,"emptied":33,"replaced":44,"uids":55,"dates":66}""", Compact(studies[0].GetProperty("actions")));
        Assert.False(studies[1].TryGetProperty("actions", out _));
        var summary = json.GetProperty("summary");
        Assert.Equal("""{"Deidentified":1,"Approved":1}""", Compact(summary.GetProperty("states")));
        Assert.Equal("""{"NotDicom":1,"Truncated":2}""", Compact(summary.GetProperty("rejected")));
        Assert.Equal((2, 5, 1), (summary.GetProperty("studies").GetInt32(), summary.GetProperty("files").GetInt32(), summary.GetProperty("approved").GetInt32()));
        Assert.DoesNotContain("base64", json.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Table_has_a_row_for_each_file()
    {
        MakeBatch();
        var rows = Table();
        var files = new[] { ManifestOf(0), ManifestOf(1) }.SelectMany(m => m.Files.Select(f => (Study: m, File: f))).ToList();
        Assert.Equal(files.Count, rows.Count);
        foreach (var ((study, file), row) in files.Zip(rows))
        {
            Assert.Equal(
                (study.StudyInstanceUid, study.State.ToString(), file.Name, file.Length.ToString(Invariant), file.Xxh128, file.Sha256 ?? ""),
                (row["StudyInstanceUid"], row["State"], row["File"], row["Bytes"], row["Xxh128"], row["Sha256"]));
            Assert.Equal((study.Approval?.Reviewer ?? "", study.Approval is null ? "False" : "True", study.Approval?.MerkleRoot ?? ""), (row["Reviewer"], row["IsApproved"], row["MerkleRoot"]));
            Assert.Equal((file.Actions?.Kept.ToString(Invariant) ?? "", file.Actions?.Dates.ToString(Invariant) ?? ""), (row["Kept"], row["Dates"]));
        }

        Assert.Equal("BurnedInSuspected: Why.; InvalidDate (0008,0020)", rows[0]["Findings"]);
        Assert.Equal("0,0,2,2 ellipse frames 2 to 5; -1,0,1,4 outside", rows[0]["Regions"]);
        Assert.Equal("RetainModifiedDates; CleanPixelData", rows[0]["Options"]);
    }

    [Fact]
    public void Actions_that_a_run_counted_are_summed()
    {
        Source.WithStudy(1, 3);
        Run();
        var counts = ManifestOf().Files.Select(f => f.Actions!).ToList();
        Assert.Equal(3, counts.Count(c => c is { Removed: > 0, Uids: > 0 }));
        var rows = Rows(StudyOf(Page()), "Attributes by action");
        int[] expected = [counts.Sum(c => c.Kept), counts.Sum(c => c.Removed), counts.Sum(c => c.Emptied), counts.Sum(c => c.Replaced), counts.Sum(c => c.Uids), counts.Sum(c => c.Dates)];
        Assert.Equal(expected.Select(n => n.ToString("N0", Invariant)), rows.Select(r => r[1]));
    }

    [Fact]
    public void Pseudonym_is_that_of_the_copies()
    {
        MakeBatch();
        var pseudonym = TextOf(Directory.GetFiles(Studies(Destination)[0], "*.dcm")[0], 0x00100020)!;
        Assert.Matches("^[0-9A-Z]{10}$", pseudonym);
        Assert.Equal(pseudonym, StudyOf(Page()).Descendants("h3").Single().Value);
        Assert.Equal($"""["{pseudonym}"]""", Compact(Json().GetProperty("studies")[0].GetProperty("pseudonyms")));
        Assert.Equal(pseudonym, Table()[0]["Pseudonym"]);
    }

    [Fact]
    public void Study_that_a_run_has_just_made_is_reported_as_one_that_is_found()
    {
        Source.WithStudy(1, 3);
        var made = Run();
        var expected = Json().GetProperty("studies").GetRawText();
        Report(ReportFormat.Json, studies: made);
        using var actual = JsonDocument.Parse(File.ReadAllText(ReportPath));
        Assert.Equal(expected, actual.RootElement.GetProperty("studies").GetRawText());
    }

    [Fact]
    public void Void_approval_shows_although_the_manifest_says_approved()
    {
        Source.WithStudy(1, 2);
        Run();
        Change(m => Approve(m));
        var study = Assert.Single(Found());
        study.State = StudyState.Deidentified;
        study.Add(new Finding(FindingKind.ApprovalVoid));
        var page = Parse(Report(studies: [study])!);
        Assert.Equal("Approval void", StudyOf(page).Descendants("span").First().Value);
        Assert.Contains("the approval is void", page.Value, StringComparison.Ordinal);
        Assert.Equal("Approval, not valid for these files", page.Descendants("h4").Single().Value);
        Assert.Equal("0 of 1", Term(page, "Approved"));
        Assert.Empty(page.Descendants("img"));
        Report(ReportFormat.Csv, studies: [study]);
        var row = Csv.Read(ReportPath).First();
        Assert.Equal(("Deidentified", "False", "ApprovalVoid", ""), (row["State"], row["IsApproved"], row["Findings"].Split(';')[0], row["Pseudonym"]));
        Report(ReportFormat.Json, studies: [study]);
        using var json = JsonDocument.Parse(File.ReadAllText(ReportPath));
        Assert.False(json.RootElement.GetProperty("studies")[0].GetProperty("isApproved").GetBoolean());
    }

    [Fact]
    public void Object_that_was_found_before_an_approval_went_is_not_called_approved()
    {
        Source.WithStudy(1, 1);
        Run();
        Change(m => Approve(m));
        var found = Found();
        Change(m => m with { State = StudyState.Deidentified, Approval = null });
        var page = Parse(Report(studies: found)!);
        Assert.Equal([["Deidentified", "1"]], Rows(page, "States"));
        Assert.Contains("Not approved.", page.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void File_that_is_gone_is_counted_as_missing()
    {
        Source.WithStudy(1, 3);
        Run();
        File.Delete(Directory.GetFiles(Studies(Destination)[0], "*.dcm")[1]);
        Assert.Contains("1 of 3 files that the manifest lists was not found.", Page().Value, StringComparison.Ordinal);
        Assert.Equal(1, Json().GetProperty("studies")[0].GetProperty("missingFiles").GetInt32());
    }

    [Fact]
    public void What_lies_in_the_place_of_a_copy_says_nothing()
    {
        Source.WithStudy(1, 2);
        Run();
        var copy = Directory.GetFiles(Studies(Destination)[0], "*.dcm")[0];
        using (var file = DicomFile.Open(copy))
        {
            // As when somebody saves a source over its copy: the name stays, the patient is back.
            file.Dataset.SetText(0x00100020, Vr.LO, "PATIENT-4711");
            file.Dataset.SetText(0x00200011, Vr.IS, "77");
            using var output = File.Create(copy + ".new");
            DicomFile.Write(output, file.Dataset, file.Source, file.TransferSyntax);
        }

        File.Move(copy + ".new", copy, overwrite: true);
        foreach (var format in Enum.GetValues<ReportFormat>())
        {
            Assert.DoesNotContain("PATIENT-47", Report(format)!, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal(0, Json().GetProperty("studies")[0].GetProperty("series").GetArrayLength());

        Assert.Contains("1 file has another length than when written.", Page().Value, StringComparison.Ordinal);
        Assert.Empty(Page().Descendants("img"));
    }

    private static string Compact(JsonElement json) => JsonNode.Parse(json.GetRawText())!.ToJsonString();

    /// <summary>Two studies: one with all that a run and a person can leave in a manifest but an approval, one approved.</summary>
    private void MakeBatch()
    {
        Source.WithStudy(1, 3).WithStudy(2, 2, "PATIENT-4712");
        Run();
        Fill(0);
        Change(m => Approve(m) with { Files = [.. Approve(m).Files.Select(f => f with { Findings = null, Actions = null })] }, 1); // as a version wrote it that did not count
    }

    private void Fill(int index)
    {
        RedactionRegion[] regions = [new(0, 0, 2, 2) { Shape = RegionShape.Ellipse, FirstFrame = 2, LastFrame = 5 }, new(-1, 0, 1, 4) { Outside = true }];
        Change(
            m => m with
            {
                Project = "p-1",
                Rejected = new Dictionary<PacsbinError, int> { [PacsbinError.Truncated] = 2, [PacsbinError.NotDicom] = 1 },
                Files =
                [
                    m.Files[0] with { Actions = new(1000, 20, 30, 40, 50, 60), Findings = [new(FindingKind.BurnedInSuspected, Detail: "Why."), new(FindingKind.InvalidDate, Tags.StudyDate)], Regions = regions, Device = "Ward 3 (line 7)" },
                    m.Files[1] with { Actions = new(1, 2, 3, 4, 5, 6), Findings = [new(FindingKind.BurnedInSuspected, Detail: "Why.")], Regions = regions[..1], Device = "Ward 3 (line 7)" },
                ],
            },
            index);
    }
}
