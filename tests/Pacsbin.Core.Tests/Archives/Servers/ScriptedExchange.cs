using System.Net.Sockets;
using System.Text;

namespace Pacsbin.Tests.Archives.Servers;

/// <summary>One request to a <see cref="ScriptedServer"/>, and the connection on which to answer.</summary>
internal sealed class ScriptedExchange(HttpMessage request, int connection, Stream stream, Socket socket, Func<Task> readBody, CancellationToken stop)
{
    public HttpMessage Request { get; } = request;

    /// <summary>The number of the connection, from 1.</summary>
    public int Connection { get; } = connection;

    /// <summary>Whether the connection ends after this exchange.</summary>
    public bool Closes { get; set; } = request.Closes;

    /// <summary>Leaves the request without an answer for as long as there is the server.</summary>
    public Task KeepSilentAsync() => Task.Delay(Timeout.Infinite, stop);

    /// <summary>Reads the request's body where that has not been done.</summary>
    public async Task<byte[]> ReadBodyAsync()
    {
        if (Request.Body is null)
        {
            await readBody();
        }

        return Request.Body!;
    }

    /// <summary>Sends a whole answer with a Content-Length.</summary>
    public Task RespondAsync(int status, byte[]? body = null, string? contentType = null, params (string Name, string Value)[] headers) =>
        SendAsync(Encode(status, body, contentType, headers));

    /// <summary>Sends a whole answer of text.</summary>
    public Task RespondAsync(int status, string body, string contentType, params (string Name, string Value)[] headers) =>
        RespondAsync(status, Encoding.UTF8.GetBytes(body), contentType, headers);

    /// <summary>The bytes that <see cref="RespondAsync(int, byte[], string, ValueTuple{string, string}[])"/> sends.</summary>
    public byte[] Encode(int status, byte[]? body = null, string? contentType = null, params (string Name, string Value)[] headers)
    {
        var all = headers.Select(header => new KeyValuePair<string, string>(header.Name, header.Value)).ToList();
        if (contentType is not null)
        {
            all.Add(new("Content-Type", contentType));
        }

        if (status is >= 200 and not 204 and not 304)
        {
            all.Add(new("Content-Length", $"{body?.Length ?? 0}"));
        }

        if (Closes)
        {
            all.Add(new("Connection", "close"));
        }

        return new HttpMessage($"HTTP/1.1 {status} Scripted", all) { Body = Request.Method == "HEAD" ? null : body }.ToBytes();
    }

    /// <summary>Sends bytes as they are.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await stream.WriteAsync(bytes);
        await stream.FlushAsync();
    }

    /// <summary>Sends text as it is, with one byte a character.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Breaks the connection; the client sees a reset.</summary>
    public void Cut()
    {
        Closes = true;
        Listener.Reset(socket);
    }
}
