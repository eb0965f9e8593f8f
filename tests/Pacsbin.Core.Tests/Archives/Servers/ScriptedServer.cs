using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;

namespace Pacsbin.Tests.Archives.Servers;

/// <summary>A server of HTTP/1.1 that says, byte by byte, what a test wants it to say.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<HttpMessage> requests = new();
    private readonly Func<ScriptedExchange, Task> answer;
    private readonly SslServerAuthenticationOptions? tls;
    private readonly Listener listener;

    /// <param name="answer">Answers one request; when it returns, the next one of the same connection is read.</param>
    /// <param name="tls">Makes the server speak TLS; <see cref="TlsFront.Options"/> makes them.</param>
    public ScriptedServer(Func<ScriptedExchange, Task> answer, SslServerAuthenticationOptions? tls = null)
    {
        this.answer = answer;
        this.tls = tls;
        listener = new Listener(ServeAsync);
    }

    /// <summary>The server's root.</summary>
    public Uri Address => new($"{(tls is null ? "http" : "https")}://127.0.0.1:{listener.Port}/");

    /// <summary>All requests that came, in the order of their first lines.</summary>
    public IReadOnlyList<HttpMessage> Requests => [.. requests];

    /// <summary>The number of connections that came.</summary>
    public int Connections => listener.Connections;

    /// <summary>What the script itself failed with.</summary>
    public IReadOnlyList<Exception> Errors => [.. listener.Errors];

    /// <summary>Whether a request's body is read before it is answered; where it is not, the script may, or the connection ends.</summary>
    public Func<HttpMessage, bool> ReadsBody { get; set; } = _ => true;

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    private async Task ServeAsync(Socket socket, int number, CancellationToken stop)
    {
        await using var plain = new NetworkStream(socket);
        await using var secure = tls is null ? null : new SslStream(plain);
        if (secure is not null)
        {
            await secure.AuthenticateAsServerAsync(tls!, stop);
        }

        Stream stream = secure is null ? plain : secure;
        var reader = new HttpReader(stream);
        while (await reader.ReadHeadAsync(stop) is { } request)
        {
            requests.Enqueue(request);
            var exchange = new ScriptedExchange(request, number, stream, socket, async () =>
            {
                if (request.Header("Expect") is not null)
                {
                    await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), stop);
                }

                await reader.ReadRequestBodyAsync(request, stop);
            }, stop);
            if (ReadsBody(request))
            {
                await exchange.ReadBodyAsync();
            }

            await answer(exchange);
            if (exchange.Closes || request.Body is null)
            {
                break;
            }
        }

        if (secure is not null)
        {
            await secure.ShutdownAsync();
        }
    }
}
