using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Pacsbin.Tests.Archives.Servers;

/// <summary>Stands between a client and a server of HTTP/1.1 and breaks some of what they say, as a seed chooses.</summary>
/// <remarks>It reads a message whole before it passes it on. Requests one after the other meet the same faults for the same seed; of concurrent ones it depends on which comes first.</remarks>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly ConcurrentQueue<FaultRecord> records = new();
    private readonly Lock choosing = new();
    private readonly Uri target;
    private readonly FaultOptions options;
    private readonly Random random;
    private readonly Listener listener;
    private long clock;

    /// <param name="target">A URL of the server, http; the path is kept in <see cref="Address"/>.</param>
    public FaultProxy(Uri target, FaultOptions options)
    {
        this.target = target;
        this.options = options;
        random = new Random(options.Seed);
        listener = new Listener(ServeAsync);
        Address = new UriBuilder(target) { Host = "127.0.0.1", Port = listener.Port }.Uri;
    }

    /// <summary>The target's URL through this proxy.</summary>
    public Uri Address { get; }

    /// <summary>All that came and what was done to it, in the order of arrival.</summary>
    public IReadOnlyList<FaultRecord> Records => [.. records];

    /// <summary>What the proxy itself failed with, which is not a fault that it made.</summary>
    public IReadOnlyList<Exception> Errors => [.. listener.Errors];

    /// <summary>The seed and, line by line, what was done: for the message of a failing test.</summary>
    public string Explain() => $"Seed {options.Seed}:\n{string.Join('\n', records)}";

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    private async Task ServeAsync(Socket socket, int number, CancellationToken stop)
    {
        await using var client = new NetworkStream(socket);
        var reader = new HttpReader(client);
        while (await reader.ReadHeadAsync(stop) is { } request)
        {
            var record = new FaultRecord(number, Interlocked.Increment(ref clock), request);
            records.Enqueue(record);
            if (request.Header("Expect") is not null)
            {
                await client.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), stop);
            }

            await reader.ReadRequestBodyAsync(request, stop);
            Choose(record);
            var answer = record.Fault == Fault.Refuse ? MakeRefusal(record) : await ForwardAsync(record, stop);
            if (answer is null || record.Fault == Fault.LoseAnswer)
            {
                Listener.Reset(socket);
                return;
            }

            var bytes = MakeAnswer(record, answer);
            if (record.Fault is Fault.CutAnswer or Fault.EndAnswer)
            {
                await client.WriteAsync(bytes.AsMemory(0, record.Detail), stop);
                if (record.Fault == Fault.CutAnswer)
                {
                    Listener.Reset(socket);
                }

                return;
            }

            if (record.Fault is not Fault.Refuse and not Fault.CorruptAnswer)
            {
                record.Passed = Interlocked.Increment(ref clock);
            }

            try
            {
                await client.WriteAsync(bytes, stop);
            }
            catch (IOException)
            {
                record.Passed = 0;
                throw;
            }

            if (request.Closes || answer.Closes || answer is { IsChunked: false, ContentLength: null, Status: not 204 and not 304 })
            {
                return;
            }
        }
    }

    private void Choose(FaultRecord record)
    {
        lock (choosing)
        {
            // The draws are the same for every request, so that one request's fate does not move that of the next.
            var (meets, which, where) = (random.NextDouble(), random.Next(), random.NextDouble());
            if (meets >= options.Probability || !options.Affects(record.Request))
            {
                return;
            }

            record.Fault = options.Faults[which % options.Faults.Count];
            record.Detail = record.Fault switch
            {
                Fault.Delay => 5 + (int)(where * 60),
                Fault.Refuse => options.Refusals[(int)(where * options.Refusals.Count)],
                // Resolved when the length of the answer is known.
                Fault.CutAnswer or Fault.EndAnswer or Fault.CorruptAnswer => (int)(where * int.MaxValue),
                Fault.CutRequest => (int)(where * Passed(record.Request).ToBytes().Length),
                Fault.CorruptRequest => (int)(where * record.Request.Body!.Length),
                _ => 0,
            };
        }
    }

    private HttpMessage MakeRefusal(FaultRecord record)
    {
        var after = options.RetryAfter[(int)(record.Began % options.RetryAfter.Count)];
        return new HttpMessage(
            $"HTTP/1.1 {record.Detail} Refused",
            [.. after >= 0 && record.Detail is 503 or 429 ? [new("Retry-After", $"{after}")] : Array.Empty<KeyValuePair<string, string>>(), new("Content-Length", "0")]);
    }

    private async Task<HttpMessage?> ForwardAsync(FaultRecord record, CancellationToken stop)
    {
        if (record.Fault == Fault.Delay)
        {
            await Task.Delay(record.Detail, stop);
        }

        var bytes = MakeRequest(record);
        using var server = new TcpClient { NoDelay = true };
        try
        {
            await server.ConnectAsync(target.Host, target.Port, stop);
            await using var stream = server.GetStream();
            if (record.Fault == Fault.CutRequest)
            {
                await stream.WriteAsync(bytes.AsMemory(0, record.Detail), stop);
                Listener.Reset(server.Client);
                return null;
            }

            var reader = new HttpReader(stream);
            await stream.WriteAsync(bytes, stop);
            var answer = await reader.ReadHeadAsync(stop) ?? throw new EndOfStreamException("The server does not answer.");
            await reader.ReadAnswerBodyAsync(answer, record.Request.Method, stop);
            return record.Answer = answer;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return null;
        }
    }

    /// <summary>The request as the target gets it: the proxy has answered an expectation itself.</summary>
    private static HttpMessage Passed(HttpMessage request) => request.Without("Expect");

    private static byte[] MakeRequest(FaultRecord record)
    {
        var request = Passed(record.Request);
        if (record.Fault == Fault.CorruptRequest)
        {
            request.Body = Change(request.Body!, record.Detail);
        }

        return request.ToBytes();
    }

    private static byte[] MakeAnswer(FaultRecord record, HttpMessage answer)
    {
        var bytes = answer.ToBytes();
        if (record.Fault is Fault.CutAnswer or Fault.EndAnswer)
        {
            record.Detail = (int)((double)record.Detail / int.MaxValue * bytes.Length);
        }
        else if (record.Fault == Fault.CorruptAnswer)
        {
            record.Detail = (int)((double)record.Detail / int.MaxValue * answer.Body!.Length);
            return new HttpMessage(answer.StartLine, answer.Headers) { Body = Change(answer.Body!, record.Detail) }.ToBytes();
        }

        return bytes;
    }

    private static byte[] Change(byte[] body, int at)
    {
        var changed = body.ToArray();
        if (changed.Length > 0)
        {
            changed[Math.Min(at, changed.Length - 1)] ^= 0x01;
        }

        return changed;
    }
}
