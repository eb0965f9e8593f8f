using System.Net;
using System.Text.Json.Nodes;
using Pacsbin.Archives;
using Pacsbin.Tests.Archives.Servers;

namespace Pacsbin.Tests.Jobs;

public sealed class ArchiveJobTests
{
    [Fact]
    public async Task Studies_are_fetched_into_the_folder_for_them()
    {
        await using var server = await SidecarServer.StartAsync();
        await using var archive = await ArchiveAsync(server, "fetched");
        var job = await server.RunAsync("/v1/studies/receive", """{ "archive": "fetched", "query": { "patientId": "ELS*" } }""");
        Assert.Equal(2, job["result"]!["received"]!.AsArray().Count);
        Assert.Equal(2, (await server.GetAsync($"/v1/studies?path={Uri.EscapeDataString(server.Studies.Received)}"))["studies"]!.AsArray().Count);
        await server.SendAsync(HttpMethod.Post, "/v1/studies/receive", """{ "archive": "fetched", "studyInstanceUids": ["1.2.1"], "destination": "/etc" }""", HttpStatusCode.Forbidden);
        await server.SendAsync(HttpMethod.Post, "/v1/studies/receive", """{ "archive": "fetched" }""", HttpStatusCode.BadRequest);
        await server.SendAsync(HttpMethod.Post, "/v1/studies/receive", """{ "archive": "fetched", "studyInstanceUids": ["1.2.1"], "sopInstanceUid": "1.2.3" }""", HttpStatusCode.BadRequest);
        await server.RequireHealthyAsync("1.2.1");
    }

    [Fact]
    public async Task Studies_of_an_archive_are_deidentified_and_leave_nothing_identified()
    {
        await using var server = await SidecarServer.StartAsync();
        await using var archive = await ArchiveAsync(server, "source");
        var job = await server.RunAsync("/v1/studies/deidentify", """{ "archive": "source", "studyInstanceUids": ["1.2.1", "1.2.2", "1.2.99"] }""");
        Assert.Equal(2, job["result"]!["deidentified"]!.AsArray().Count);
        Assert.Equal("FileNotFound", (string?)Assert.Single(job["rejected"]!.AsArray())!["error"]);
        Assert.DoesNotContain("1.2.99", job.ToJsonString(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Environment.GetEnvironmentVariable("PACSBIN_TRANSIENT")!, "*.dcm", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetFileSystemEntries(server.Studies.Received));
    }

    [Fact]
    public async Task Approved_studies_are_sent_and_others_are_not()
    {
        await using var server = await SidecarServer.StartAsync();
        await using var archive = new ScriptedArchive();
        Register(archive, "teaching");
        server.Studies.Add("1.dcm");
        server.Studies.Add("2.dcm", study: 2);
        var copies = server.Studies.Deidentify();
        await server.SendAsync(HttpMethod.Post, $"/v1/studies/{copies[0].StudyInstanceUid}/approval", """{ "reviewer": "R. Reader" }""", HttpStatusCode.OK);
        var job = await server.RunAsync("/v1/studies/send", """{ "archive": "teaching" }""");
        var sent = Assert.Single(job["result"]!["sent"]!.AsArray())!;
        Assert.Equal((copies[0].StudyInstanceUid, 1, true), ((string?)sent["studyInstanceUid"], (int?)sent["stored"], (bool?)sent["isVerified"]));
        Assert.Equal("NotApproved", (string?)Assert.Single(job["rejected"]!.AsArray())!["error"]);
        Assert.Single(archive.Instances);
        Assert.Equal("Sent", (string?)(await server.GetAsync($"/v1/studies/{copies[0].StudyInstanceUid}"))["study"]!["state"]);

        var one = await server.RunAsync($"/v1/studies/{copies[0].StudyInstanceUid}/send", """{ "archive": "teaching" }""");
        Assert.Equal((0, 1), ((int?)one["result"]!["sent"]![0]!["stored"], (int?)one["result"]!["sent"]![0]!["skipped"]));
        await server.SendAsync(HttpMethod.Post, "/v1/studies/1.2.3/send", """{ "archive": "teaching" }""", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Approved_studies_are_copied_below_the_outgoing_folder_only()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        await server.SendAsync(HttpMethod.Post, $"/v1/studies/{copy.StudyInstanceUid}/approval", """{ "reviewer": "R. Reader" }""", HttpStatusCode.OK);
        var zip = Path.Join(server.Studies.Outgoing, "trial.zip");
        await server.RunAsync("/v1/studies/send", new JsonObject { ["destination"] = zip, ["mediaDirectory"] = true }.ToJsonString());
        Assert.True(File.Exists(zip));
        foreach (var elsewhere in new[] { server.Studies.Source, "/etc/x.zip", Path.Join(server.Studies.Outgoing, "..", "x.zip") })
        {
            await server.SendAsync(HttpMethod.Post, "/v1/studies/send", new JsonObject { ["destination"] = elsewhere }.ToJsonString(), HttpStatusCode.Forbidden);
        }

        await server.SendAsync(HttpMethod.Post, "/v1/studies/send", """{ "archive": "teaching", "mediaDirectory": true }""", HttpStatusCode.BadRequest);
        await server.SendAsync(HttpMethod.Post, "/v1/studies/send", "{ }", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Job_is_tried_again_after_a_failure_of_the_archive()
    {
        await using var server = await SidecarServer.StartAsync();
        await using var archive = await ArchiveAsync(server, "busy");
        archive.Faults.BusyAnswers = 7;
        var job = await server.RunAsync("/v1/studies/receive", """{ "archive": "busy", "query": { "patientId": "ELS*" } }""");
        Assert.Equal((2, null), ((int?)job["attempts"], job["problem"]));
        Assert.Equal(2, job["result"]!["received"]!.AsArray().Count);
    }

    [Fact]
    public async Task Archive_that_refuses_is_not_asked_again()
    {
        await using var server = await SidecarServer.StartAsync();
        await using var archive = await ArchiveAsync(server, "closed");
        archive.Faults.RequiredAuthorization = "Bearer x";
        var job = await EndAsync(server, """{ "archive": "closed", "query": { "patientId": "ELS*" } }""");
        Assert.Equal((1, "urn:pacsbin:ArchiveRefused"), ((int?)job["attempts"], (string?)job["problem"]!["type"]));
        await server.RequireHealthyAsync();
    }

    private static Task<JsonNode> EndAsync(SidecarServer server, string body) => server.RunAsync("/v1/studies/receive", body, "Failed");

    /// <summary>An archive with two studies.</summary>
    private static async Task<ScriptedArchive> ArchiveAsync(SidecarServer server, string name)
    {
        var archive = new ScriptedArchive();
        foreach (var path in new[] { server.Studies.Add("1.dcm"), server.Studies.Add("2.dcm", study: 2) })
        {
            archive.Add(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        }

        Register(archive, name);
        return archive;
    }

    private static void Register(ScriptedArchive archive, string name) => new ArchiveStore().Add(
        new ArchiveDefinition { Name = name, QidoUri = archive.DicomWebRoot, WadoUri = archive.DicomWebRoot, StowUri = archive.DicomWebRoot }, "", replace: true);
}
