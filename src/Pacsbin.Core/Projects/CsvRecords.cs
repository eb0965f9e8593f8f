using System.Collections;
using System.Text;

namespace Pacsbin.Projects;

/// <summary>One record of a CSV text.</summary>
/// <param name="Line">The line, from 1, on which it begins.</param>
/// <param name="Fields">Its values, and the column of each in characters from 1.</param>
internal sealed record CsvRecord(int Line, IReadOnlyList<(string Text, int Column)> Fields)
{
    public override string ToString() => $"Line {Line}";
}

/// <summary>Reads CSV by RFC 4180; empty lines are left out.</summary>
internal sealed class CsvRecords(string text) : IEnumerable<CsvRecord>
{
    private int position;
    private int line = 1;
    private int lineStart;

    /// <exception cref="PacsbinException">MalformedElement with line and column, while it is enumerated.</exception>
    public IEnumerator<CsvRecord> GetEnumerator()
    {
        while (position < text.Length)
        {
            if (text[position] is '\r' or '\n')
            {
                EndLine();
                continue;
            }

            yield return ReadRecord();
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private CsvRecord ReadRecord()
    {
        var start = line;
        var fields = new List<(string, int)>();
        while (true)
        {
            var column = position - lineStart + 1;
            fields.Add((text.AsSpan(position) is ['"', ..] ? ReadQuoted() : ReadPlain(), column));
            if (position < text.Length && text[position] == ',')
            {
                position++;
                continue;
            }

            if (position < text.Length)
            {
                EndLine();
            }

            return new CsvRecord(start, fields);
        }
    }

    private string ReadPlain()
    {
        var length = text.AsSpan(position).IndexOfAny(",\r\n");
        var value = text.AsSpan(position, length < 0 ? text.Length - position : length);
        if (value.IndexOf('"') is >= 0 and var quote)
        {
            throw Problem(position + quote, "A quotation mark stands inside a value that does not begin with one.");
        }

        position += value.Length;
        return value.ToString();
    }

    private string ReadQuoted()
    {
        var (startLine, startColumn) = (line, position - lineStart + 1);
        var value = new StringBuilder();
        position++;
        while (position < text.Length)
        {
            if (text[position] == '"')
            {
                position++;
                if (text.AsSpan(position) is not ['"', ..])
                {
                    return text.AsSpan(position) is [] or [',' or '\r' or '\n', ..]
                        ? value.ToString()
                        : throw Problem(position, "Expected a comma or the end of the line after the quotation mark.");
                }
            }

            value.Append(text[position]);
            if (text[position++] == '\n')
            {
                line++;
                lineStart = position;
            }
        }

        throw TextProblem.At(startLine, startColumn, "The value's quotation mark has no other one.");
    }

    private void EndLine()
    {
        position += text.AsSpan(position).StartsWith("\r\n") ? 2 : 1;
        line++;
        lineStart = position;
    }

    private PacsbinException Problem(int at, string why) => TextProblem.At(line, at - lineStart + 1, why);
}
