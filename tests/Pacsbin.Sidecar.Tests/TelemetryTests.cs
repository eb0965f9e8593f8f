using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Pacsbin.Sidecar;
using Pacsbin.Tests.Archives.Servers;

namespace Pacsbin.Tests;

/// <summary>What a collector of OpenTelemetry gets, over real HTTP.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Collector_gets_operations_and_jobs_and_nothing_of_patients_paths_and_callers()
    {
        var port = OrthancServer.FreePort();
        using var collector = new HttpListener { Prefixes = { $"http://127.0.0.1:{port}/" } };
        collector.Start();
        var received = new ConcurrentQueue<(string Path, string Content)>();
        var listening = Task.Run(async () =>
        {
            while (collector.IsListening)
            {
                try
                {
                    var context = await collector.GetContextAsync();
                    using var body = new MemoryStream();
                    await context.Request.InputStream.CopyToAsync(body, CancellationToken.None);
                    received.Enqueue((context.Request.Url!.AbsolutePath, Encoding.Latin1.GetString(body.ToArray())));
                    context.Response.Close();
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
            }
        }, CancellationToken.None);

        string uid, root, token;
        await using (var server = await SidecarServer.StartAsync(o => o with { Telemetry = new Uri($"http://127.0.0.1:{port}/") }))
        {
            server.Studies.Add();
            (root, token) = (server.Studies.Root, server.Token);
            uid = (string)(await server.RunAsync("/v1/studies/deidentify", $$"""{ "paths": ["{{server.Studies.Source}}"] }"""))["result"]!["deidentified"]![0]!["studyInstanceUid"]!;
            await server.GetAsync($"/v1/studies/{uid}");
            await server.GetAsync($"/v1/studies?path={Uri.EscapeDataString(server.Studies.Source)}");
            await server.SendAsync(HttpMethod.Get, $"/v1/studies/{MadeStudies.PatientId}/nothing", null, HttpStatusCode.NotFound);
            await server.RunAsync("/v1/studies/scan", $$"""{ "path": "{{server.Studies.Source}}/gone" }""", "Failed");
        }

        collector.Stop();
        await listening;
        var traces = string.Concat(received.Where(r => r.Path == "/v1/traces").Select(r => r.Content));
        var metrics = string.Concat(received.Where(r => r.Path == "/v1/metrics").Select(r => r.Content));
        Assert.All(["GET /v1/studies/{studyInstanceUid}", "job Deidentify", "job Scan", "FileNotFound"], text => Assert.Contains(text, traces, StringComparison.Ordinal));
        Assert.All(["pacsbin.jobs", "pacsbin.job.duration", "http.server.request.duration", "/v1/studies/{studyInstanceUid}", "Succeeded", "Failed"], text => Assert.Contains(text, metrics, StringComparison.Ordinal));
        Assert.All([uid, root, token, .. MadeStudies.Secrets, "1.2.1"], secret => Assert.DoesNotContain(secret, traces + metrics, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Span_of_a_refused_request_has_the_status_that_the_caller_got()
    {
        var seen = new ConcurrentQueue<(string Name, int? Status)>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "pacsbin-sidecar",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => seen.Enqueue((activity.DisplayName, activity.GetTagItem("http.response.status_code") as int?)),
        };
        ActivitySource.AddActivityListener(listener);
        await using var server = await SidecarServer.StartAsync();
        await server.SendAsync(HttpMethod.Get, "/v1/reports/nothing/here", null, HttpStatusCode.NotFound);
        await server.SendAsync(HttpMethod.Delete, "/v1/schedules/nobody", null, HttpStatusCode.NotFound);
        Assert.Contains(("DELETE /v1/schedules/{schedule}", 404), seen);
        Assert.Contains(("GET other", 404), seen);
    }

    [Theory]
    [InlineData("http://collector.example:4318")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("collector")]
    public void Collector_elsewhere_needs_https(string address) => Assert.Throws<UsageException>(() => CommandLine.Parse(["--telemetry", address]));
}
