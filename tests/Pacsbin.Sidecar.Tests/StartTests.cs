using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pacsbin.Sidecar;
using Pacsbin.Sidecars;

namespace Pacsbin.Tests;

public sealed class StartTests
{
    [Theory]
    [InlineData("--port", "70000")]
    [InlineData("--port", "x")]
    [InlineData("--port")]
    [InlineData("--rot", "/tmp")]
    [InlineData("/tmp")]
    [InlineData("--root", "/")]
    [InlineData("--root", "/no/such/folder")]
    [InlineData("--workspace", "/no/such/folder")]
    [InlineData("--listen", "0.0.0.0")]
    [InlineData("--listen", "0.0.0.0", "--allow-remote")]
    [InlineData("--listen", "::")]
    [InlineData("--listen", "192.0.2.1", "--allow-remote")]
    [InlineData("--listen", "127.0.0.1", "--listen", "10.0.0.1")]
    [InlineData("--listen", "somewhere")]
    [InlineData("--host-name", "pacs.example")]
    [InlineData("--certificate", "/no/such/file")]
    [InlineData("--configuration", "/no/such/file")]
    public void Line_that_is_wrong_or_would_let_others_in_is_refused(params string[] line) =>
        Assert.NotEmpty(Assert.Throws<UsageException>(() => CommandLine.Parse(line)).Message);

    [Theory]
    [InlineData("""{ "roots": "x" }""")]
    [InlineData("""{ "Roots": [] }""")]
    [InlineData("""{ "port": "5" }""")]
    [InlineData("""{ "port": 5, "port": 6 }""")]
    [InlineData("""{ "listen": ["0.0.0.0"] }""")]
    [InlineData("null")]
    [InlineData("")]
    public void Configuration_that_is_wrong_is_refused(string content)
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, content);
        Assert.Throws<UsageException>(() => CommandLine.Parse(["--configuration", path]));
        File.Delete(path);
    }

    [Fact]
    public void Line_adds_to_the_configuration()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, $$"""{ "port": 5400, "workspace": "{{Path.GetDirectoryName(path)}}" }""");
        var options = CommandLine.Parse(["--configuration", path, "--port", "5401", "--root", Path.GetDirectoryName(path)!]);
        Assert.Equal((5401, Path.GetDirectoryName(path), 1, 0), (options.Port, options.Workspace, options.Roots.Count, options.Listen.Count));
        File.Delete(path);
    }

    [Fact]
    public async Task Process_says_where_it_is_and_where_its_token_is_and_never_the_token()
    {
        await using var process = await SidecarProcess.StartAsync("--login-link");
        using var client = process.NewClient(process.Token);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/studies", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/v1/studies/1.2.3", TestContext.Current.CancellationToken)).StatusCode);
        var ports = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(l => l.Port == process.Address.Port).Select(l => l.Address).ToList();
        Assert.NotEmpty(ports);
        Assert.All(ports, a => Assert.True(IPAddress.IsLoopback(a), $"It listens on {a}."));

        var link = process.Output.Split('\n').Single(l => l.Contains("/login?code=", StringComparison.Ordinal)).Split(' ')[^1].Trim();
        using var browser = process.NewClient(null);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync(link, TestContext.Current.CancellationToken)).StatusCode);
        var output = await process.EndAsync();
        Assert.DoesNotContain(process.Token, output, StringComparison.Ordinal);
        Assert.Equal(2, output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Length);
        Assert.False(File.Exists(Path.Join(process.Studies.Root, "token")));
    }

    [Fact]
    public async Task Program_refuses_on_standard_error_and_helps_on_request()
    {
        var (code, refusal) = await SidecarProcess.RunAsync("--listen", "0.0.0.0");
        Assert.Equal(2, code);
        Assert.Contains("--allow-remote", refusal, StringComparison.Ordinal);
        var (help, text) = await SidecarProcess.RunAsync("--help");
        Assert.Equal(0, help);
        Assert.Contains("--workspace <folder>", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_the_background_it_outlives_ctrl_c_and_its_console_and_ends_when_it_is_told_to()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        await using var process = await SidecarProcess.StartAsync("--background");
        await process.SignalAsync("INT");
        await process.SignalAsync("HUP");
        Assert.False(process.HasEndedIn(TimeSpan.FromSeconds(1)));
        using var client = process.NewClient(process.Token);
        var state = await client.GetStringAsync("/v1/sidecar", TestContext.Current.CancellationToken);
        Assert.Matches("\"version\":\"[0-9.]+\"", state);
        await process.SignalAsync("TERM");
        Assert.True(process.HasEndedIn(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task Without_it_ctrl_c_ends_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        await using var process = await SidecarProcess.StartAsync();
        await process.SignalAsync("INT");
        Assert.True(process.HasEndedIn(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task It_ends_when_who_has_the_token_asks_for_it_and_leaves_no_record()
    {
        await using var process = await SidecarProcess.StartAsync();
        Assert.Contains(SidecarRecord.Running(), r => r.Address.Port == process.Address.Port);
        using var nobody = process.NewClient(null);
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.PostAsync("/v1/sidecar/stop", null, TestContext.Current.CancellationToken)).StatusCode);
        using var client = process.NewClient(process.Token);
        Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsync("/v1/sidecar/stop", null, TestContext.Current.CancellationToken)).StatusCode);
        Assert.True(process.HasEndedIn(TimeSpan.FromSeconds(60)));
        Assert.DoesNotContain(SidecarRecord.Running(), r => r.Address.Port == process.Address.Port);
    }

    [Fact]
    public async Task Port_that_is_taken_is_an_error()
    {
        await using var server = await SidecarServer.StartAsync();
        var error = await Assert.ThrowsAsync<PacsbinException>(() => RunningSidecar.StartAsync(new SidecarOptions { Port = server.Address.Port }, new CapturedLog().AddTo));
        Assert.Equal(PacsbinError.FileIo, error.Error);
    }

    [Fact]
    public async Task With_a_certificate_it_speaks_tls_under_the_names_that_are_given()
    {
        var folder = Directory.CreateTempSubdirectory("pacsbin-tls-").FullName;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=sidecar.example", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var path = Path.Join(folder, "server.pfx");
        File.WriteAllBytes(path, made.Export(X509ContentType.Pkcs12));
        await using var server = await SidecarServer.StartAsync(o => o with { CertificateFile = path, HostNames = ["sidecar.example"] });
        using var handler = new SocketsHttpHandler { UseProxy = false, SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == made.GetCertHashString() } };
        using var client = new HttpClient(handler) { BaseAddress = server.Address };
        foreach (var (host, expected) in new[] { ("sidecar.example", HttpStatusCode.OK), ("localhost", HttpStatusCode.OK), ("other.example", HttpStatusCode.MisdirectedRequest) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/healthz");
            request.Headers.Host = $"{host}:{server.Address.Port}";
            Assert.Equal(expected, (await client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
        }

        Directory.Delete(folder, recursive: true);
    }
}
