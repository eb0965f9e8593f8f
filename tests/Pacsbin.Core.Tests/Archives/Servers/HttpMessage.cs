using System.Globalization;
using System.Text;

namespace Pacsbin.Tests.Archives.Servers;

/// <summary>A request or an answer of HTTP/1.1 as it came over the wire.</summary>
internal sealed class HttpMessage(string startLine, IReadOnlyList<KeyValuePair<string, string>> headers)
{
    public string StartLine { get; } = startLine;

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; } = headers;

    /// <summary>The body without its transfer coding; null as long as nobody has read it.</summary>
    public byte[]? Body { get; set; }

    /// <summary>A request's method.</summary>
    public string Method => StartLine.Split(' ')[0];

    /// <summary>A request's path and query.</summary>
    public string Target => StartLine.Split(' ')[1];

    /// <summary>An answer's status.</summary>
    public int Status => int.Parse(StartLine.Split(' ')[1], CultureInfo.InvariantCulture);

    public bool IsChunked => Header("Transfer-Encoding")?.Contains("chunked", StringComparison.OrdinalIgnoreCase) == true;

    public long? ContentLength => long.TryParse(Header("Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : null;

    /// <summary>Whether the connection ends with this message.</summary>
    public bool Closes => string.Equals(Header("Connection"), "close", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the message is a STOW-RS request.</summary>
    public bool IsStore => Method == "POST" && Header("Content-Type")?.StartsWith("multipart/related", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The first header of a name; null where there is none.</summary>
    public string? Header(string name) =>
        Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>The same message without headers of a name.</summary>
    public HttpMessage Without(string name) =>
        new(StartLine, [.. Headers.Where(header => !header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))]) { Body = Body };

    /// <summary>The start line and headers, and the empty line after them.</summary>
    public byte[] HeadBytes() =>
        Encoding.Latin1.GetBytes(StartLine + "\r\n" + string.Concat(Headers.Select(header => $"{header.Key}: {header.Value}\r\n")) + "\r\n");

    /// <summary>The message as it goes over the wire; a chunked body goes as one chunk.</summary>
    public byte[] ToBytes()
    {
        var body = Body ?? [];
        if (!IsChunked)
        {
            return [.. HeadBytes(), .. body];
        }

        byte[] chunk = body.Length == 0 ? [] : [.. Encoding.Latin1.GetBytes($"{body.Length:x}\r\n"), .. body, .. "\r\n"u8];
        return [.. HeadBytes(), .. chunk, .. "0\r\n\r\n"u8];
    }
}
