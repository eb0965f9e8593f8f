using System.Net;
using System.Text.Json.Nodes;
using Pacsbin.Studies;

namespace Pacsbin.Tests.Endpoints;

public sealed class StudyEndpointsTests
{
    [Fact]
    public async Task Path_lists_source_studies_with_what_a_caller_asked_for()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add("a/1.dcm");
        server.Studies.Add("b/2.dcm", instance: 2);
        server.Studies.Add("c/3.dcm", study: 2, modality: "US");
        File.WriteAllText(Path.Join(server.Studies.Source, "notes.txt"), "Not DICOM, and long enough that nobody takes it for a data set. " + new string('.', 300));
        var whole = File.ReadAllBytes(server.Studies.Add("broken.dcm", study: 9));
        File.WriteAllBytes(Path.Join(server.Studies.Source, "broken.dcm"), whole[..(whole.AsSpan().IndexOf("TESTPERSON"u8) + 4)]);

        var found = await server.GetAsync($"/v1/studies?path={Uri.EscapeDataString(server.Studies.Source)}");
        Assert.Equal(1, (int?)found["skippedFiles"]);
        var broken = Assert.Single(found["rejected"]!.AsArray())!;
        Assert.Equal(("broken.dcm", "Truncated"), ((string?)broken["file"], (string?)broken["error"]));
        var studies = found["studies"]!.AsArray();
        Assert.Equal(2, studies.Count);
        var first = studies.Single(s => (string?)s!["studyInstanceUid"] == "1.2.1")!;
        Assert.Equal(
            ("ELS-0815", "TESTPERSON^THEODORA", "2024-03-10", "ACCESS-77", "Source", 2),
            ((string?)first["patientId"], (string?)first["patientName"], (string?)first["studyDate"], (string?)first["accessionNumber"], (string?)first["state"], (int?)first["instanceCount"]));
        await server.RequireHealthyAsync();
    }

    [Fact]
    public async Task Workspace_is_listed_without_a_path_and_says_nothing_of_the_patient()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne(burnedIn: "YES");
        var found = await server.GetAsync("/v1/studies");
        var study = Assert.Single(found["studies"]!.AsArray())!;
        Assert.Equal((copy.StudyInstanceUid, "Deidentified", copy.Path), ((string?)study["studyInstanceUid"], (string?)study["state"], (string?)study["path"]));
        Assert.Equal("BurnedInSuspected", (string?)Assert.Single(study["findings"]!.AsArray())!["kind"]);
        Assert.All(MadeStudies.Secrets, s => Assert.DoesNotContain(s, found.ToJsonString(), StringComparison.OrdinalIgnoreCase));
        Assert.Equal(found.ToJsonString(), (await server.GetAsync($"/v1/studies?workspace={Uri.EscapeDataString(server.Studies.Workspace)}")).ToJsonString());
    }

    [Fact]
    public async Task Workspace_below_the_configured_folder_can_be_named()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add();
        var inner = Path.Join(server.Studies.Workspace, "second");
        var copy = Assert.Single(server.Studies.Deidentify(inner));
        var detail = await server.GetAsync($"/v1/studies/{copy.StudyInstanceUid}?workspace={Uri.EscapeDataString(inner)}");
        Assert.Equal(copy.StudyInstanceUid, (string?)detail["study"]!["studyInstanceUid"]);
        await server.RefusedAsync(HttpMethod.Get, $"/v1/studies/{copy.StudyInstanceUid}", null, HttpStatusCode.NotFound, PacsbinError.FileNotFound);
    }

    [Fact]
    public async Task Detail_has_series_manifest_and_findings()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add("1.dcm", burnedIn: "YES");
        server.Studies.Add("2.dcm", series: 2, modality: "MR");
        var copy = Assert.Single(server.Studies.Deidentify());
        var detail = await server.GetAsync($"/v1/studies/{copy.StudyInstanceUid}");
        Assert.Equal(copy.Series.Select(s => s.SeriesInstanceUid).Order(), detail["series"]!.AsArray().Select(s => (string?)s!["seriesInstanceUid"]).Order());
        var written = JsonNode.Parse(await File.ReadAllTextAsync(Path.Join(copy.Path, Manifest.FileName), TestContext.Current.CancellationToken))!;
        foreach (var (name, value) in written.AsObject())
        {
            AssertContains(value, detail["manifest"]![name], name);
        }

        Assert.All(MadeStudies.Secrets, s => Assert.DoesNotContain(s, detail.ToJsonString(), StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Series_lists_images_by_number_with_their_sizes()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add("1.dcm", instance: 10, rows: 6, columns: 8);
        server.Studies.Add("2.dcm", instance: 2, frames: 3);
        var copy = Assert.Single(server.Studies.Deidentify());
        var series = await server.GetAsync($"/v1/studies/{copy.StudyInstanceUid}/series/{copy.Series[0].SeriesInstanceUid}");
        Assert.Equal(
            [(2, 3, 20, 30), (10, 1, 6, 8)],
            series["images"]!.AsArray().Select(i => ((int)i!["instanceNumber"]!, (int)i["frames"]!, (int)i["rows"]!, (int)i["columns"]!)));
        await server.RefusedAsync(HttpMethod.Get, $"/v1/studies/{copy.StudyInstanceUid}/series/1.2.3", null, HttpStatusCode.NotFound, PacsbinError.FileNotFound);
    }

    [Fact]
    public async Task Attributes_are_those_of_the_copy()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        var list = await server.GetAsync($"{InstanceOf(copy)}/attributes");
        var values = list["attributes"]!.AsArray().Where(a => (int)a!["depth"]! == 0).ToDictionary(a => (string)a!["tag"]!, a => (Keyword: (string?)a!["keyword"], Vr: (string?)a["vr"], Value: (string?)a["value"]));
        Assert.Equal(("StudyInstanceUID", "UI", copy.StudyInstanceUid), values["(0020,000D)"]);
        Assert.Equal(("PatientID", "LO", copy.PatientId), values["(0010,0020)"]);
        Assert.Equal(("Rows", "US", "20"), values["(0028,0010)"]);
        Assert.Equal(("PixelData", "OB", null), values["(7FE0,0010)"]);
        Assert.Contains(list["attributes"]!.AsArray(), a => (int)a!["depth"]! == 1 && (string?)a["value"] == "113100");
        Assert.All(MadeStudies.Secrets, s => Assert.DoesNotContain(s, list.ToJsonString(), StringComparison.OrdinalIgnoreCase));
        await server.RefusedAsync(HttpMethod.Get, $"/v1/studies/{copy.StudyInstanceUid}/series/1.2/instances/{copy.Series[0].Instances[0].SopInstanceUid}/attributes", null, HttpStatusCode.NotFound, PacsbinError.FileNotFound);
    }

    [Fact]
    public async Task Test_passes_a_good_copy_and_names_what_is_wrong_with_a_bad_one()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        var test = $"/v1/studies/{copy.StudyInstanceUid}/test";
        var good = await server.GetAsync($"{test}?source={Uri.EscapeDataString(server.Studies.Source)}");
        Assert.Equal((true, true, 0), ((bool?)good["isPassed"], (bool?)good["isSearched"], good["problems"]!.AsArray().Count));

        File.AppendAllText(copy.Series[0].Instances[0].Path, "x");
        var bad = await server.GetAsync(test);
        Assert.Equal((false, false, "HashMismatch"), ((bool?)bad["isPassed"], (bool?)bad["isSearched"], (string?)bad["problems"]!.AsArray()[0]!["kind"]));
    }

    [Fact]
    public async Task Removed_study_is_gone_and_a_folder_with_more_in_it_stays()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        var path = $"/v1/studies/{copy.StudyInstanceUid}";
        File.WriteAllText(Path.Join(copy.Path, "notes.txt"), "mine");
        await server.RefusedAsync(HttpMethod.Delete, path, null, HttpStatusCode.Conflict, PacsbinError.DestinationExists);
        Assert.True(File.Exists(copy.Series[0].Instances[0].Path));
        File.Delete(Path.Join(copy.Path, "notes.txt"));
        await server.SendAsync(HttpMethod.Delete, path, null, HttpStatusCode.NoContent);
        Assert.Empty(Directory.GetFileSystemEntries(server.Studies.Workspace));
        await server.RefusedAsync(HttpMethod.Delete, path, null, HttpStatusCode.NotFound, PacsbinError.FileNotFound);
    }

    [Fact]
    public async Task Source_study_in_the_workspace_is_never_deleted()
    {
        await using var server = await SidecarServer.StartAsync();
        Directory.CreateDirectory(Path.Join(server.Studies.Workspace, "1.2.1"));
        var file = Path.Join(server.Studies.Workspace, "1.2.1", "1.dcm");
        File.Move(server.Studies.Add(), file);
        await server.RefusedAsync(HttpMethod.Delete, "/v1/studies/1.2.1", null, HttpStatusCode.NotFound, PacsbinError.FileNotFound);
        Assert.True(File.Exists(file));
    }

    [Theory]
    [InlineData("/v1/studies?pathh=/x")]
    [InlineData("/v1/studies?Path=/x")]
    [InlineData("/v1/studies?path=/x&path=/y")]
    [InlineData("/v1/studies?path=/x&workspace=/y")]
    [InlineData("/v1/studies/1.2.3?source=/x")]
    [InlineData("/v1/studies/1.2.3?studyInstanceUid=1.2.4")]
    [InlineData("/v1/studies/1.2.3/burned-in-text?includeText=maybe")]
    [InlineData("/v1/studies/1.2.3/burned-in-text?minimumScore=2")]
    [InlineData("/v1/audit-log/test")]
    public async Task Mistyped_query_is_refused_and_not_passed_over(string path)
    {
        await using var server = await SidecarServer.StartAsync();
        await server.SendAsync(HttpMethod.Get, path, null, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Copy_is_compared_with_the_only_instance_that_can_be_its_source()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add("1/1.dcm", instance: 1);
        server.Studies.Add("1/2.dcm", instance: 2);
        var copy = Assert.Single(server.Studies.Deidentify());
        string From(string source, int instance = 0) => $"{InstanceOf(copy, instance: instance)}/attributes/compare?source={Uri.EscapeDataString(source)}";

        var sources = new List<string>();
        foreach (var instance in new[] { 0, 1 })
        {
            var changes = (await server.GetAsync(From(server.Studies.Source, instance)))["changes"]!.AsArray();
            JsonNode Of(string keyword) => changes.Single(c => (string?)(c!["after"] ?? c["before"])!["keyword"] == keyword && (int)(c["after"] ?? c["before"])!["depth"]! == 0)!;
            Assert.Equal(("Changed", "TESTPERSON^THEODORA"), ((string?)Of("PatientName")["fate"], (string?)Of("PatientName")["before"]!["value"]));
            Assert.Equal(("Kept", (string?)Of("InstanceNumber")["before"]!["value"]), ((string?)Of("InstanceNumber")["fate"], (string?)Of("InstanceNumber")["after"]!["value"]));
            Assert.Equal(("Added", null), ((string?)Of("PatientIdentityRemoved")["fate"], Of("PatientIdentityRemoved")["before"]));
            sources.Add((string)Of("SOPInstanceUID")["before"]!["value"]!);
        }

        Assert.Equal(["1.2.1.1.1", "1.2.1.1.2"], sources.Order(StringComparer.Ordinal));

        server.Studies.Add("2/1.dcm", study: 2, instance: 1); // it looks like the first instance of the other study
        var first = sources.IndexOf("1.2.1.1.1");
        await server.RefusedAsync(HttpMethod.Get, From(server.Studies.Source, first), null, HttpStatusCode.NotFound, PacsbinError.FileNotFound);
        await server.GetAsync(From(Path.Join(server.Studies.Source, "1"), first));
        await server.GetAsync(From(Path.Join(server.Studies.Source, "2", "1.dcm"), first)); // a file that is named is the one that is meant
        await server.RefusedAsync(HttpMethod.Get, From("/etc", first), null, HttpStatusCode.Forbidden, PacsbinError.FileAccessDenied);
        await server.SendAsync(HttpMethod.Get, $"{InstanceOf(copy)}/attributes/compare", null, HttpStatusCode.BadRequest);
        await server.RequireHealthyAsync();
    }

    [Fact]
    public async Task Findings_that_keep_a_study_from_approval_are_told_until_a_region_settles_them()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne(burnedIn: "YES");
        var open = Assert.Single((await server.GetAsync($"/v1/studies/{copy.StudyInstanceUid}"))["open"]!.AsArray())!;
        Assert.Equal(("BurnedInSuspected", Path.GetFileName(copy.Series[0].Instances[0].Path)), ((string?)open["kind"], (string?)Assert.Single(open["files"]!.AsArray())));
        await server.SendAsync(HttpMethod.Post, $"/v1/studies/{copy.StudyInstanceUid}/regions", """{ "regions": [{ "x": 0, "y": 0, "width": 5, "height": 5 }] }""", HttpStatusCode.OK);
        Assert.Empty((await server.GetAsync($"/v1/studies/{copy.StudyInstanceUid}"))["open"]!.AsArray());
    }

    internal static string InstanceOf(DicomStudy copy, int series = 0, int instance = 0) =>
        $"/v1/studies/{copy.StudyInstanceUid}/series/{copy.Series[series].SeriesInstanceUid}/instances/{copy.Series[series].Instances[instance].SopInstanceUid}";

    /// <summary>Asserts that a value has all that another has; it may have nulls besides.</summary>
    private static void AssertContains(JsonNode? expected, JsonNode? actual, string place)
    {
        switch (expected)
        {
            case JsonObject members:
                Assert.All(members, m => AssertContains(m.Value, actual![m.Key], $"{place}.{m.Key}"));
                break;
            case JsonArray items:
                Assert.Equal(items.Count, actual!.AsArray().Count);
                Assert.All(items.Index(), i => AssertContains(i.Item, actual[i.Index], $"{place}[{i.Index}]"));
                break;
            default:
                Assert.True(JsonNode.DeepEquals(expected, actual), place);
                break;
        }
    }
}
