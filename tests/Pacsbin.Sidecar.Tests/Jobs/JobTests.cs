using System.Diagnostics;
using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json.Nodes;
using Pacsbin.Archives;
using Pacsbin.Tests.Archives.Servers;

namespace Pacsbin.Tests.Jobs;

public sealed class JobTests
{
    [Fact]
    public async Task Events_tell_progress_and_end_with_the_job()
    {
        await using var server = await SidecarServer.StartAsync();
        var id = await StartLongAsync(server);
        using var stream = await server.Client.GetStreamAsync($"/v1/jobs/{id}/events", TestContext.Current.CancellationToken);
        var events = new List<SseItem<string>>();
        await foreach (var one in SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken))
        {
            events.Add(one);
        }

        Assert.Equal("end", events[^1].EventType);
        Assert.All(events.SkipLast(1), e => Assert.Equal("progress", e.EventType));
        Assert.True(events.Count > 1);
        Assert.Equal("Succeeded", (string?)JsonNode.Parse(events[^1].Data)!["state"]);
        Assert.Equal(events.Count, events.Select(e => e.EventId).Distinct().Count());
        Assert.Equal(events.Select(e => (int)JsonNode.Parse(e.Data)!["progress"]!["files"]!), events.Select(e => (int)JsonNode.Parse(e.Data)!["progress"]!["files"]!).Order());

        // Who comes back after the end gets the end.
        using var again = new HttpRequestMessage(HttpMethod.Get, $"/v1/jobs/{id}/events") { Headers = { { "Last-Event-ID", events[0].EventId } } };
        using var response = await server.Client.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Single((await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("event: ").Skip(1));
    }

    [Fact]
    public async Task Many_followers_do_not_keep_others_from_being_answered()
    {
        await using var server = await SidecarServer.StartAsync();
        var id = await StartLongAsync(server);
        var streams = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => server.Client.GetStreamAsync($"/v1/jobs/{id}/events", TestContext.Current.CancellationToken)));
        await server.GetAsync("/v1/jobs");
        await server.EndOfAsync(id);
        foreach (var stream in streams)
        {
            using var reader = new StreamReader(stream);
            Assert.Contains("event: end", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Cancelled_job_ends_within_a_second_and_leaves_nothing_half()
    {
        await using var server = await SidecarServer.StartAsync();
        var id = await StartLongAsync(server, studies: 6);
        while ((int)(await server.GetAsync($"/v1/jobs/{id}"))["progress"]!["files"]! == 0)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        var started = Stopwatch.GetTimestamp();
        var job = await server.SendAsync(HttpMethod.Post, $"/v1/jobs/{id}/cancel", null, HttpStatusCode.OK);
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(1.5));
        Assert.Equal("Cancelled", (string?)job["state"]);
        Assert.All(Directory.GetDirectories(server.Studies.Workspace).Where(f => Path.GetFileName(f)[0] != '.'), f => Assert.True(File.Exists(Path.Join(f, "study.json"))));

        // The same request goes on with what is there.
        var again = await server.RunAsync("/v1/studies/deidentify", BodyOf(server));
        Assert.Equal(6, again["result"]!["deidentified"]!.AsArray().Count);
        Assert.Equal("Cancelled", (string?)(await server.SendAsync(HttpMethod.Post, $"/v1/jobs/{id}/cancel", null, HttpStatusCode.OK))["state"]);
    }

    [Fact]
    public async Task Waiting_job_is_cancelled_before_it_begins()
    {
        await using var server = await SidecarServer.StartAsync();
        await using var archive = new ScriptedArchive { Faults = { BusyAnswers = int.MaxValue, RetryAfter = "60" } };
        new ArchiveStore().Add(new ArchiveDefinition { Name = "slow", QidoUri = archive.DicomWebRoot, WadoUri = archive.DicomWebRoot }, "", replace: true);
        var ids = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            ids.Add((string)(await server.SendAsync(HttpMethod.Post, "/v1/studies/receive", $$"""{ "archive": "slow", "studyInstanceUids": ["1.2.{{i}}"] }""", HttpStatusCode.Accepted))["id"]!);
        }

        var last = await server.SendAsync(HttpMethod.Post, $"/v1/jobs/{ids[^1]}/cancel", null, HttpStatusCode.OK);
        Assert.Equal(("Cancelled", 0), ((string?)last["state"], (int?)last["attempts"]));
        foreach (var id in ids.SkipLast(1).Reverse())
        {
            await server.SendAsync(HttpMethod.Post, $"/v1/jobs/{id}/cancel", null, HttpStatusCode.OK);
            await server.EndOfAsync(id, "Cancelled");
        }
    }

    [Fact]
    public async Task Only_a_job_that_has_ended_can_be_forgotten()
    {
        await using var server = await SidecarServer.StartAsync();
        var id = await StartLongAsync(server);
        await server.RefusedAsync(HttpMethod.Delete, $"/v1/jobs/{id}", null, HttpStatusCode.Conflict, PacsbinError.ManifestConflict);
        await server.EndOfAsync(id);
        await server.SendAsync(HttpMethod.Delete, $"/v1/jobs/{id}", null, HttpStatusCode.NoContent);
        foreach (var (method, path) in new[] { (HttpMethod.Get, ""), (HttpMethod.Delete, ""), (HttpMethod.Post, "/cancel"), (HttpMethod.Get, "/events") })
        {
            await server.RefusedAsync(method, $"/v1/jobs/{id}{path}", null, HttpStatusCode.NotFound, PacsbinError.FileNotFound);
        }
    }

    [Fact]
    public async Task Idempotency_key_gives_the_job_that_is_there()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add();
        var first = await PostAsync(server, BodyOf(server), "night 1", HttpStatusCode.Accepted);
        Assert.Equal((string?)first["id"], (string?)(await PostAsync(server, BodyOf(server), "night 1", HttpStatusCode.Accepted))["id"]);
        await server.EndOfAsync((string)first["id"]!);
        Assert.Equal((string?)first["id"], (string?)(await PostAsync(server, BodyOf(server), "night 1", HttpStatusCode.Accepted))["id"]);
        Assert.NotEqual((string?)first["id"], (string?)(await PostAsync(server, BodyOf(server), "night 2", HttpStatusCode.Accepted))["id"]);
    }

    [Fact]
    public async Task Large_scan_is_a_job()
    {
        await using var server = await SidecarServer.StartAsync();
        server.Studies.Add("1.dcm");
        server.Studies.Add("2.dcm", study: 2);
        var job = await server.RunAsync("/v1/studies/scan", new JsonObject { ["path"] = server.Studies.Source }.ToJsonString());
        Assert.Equal(["1.2.1", "1.2.2"], job["result"]!["found"]!["studies"]!.AsArray().Select(s => (string)s!["studyInstanceUid"]!).Order(StringComparer.Ordinal));
        await server.SendAsync(HttpMethod.Post, "/v1/studies/scan", """{ "path": "/etc" }""", HttpStatusCode.Forbidden);
        await server.RequireHealthyAsync();
    }

    [Fact]
    public async Task Search_for_text_in_a_workspace_is_a_job()
    {
        await using var server = await SidecarServer.StartAsync();
        var copy = server.Studies.DeidentifyOne();
        var job = await server.RunAsync("/v1/studies/burned-in-text", new JsonObject { ["studyInstanceUids"] = new JsonArray(copy.StudyInstanceUid) }.ToJsonString());
        Assert.Empty(job["result"]!["text"]!["proposals"]!.AsArray());
        await server.SendAsync(HttpMethod.Post, "/v1/studies/burned-in-text", """{ "minimumScore": 2 }""", HttpStatusCode.BadRequest);
    }

    private static string BodyOf(SidecarServer server) => new JsonObject { ["paths"] = new JsonArray(server.Studies.Source), ["key"] = "a key of the tests, long enough." }.ToJsonString();

    /// <summary>Starts a job of some seconds.</summary>
    private static async Task<string> StartLongAsync(SidecarServer server, int studies = 3)
    {
        for (var study = 1; study <= studies; study++)
        {
            for (var instance = 1; instance <= 150; instance++)
            {
                server.Studies.Add($"{study}/{instance}.dcm", study, instance: instance, rows: 64, columns: 64);
            }
        }

        return (string)(await server.SendAsync(HttpMethod.Post, "/v1/studies/deidentify", BodyOf(server), HttpStatusCode.Accepted))["id"]!;
    }

    private static async Task<JsonNode> PostAsync(SidecarServer server, string body, string key, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/studies/deidentify") { Content = new StringContent(body, Encoding.UTF8, "application/json"), Headers = { { "Idempotency-Key", key } } };
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected == response.StatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
