using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pacsbin.Tests.Access;

public sealed class HostAndOriginTests
{
    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:{0}")]
    [InlineData("localhost")]
    [InlineData("localhost:1")]
    [InlineData("localhost.evil.example:{0}")]
    [InlineData("127.0.0.1.nip.io:{0}")]
    [InlineData("127.0.0.2:{0}")]
    [InlineData("0.0.0.0:{0}")]
    [InlineData("[::2]:{0}")]
    [InlineData("localhost.:{0}")]
    public async Task Foreign_host_is_refused_before_all_else(string host)
    {
        await using var server = await SidecarServer.StartAsync();
        foreach (var path in new[] { "/healthz", "/v1/studies", "/login?code=x" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Host = string.Format(System.Globalization.CultureInfo.InvariantCulture, host, server.Address.Port);
            using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
        }

        await server.RequireHealthyAsync("evil.example");
    }

    [Theory]
    [InlineData("localhost:{0}", "127.0.0.1")]
    [InlineData("LOCALHOST:{0}", "127.0.0.1")]
    [InlineData("127.0.0.1:{0}", "127.0.0.1")]
    [InlineData("[::1]:{0}", "::1")]
    [InlineData("localhost:{0}", "::1")]
    public async Task Own_names_are_served_on_both_loopback_addresses(string host, string address)
    {
        await using var server = await SidecarServer.StartAsync();
        var name = string.Format(System.Globalization.CultureInfo.InvariantCulture, host, server.Address.Port);
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(server, address, $"GET /healthz HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /v1/studies HTTP/1.1\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /v1/studies HTTP/1.0\r\n\r\n")]
    [InlineData("GET /v1/studies HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /v1/studies HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /v1/studies HTTP/1.1\r\nHost: localhost:{0}\r\nHost: evil.example\r\nConnection: close\r\n\r\n")]
    [InlineData("GET http://evil.example/v1/studies HTTP/1.1\r\nHost: localhost:{0}\r\nConnection: close\r\n\r\n")]
    public async Task Request_without_a_clear_host_is_refused(string request)
    {
        await using var server = await SidecarServer.StartAsync();
        var text = request.Replace("{0}", server.Address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.Matches("^HTTP/1.1 (400|421) ", await AskAsync(server, "127.0.0.1", text));
        await server.RequireHealthyAsync();
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://localhost:1")]
    [InlineData("http://localhost")]
    [InlineData("https://localhost:{0}")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("http://localhost:{0}.evil.example")]
    [InlineData("http://127.0.0.1:{0}")] // this server, by another name: the browser says that of another origin
    public async Task Foreign_origin_is_refused_and_nothing_allows_it(string origin)
    {
        await using var server = await SidecarServer.StartAsync();
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Options, HttpMethod.Delete })
        {
            using var request = new HttpRequestMessage(method, "/v1/studies");
            request.Headers.TryAddWithoutValidation("Origin", string.Format(System.Globalization.CultureInfo.InvariantCulture, origin, server.Address.Port));
            request.Headers.TryAddWithoutValidation("Access-Control-Request-Method", "DELETE");
            using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            Assert.DoesNotContain(response.Headers, h => h.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
        }

        await server.RequireHealthyAsync("evil.example");
    }

    [Fact]
    public async Task Own_origin_is_served_and_gets_no_cors_headers()
    {
        await using var server = await SidecarServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/studies");
        request.Headers.Add("Origin", $"http://localhost:{server.Address.Port}");
        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain(response.Headers, h => h.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/v1/studies")]
    [InlineData("/v1/no-such-thing")]
    [InlineData("/swagger/index.html")]
    [InlineData("/openapi/v1.json")]
    public async Task Every_answer_tells_the_browser_to_trust_and_keep_nothing(string path)
    {
        await using var server = await SidecarServer.StartAsync();
        using var anonymous = server.ClientWith(null);
        foreach (var client in new[] { server.Client, anonymous })
        {
            using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.StartsWith("default-src 'none'; script-src 'self';", Only(response, "Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
            Assert.Equal(("nosniff", "no-referrer", "same-origin"), (Only(response, "X-Content-Type-Options"), Only(response, "Referrer-Policy"), Only(response, "Cross-Origin-Resource-Policy")));
            Assert.False(response.Headers.Contains("Server"));
        }
    }

    internal static async Task<string> AskAsync(SidecarServer server, string address, string request)
    {
        using var client = new TcpClient(AddressFamilyOf(address));
        try
        {
            await client.ConnectAsync(IPAddress.Parse(address), server.Address.Port, TestContext.Current.CancellationToken);
        }
        catch (SocketException) when (address.Contains(':', StringComparison.Ordinal) && !Socket.OSSupportsIPv6)
        {
            Assert.Skip("This machine has no IPv6.");
        }

        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private static string Only(HttpResponseMessage response, string header) => Assert.Single(response.Headers.GetValues(header));

    private static AddressFamily AddressFamilyOf(string address) => IPAddress.Parse(address).AddressFamily;
}
