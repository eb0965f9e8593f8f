using System.Globalization;
using System.Text;

namespace Pacsbin.Tests.Archives.Servers;

/// <summary>Reads messages of HTTP/1.1 from one connection.</summary>
internal sealed class HttpReader(Stream stream)
{
    private readonly byte[] buffer = new byte[65536];
    private int start;
    private int end;

    /// <summary>Reads a start line and headers.</summary>
    /// <returns>The message without its body; null where the connection ends before it.</returns>
    /// <exception cref="EndOfStreamException">The connection ends within the message.</exception>
    public async Task<HttpMessage?> ReadHeadAsync(CancellationToken cancel = default)
    {
        if (start == end && !await FillAsync(cancel))
        {
            return null;
        }

        var first = await ReadLineAsync(cancel);
        return new HttpMessage(first, await ReadHeadersAsync(cancel));
    }

    /// <summary>Reads a request's body into <see cref="HttpMessage.Body"/>.</summary>
    /// <inheritdoc cref="ReadHeadAsync" path="/exception"/>
    public async Task ReadRequestBodyAsync(HttpMessage request, CancellationToken cancel = default) =>
        request.Body = request.IsChunked ? await ReadChunksAsync(cancel) : await ReadExactlyAsync(request.ContentLength ?? 0, cancel);

    /// <summary>Reads an answer's body into <see cref="HttpMessage.Body"/>.</summary>
    /// <inheritdoc cref="ReadHeadAsync" path="/exception"/>
    public async Task ReadAnswerBodyAsync(HttpMessage answer, string method, CancellationToken cancel = default) =>
        answer.Body = method == "HEAD" || answer.Status is < 200 or 204 or 304 ? []
            : answer.IsChunked ? await ReadChunksAsync(cancel)
            : answer.ContentLength is { } length ? await ReadExactlyAsync(length, cancel)
            : await ReadToEndAsync(cancel);

    private async Task<IReadOnlyList<KeyValuePair<string, string>>> ReadHeadersAsync(CancellationToken cancel)
    {
        var headers = new List<KeyValuePair<string, string>>();
        while (await ReadLineAsync(cancel) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(new(line[..colon], line[(colon + 1)..].Trim()));
        }

        return headers;
    }

    private async Task<byte[]> ReadChunksAsync(CancellationToken cancel)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var line = await ReadLineAsync(cancel);
            var length = long.Parse(line.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (length == 0)
            {
                await ReadHeadersAsync(cancel);
                return body.ToArray();
            }

            await CopyAsync(body, length, cancel);
            await ReadLineAsync(cancel);
        }
    }

    private async Task<byte[]> ReadExactlyAsync(long length, CancellationToken cancel)
    {
        using var body = new MemoryStream();
        await CopyAsync(body, length, cancel);
        return body.ToArray();
    }

    private async Task<byte[]> ReadToEndAsync(CancellationToken cancel)
    {
        using var body = new MemoryStream();
        while (start < end || await FillAsync(cancel))
        {
            body.Write(buffer, start, end - start);
            start = end;
        }

        return body.ToArray();
    }

    private async Task CopyAsync(MemoryStream body, long length, CancellationToken cancel)
    {
        for (var left = length; left > 0;)
        {
            await RequireAsync(cancel);
            var part = (int)Math.Min(left, end - start);
            body.Write(buffer, start, part);
            start += part;
            left -= part;
        }
    }

    private async Task<string> ReadLineAsync(CancellationToken cancel)
    {
        var line = new StringBuilder();
        while (true)
        {
            await RequireAsync(cancel);
            var found = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            var length = found < 0 ? end - start : found;
            line.Append(Encoding.Latin1.GetString(buffer, start, length));
            start += found < 0 ? length : length + 1;
            if (found >= 0)
            {
                return line.ToString().TrimEnd('\r');
            }
        }
    }

    private async Task RequireAsync(CancellationToken cancel)
    {
        if (start == end && !await FillAsync(cancel))
        {
            throw new EndOfStreamException("The connection ends within a message.");
        }
    }

    private async Task<bool> FillAsync(CancellationToken cancel)
    {
        start = 0;
        end = await stream.ReadAsync(buffer, cancel);
        return end > 0;
    }
}
