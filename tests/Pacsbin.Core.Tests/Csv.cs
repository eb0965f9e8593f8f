using System.Text;
using Xunit;

namespace Pacsbin.Tests;

/// <summary>Reads comma-separated tables whose fields may be quoted.</summary>
internal static class Csv
{
    /// <summary>The rows below the header, each by column name.</summary>
    public static IEnumerable<IReadOnlyDictionary<string, string>> Read(string path)
    {
        string[]? header = null;
        foreach (var line in File.ReadLines(path))
        {
            var fields = Split(line);
            if (header is null)
            {
                header = [.. fields];
                continue;
            }

            Assert.Equal(header.Length, fields.Count);
            yield return header.Zip(fields).ToDictionary(pair => pair.First, pair => pair.Second);
        }
    }

    private static List<string> Split(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        foreach (var c in line)
        {
            if (c == '"')
            {
                // A doubled quote closes and reopens the field, so only its second half is text.
                if (!quoted && field.Length > 0)
                {
                    field.Append('"');
                }

                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }

        fields.Add(field.ToString());
        return fields;
    }
}
