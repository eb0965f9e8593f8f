using System.Text;

namespace Pacsbin.Tests.Archives.Servers;

/// <summary>A part of a multipart body.</summary>
internal sealed record MultipartPart(byte[] Body, string ContentType = "application/dicom");

/// <summary>Writes multipart/related bodies, well or oddly, and reads well-made ones.</summary>
internal sealed record Multipart
{
    public string Boundary { get; init; } = "scripted-boundary";

    /// <summary>Whether the boundary stands in quotes in Content-Type.</summary>
    public bool QuotesBoundary { get; init; } = true;

    /// <summary>Whether each part states its Content-Length.</summary>
    public bool StatesLengths { get; init; }

    /// <summary>Text before the first boundary, without its line end.</summary>
    public string Preamble { get; init; } = "";

    /// <summary>Text after the last boundary.</summary>
    public string Epilogue { get; init; } = "";

    /// <summary>What ends a line; LF alone is wrong, and happens.</summary>
    public string LineEnd { get; init; } = "\r\n";

    /// <summary>White space after each boundary, which RFC 2046 allows.</summary>
    public string Padding { get; init; } = "";

    /// <summary>Whether the closing boundary is there.</summary>
    public bool IsClosed { get; init; } = true;

    /// <summary>Further headers of each part.</summary>
    public IReadOnlyList<string> PartHeaders { get; init; } = [];

    /// <summary>The body's Content-Type.</summary>
    public string ContentType =>
        $"multipart/related; type=\"application/dicom\"; boundary={(QuotesBoundary ? $"\"{Boundary}\"" : Boundary)}";

    /// <summary>Reads a well-made body.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static IReadOnlyList<MultipartPart> Parse(string contentType, ReadOnlySpan<byte> body)
    {
        var boundary = Parameter(contentType, "boundary") ?? throw new FormatException("The content type has no boundary.");
        var delimiter = Encoding.Latin1.GetBytes("\r\n--" + boundary);
        var parts = new List<MultipartPart>();
        var at = body.StartsWith(delimiter.AsSpan(2)) ? delimiter.Length - 2 : After(body, 0, delimiter);
        while (!body[at..].StartsWith("--"u8))
        {
            var head = After(body, at, "\r\n"u8);
            var content = body[head..].StartsWith("\r\n"u8) ? head + 2 : After(body, head, "\r\n\r\n"u8);
            var end = After(body, content, delimiter);
            var headers = Encoding.Latin1.GetString(body[head..content]).Split("\r\n");
            var type = headers.FirstOrDefault(line => line.StartsWith("Content-Type:", StringComparison.OrdinalIgnoreCase))?[13..].Trim();
            parts.Add(new(body[content..(end - delimiter.Length)].ToArray(), type ?? ""));
            at = end;
        }

        return parts;
    }

    /// <summary>The value of a content type's parameter, without quotes; null where it has none.</summary>
    public static string? Parameter(string contentType, string name) => contentType.Split(';').Skip(1)
        .Select(parameter => parameter.Trim().Split('=', 2))
        .FirstOrDefault(pair => pair.Length == 2 && pair[0].Equals(name, StringComparison.OrdinalIgnoreCase))?[1].Trim('"');

    /// <summary>The body with these parts.</summary>
    public byte[] Build(IEnumerable<MultipartPart> parts)
    {
        using var body = new MemoryStream();
        void Text(string text) => body.Write(Encoding.Latin1.GetBytes(text));
        if (Preamble.Length > 0)
        {
            Text(Preamble + LineEnd);
        }

        foreach (var part in parts)
        {
            IEnumerable<string> headers = [
                $"--{Boundary}{Padding}",
                $"Content-Type: {part.ContentType}",
                .. StatesLengths ? [$"Content-Length: {part.Body.Length}"] : Array.Empty<string>(),
                .. PartHeaders,
                ""];
            Text(string.Concat(headers.Select(line => line + LineEnd)));
            body.Write(part.Body);
            Text(LineEnd);
        }

        if (IsClosed)
        {
            Text($"--{Boundary}--{Padding}{LineEnd}");
        }

        Text(Epilogue);
        return body.ToArray();
    }

    private static int After(ReadOnlySpan<byte> body, int from, ReadOnlySpan<byte> what)
    {
        var found = body[from..].IndexOf(what);
        return found < 0 ? throw new FormatException("The multipart body is cut or malformed.") : from + found + what.Length;
    }
}
