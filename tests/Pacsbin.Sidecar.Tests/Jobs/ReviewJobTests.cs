using System.Net;
using System.Text.Json.Nodes;
using Pacsbin.Studies;

namespace Pacsbin.Tests.Jobs;

/// <summary>Burning, testing and reporting as jobs, for studies that take longer than a request should.</summary>
public sealed class ReviewJobTests
{
    [Fact]
    public async Task Regions_are_burned_as_by_the_request_that_waits()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add("1.dcm", study: 1);
        server.Studies.Add("2.dcm", study: 2);
        var copies = server.Studies.Deidentify();
        const string Regions = """[{ "x": 2, "y": 3, "width": 4, "height": 5 }]""";
        var job = await server.RunAsync("/v1/studies/redact", $$"""{ "studyInstanceUid": "{{copies[0].StudyInstanceUid}}", "regions": {{Regions}} }""");
        var waited = await server.SendAsync(HttpMethod.Post, $"/v1/studies/{copies[1].StudyInstanceUid}/regions", $$"""{ "regions": {{Regions}} }""", HttpStatusCode.OK);
        Assert.True((bool?)job["result"]!["burned"]!["isChanged"]);
        Assert.Equal(1, (int?)job["progress"]!["files"]);
        Assert.Equal(waited["study"]!["regions"]![0]!["width"]!.ToJsonString(), job["result"]!["burned"]!["study"]!["regions"]![0]!["width"]!.ToJsonString());
        Assert.Equal(MadeStudies.Pixels(copies[1].Series[0].Instances[0].Path), MadeStudies.Pixels(copies[0].Series[0].Instances[0].Path));
        await server.RequireHealthyAsync();
    }

    [Theory]
    [InlineData("""[{ "x": 0, "y": 0, "width": 400, "height": 5 }]""", "RegionOutsideImage")]
    [InlineData("""[{ "x": 0, "y": 0, "width": 4, "height": 5, "sopInstanceUid": "1.2.3" }]""", "RegionOutsideImage")]
    public async Task Regions_that_cannot_be_burned_fail_the_job_and_change_nothing(string regions, string error)
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        var before = File.ReadAllBytes(copy.Series[0].Instances[0].Path);
        var job = await server.RunAsync("/v1/studies/redact", $$"""{ "studyInstanceUid": "{{copy.StudyInstanceUid}}", "regions": {{regions}} }""", "Failed");
        Assert.Equal($"urn:pacsbin:{error}", (string?)job["problem"]!["type"]);
        Assert.Equal(before, File.ReadAllBytes(copy.Series[0].Instances[0].Path));
        Assert.Null(Manifest.Read(copy.Path)!.Files[0].Regions);
    }

    [Theory]
    [InlineData("redact", """{ "studyInstanceUid": "1.2.3", "regions": [] }""", HttpStatusCode.BadRequest)]
    [InlineData("redact", """{ "studyInstanceUid": "1.2.3" }""", HttpStatusCode.BadRequest)]
    [InlineData("redact", """{ "studyInstanceUid": "../source", "regions": [{ "x": 0, "y": 0, "width": 4, "height": 5 }] }""", HttpStatusCode.NotFound)]
    [InlineData("test", """{ "studyInstanceUid": "1.2.3", "sources": [null] }""", HttpStatusCode.BadRequest)]
    [InlineData("test", """{ "studyInstanceUid": "1.2.3", "sources": ["/etc"] }""", HttpStatusCode.Forbidden)]
    [InlineData("test", """{ "studyInstanceUid": "1.2.3", "source": ["/etc"] }""", HttpStatusCode.BadRequest)]
    public async Task Request_that_is_not_clear_makes_no_job(string operation, string body, HttpStatusCode expected)
    {
        await using var server = await SidecarServer.StartAsync();
        await server.SendAsync(HttpMethod.Post, $"/v1/studies/{operation}", body, expected);
        Assert.Empty((await server.GetAsync("/v1/jobs"))["jobs"]!.AsArray());
    }

    [Fact]
    public async Task Study_is_tested_as_by_the_request_that_waits()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        var job = await server.RunAsync("/v1/studies/test", new JsonObject { ["studyInstanceUid"] = copy.StudyInstanceUid, ["sources"] = new JsonArray(server.Studies.Source) }.ToJsonString());
        var waited = await server.GetAsync($"/v1/studies/{copy.StudyInstanceUid}/test?source={Uri.EscapeDataString(server.Studies.Source)}");
        Assert.Equal(waited.ToJsonString(), job["result"]!["tested"]!.ToJsonString());
    }

    [Fact]
    public async Task Report_stays_until_its_job_is_forgotten()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.DeidentifyOne();
        var job = await server.RunAsync("/v1/reports/jobs", """{ "format": "Csv" }""");
        Assert.Equal("Csv", (string?)job["result"]!["report"]);
        var path = $"/v1/jobs/{job["id"]}/report";
        for (var i = 0; i < 2; i++)
        {
            using var report = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.OK, "text/csv"), (report.StatusCode, report.Content.Headers.ContentType?.MediaType));
            using var body = new StringContent("""{ "format": "Csv" }""", System.Text.Encoding.UTF8, "application/json");
            using var waited = await server.Client.PostAsync("/v1/reports", body, TestContext.Current.CancellationToken);
            Assert.Equal(await waited.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), await report.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        var folder = Path.Join(server.Studies.Root, "store", "reports");
        Assert.Single(Directory.GetFiles(folder));
        await server.SendAsync(HttpMethod.Delete, $"/v1/jobs/{job["id"]}", null, HttpStatusCode.NoContent);
        Assert.Empty(Directory.GetFiles(folder));
        await server.SendAsync(HttpMethod.Get, path, null, HttpStatusCode.NotFound);
        var failed = await server.RunAsync("/v1/reports/jobs", """{ "studyInstanceUids": ["1.2.3"] }""", "Failed");
        await server.SendAsync(HttpMethod.Get, $"/v1/jobs/{failed["id"]}/report", null, HttpStatusCode.NotFound);
        await server.RequireHealthyAsync();
    }
}
