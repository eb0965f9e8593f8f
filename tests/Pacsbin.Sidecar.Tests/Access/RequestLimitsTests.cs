using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pacsbin.Tests.Access;

public sealed class RequestLimitsTests
{
    private const int Body = 2 * 1024 * 1024;

    [Theory]
    [InlineData("/v1/projects", "folder", Body)]
    [InlineData("/v1/reports", "title", Body)]
    [InlineData("/v1/scripts/audit", "content", 10 * 1024 * 1024)]
    public async Task Body_that_is_too_large_is_413(string path, string member, int length)
    {
        await using var server = await SidecarServer.StartAsync();
        foreach (var isChunked in new[] { false, true })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent($"{{ \"{member}\": \"{new string('x', length)}\" }}", Encoding.UTF8, "application/json") };
            request.Headers.TransferEncodingChunked = isChunked;
            request.Headers.ExpectContinue = true; // or the server's answer may be lost in its closing of the connection
            using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        }

        await server.RequireHealthyAsync();
    }

    [Fact]
    public async Task Body_that_comes_too_slowly_is_408_or_cut_off()
    {
        await using var server = await SidecarServer.StartAsync();
        var started = Stopwatch.GetTimestamp();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        var head = $"POST /v1/projects HTTP/1.1\r\nHost: localhost:{server.Address.Port}\r\nAuthorization: Bearer {server.Token}\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{{";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
        var answer = new byte[4096];
        var reading = stream.ReadAsync(answer, TestContext.Current.CancellationToken).AsTask();
        while (!reading.IsCompleted && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(90))
        {
            await Task.WhenAny(reading, Task.Delay(200, TestContext.Current.CancellationToken));
            try
            {
                await stream.WriteAsync(" "u8.ToArray(), TestContext.Current.CancellationToken);
            }
            catch (IOException)
            {
                break;
            }
        }

        var text = reading.IsCompletedSuccessfully ? Encoding.ASCII.GetString(answer, 0, await reading) : "";
        Assert.True(text.Length == 0 || text.StartsWith("HTTP/1.1 408 ", StringComparison.Ordinal), text);
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 2, 80);
        await server.RequireHealthyAsync();
    }

    [Theory]
    [InlineData("GET /{0} HTTP/1.1\r\nHost: localhost:{1}\r\n\r\n", 20_000)]
    [InlineData("GET /v1/studies HTTP/1.1\r\nHost: localhost:{1}\r\nX: {0}\r\n\r\n", 70_000)]
    [InlineData("{0}", 20_000)]
    [InlineData("GET /v1/studies HTTP/9.9\r\nHost: localhost:{1}\r\n\r\n", 0)]
    [InlineData("GET /v1/studies HTTP/1.1\r\nHost: localhost:{1}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n", 0)]
    [InlineData("POST /v1/projects HTTP/1.1\r\nHost: localhost:{1}\r\nContent-Length: -5\r\n\r\n", 0)]
    public async Task Request_that_is_no_http_of_a_sensible_size_is_refused(string request, int length)
    {
        await using var server = await SidecarServer.StartAsync();
        var text = string.Format(CultureInfo.InvariantCulture, request, new string('x', length), server.Address.Port);
        Assert.Matches("^HTTP/1.1 (4..|505) ", await HostAndOriginTests.AskAsync(server, "127.0.0.1", text));
        await server.RequireHealthyAsync();
    }
}
