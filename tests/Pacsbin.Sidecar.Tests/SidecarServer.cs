using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Pacsbin.Sidecar;

namespace Pacsbin.Tests;

/// <summary>A sidecar that listens on a free port of this machine, with folders of its own, its log, and a client that has its token.</summary>
internal sealed class SidecarServer : IAsyncDisposable
{
    private readonly RunningSidecar sidecar;
    private readonly CapturedLog log;

    private SidecarServer(MadeStudies studies, RunningSidecar sidecar, CapturedLog log)
    {
        (Studies, this.sidecar, this.log) = (studies, sidecar, log);
        Token = File.ReadAllText(sidecar.TokenPath);
        Client = ClientWith(Token);
    }

    public MadeStudies Studies { get; }

    public Uri Address => sidecar.Address;

    public string TokenPath => sidecar.TokenPath;

    public string Token { get; }

    public HttpClient Client { get; }

    /// <summary>All that was logged so far, whatever the level.</summary>
    public string Log => log.Text;

    public static async Task<SidecarServer> StartAsync(Func<SidecarOptions, SidecarOptions>? change = null)
    {
        var (studies, log) = (new MadeStudies(), new CapturedLog());
        var options = new SidecarOptions
        {
            Roots = [studies.Source], Workspace = studies.Workspace, Projects = studies.Projects, TokenFile = Path.Join(studies.Root, "token"),
            Store = Path.Join(studies.Root, "store"), Received = studies.Received, Outgoing = studies.Outgoing, RetrySeconds = 1,
        };
        var sidecar = await RunningSidecar.StartAsync(change?.Invoke(options) ?? options, log.AddTo);
        return new SidecarServer(studies, sidecar, log);
    }

    /// <summary>A client that follows no redirect and keeps no cookie.</summary>
    public HttpClient ClientWith(string? token)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(100) };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        }

        return client;
    }

    public Task<JsonNode> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null, HttpStatusCode.OK);

    /// <summary>Sends a request and gives the JSON of the answer, which must have a status.</summary>
    public async Task<JsonNode> SendAsync(HttpMethod method, string path, string? body, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected == response.StatusCode, $"{(int)response.StatusCode}: {text}");
        if ((int)expected >= 400)
        {
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        }

        return text.Length > 0 ? JsonNode.Parse(text)! : new JsonObject();
    }

    /// <summary>Asks for a job, and waits until it has ended in a state.</summary>
    public async Task<JsonNode> RunAsync(string path, string body, string state = "Succeeded")
    {
        var id = (string)(await SendAsync(HttpMethod.Post, path, body, HttpStatusCode.Accepted))["id"]!;
        return await EndOfAsync(id, state);
    }

    /// <summary>Waits until a job has ended in a state.</summary>
    public async Task<JsonNode> EndOfAsync(string id, string state = "Succeeded")
    {
        for (var end = DateTime.UtcNow.AddSeconds(60); ; await Task.Delay(20, TestContext.Current.CancellationToken))
        {
            var job = await GetAsync($"/v1/jobs/{id}");
            if ((string?)job["ended"] is not null)
            {
                Assert.True(state == (string?)job["state"], job.ToJsonString());
                return job;
            }

            Assert.True(DateTime.UtcNow < end, job.ToJsonString());
        }
    }

    /// <summary>Sends a request that must fail with an error of the core.</summary>
    public async Task<JsonNode> RefusedAsync(HttpMethod method, string path, string? body, HttpStatusCode status, PacsbinError error)
    {
        var problem = await SendAsync(method, path, body, status);
        Assert.Equal(($"urn:pacsbin:{error}", error.ToString(), (int)status), ((string?)problem["type"], (string?)problem["title"], (int?)problem["status"]));
        return problem;
    }

    /// <summary>Asserts that the server still works, and that nothing of some texts is in its log.</summary>
    public async Task RequireHealthyAsync(params string[] secrets)
    {
        using var client = ClientWith(null);
        Assert.Equal("ok", await client.GetStringAsync("/healthz", TestContext.Current.CancellationToken));
        Assert.Equal("ready", await client.GetStringAsync("/readyz", TestContext.Current.CancellationToken));
        await GetAsync("/v1/studies");
        Assert.All([Token, Studies.Root, .. MadeStudies.Secrets, .. secrets], secret => Assert.DoesNotContain(secret, Log, StringComparison.OrdinalIgnoreCase));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await sidecar.DisposeAsync();
        Studies.Dispose();
    }
}
