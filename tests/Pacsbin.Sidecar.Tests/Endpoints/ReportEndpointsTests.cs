using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Pacsbin.Tests.Endpoints;

public sealed class ReportEndpointsTests
{
    [Theory]
    [InlineData("Html", "text/html")]
    [InlineData("Json", "application/json")]
    [InlineData("Csv", "text/csv")]
    public async Task Report_is_given_and_nothing_of_it_stays(string format, string mediaType)
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        var before = Directory.GetDirectories(Path.GetTempPath(), "pacsbin-reports-*").SelectMany(Directory.GetFiles).Count();
        using var response = await PostAsync(server, new JsonObject { ["format"] = format, ["title"] = "Second batch", ["sources"] = new JsonArray(server.Studies.Source) });
        Assert.Equal((HttpStatusCode.OK, mediaType), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        var report = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains(copy.StudyInstanceUid, report, StringComparison.Ordinal);
        Assert.Equal(format != "Csv", report.Contains("Second batch", StringComparison.Ordinal));
        Assert.All(MadeStudies.Secrets, s => Assert.DoesNotContain(s, report, StringComparison.OrdinalIgnoreCase));
        Assert.True(Directory.GetDirectories(Path.GetTempPath(), "pacsbin-reports-*").SelectMany(Directory.GetFiles).Count() <= before);
    }

    [Fact]
    public async Task Report_that_would_tell_an_identifier_is_refused()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.DeidentifyOne();
        using var response = await PostAsync(server, new JsonObject { ["title"] = "Mrs Testperson", ["sources"] = new JsonArray(server.Studies.Source) });
        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal("urn:pacsbin:IdentifierLeft", (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["type"]);
        await server.RequireHealthyAsync();
    }

    [Fact]
    public async Task Report_is_about_the_studies_that_are_named()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add("1.dcm");
        server.Studies.Add("2.dcm", study: 2);
        var copies = server.Studies.Deidentify();
        using var response = await PostAsync(server, new JsonObject { ["format"] = "Json", ["studyInstanceUids"] = new JsonArray(copies[1].StudyInstanceUid) });
        var report = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains(copies[1].StudyInstanceUid, report, StringComparison.Ordinal);
        Assert.DoesNotContain(copies[0].StudyInstanceUid, report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "format": "Pdf" }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "title": " " }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "titel": "x" }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "studyInstanceUids": [null] }""", HttpStatusCode.BadRequest)]
    [InlineData("""{ "studyInstanceUids": ["1.2.3"] }""", HttpStatusCode.NotFound)]
    [InlineData("""{ "project": "none" }""", HttpStatusCode.NotFound)]
    [InlineData("""{ "sources": ["/etc"] }""", HttpStatusCode.Forbidden)]
    [InlineData("""{ "workspace": "/etc" }""", HttpStatusCode.Forbidden)]
    public async Task Report_that_is_not_clear_is_refused(string body, HttpStatusCode expected)
    {
        await using var server = await SidecarServer.StartAsync();
        await server.SendAsync(HttpMethod.Post, "/v1/reports", body, expected);
    }

    private static Task<HttpResponseMessage> PostAsync(SidecarServer server, JsonObject body) =>
        server.Client.PostAsync("/v1/reports", new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
}
