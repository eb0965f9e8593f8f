using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pacsbin.Tests.Access;

/// <summary>Runs alone: it takes all that the machine has, and measures time.</summary>
[CollectionDefinition(nameof(FloodTests), DisableParallelization = true)]
[Collection(nameof(FloodTests))]
public sealed class FloodTests
{
    [Fact]
    public async Task Ten_thousand_requests_at_once_are_answered_or_put_off_and_leave_it_healthy()
    {
        const int Requests = 10_000;
        await using var process = await SidecarProcess.StartAsync(); // in this process, both ends would need more files than it may open
        process.Studies.Add();
        process.Studies.Deidentify();
        var statuses = new int[Requests];
        var gate = new TaskCompletionSource();
        var path = $"GET /v1/studies HTTP/1.1\r\nHost: localhost:{process.Address.Port}\r\nConnection: close\r\n";
        var withToken = Encoding.ASCII.GetBytes($"{path}Authorization: Bearer {process.Token}\r\n\r\n");
        var without = Encoding.ASCII.GetBytes($"{path}\r\n");
        var all = Enumerable.Range(0, Requests).Select(i => AskAsync(i, i % 10 == 9 ? without : withToken)).ToList();
        gate.SetResult();
        using var client = process.NewClient(process.Token);
        Assert.Equal("ok", await client.GetStringAsync("/healthz", TestContext.Current.CancellationToken)); // meanwhile
        await Task.WhenAll(all).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken); // none waits for ever

        Assert.All(statuses, (status, i) => Assert.True(i % 10 == 9 ? status == 401 : status is 200 or 503, $"{status}"));
        Assert.Contains(200, statuses);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/studies", TestContext.Current.CancellationToken)).StatusCode);
        Assert.InRange(process.WorkingSet, 0, 500L * 1024 * 1024);
        Assert.DoesNotContain("failed with", await process.EndAsync(), StringComparison.Ordinal);

        async Task AskAsync(int number, byte[] request)
        {
            await gate.Task;
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, process.Address.Port, TestContext.Current.CancellationToken);
            await socket.SendAsync(request, TestContext.Current.CancellationToken);
            var answer = new byte[12];
            var length = 0;
            while (length < answer.Length && await socket.ReceiveAsync(answer.AsMemory(length), TestContext.Current.CancellationToken) is > 0 and var read)
            {
                length += read;
            }

            statuses[number] = length == answer.Length ? int.Parse(answer.AsSpan(9), CultureInfo.InvariantCulture) : 0;
        }
    }
}
