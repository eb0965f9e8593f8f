using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Pacsbin.Projects;

/// <summary>Holds a lookup table of RSNA CTP: a Java properties file with lines such as <c>ptid/12345=SUBJ-001</c>.</summary>
/// <remarks>Safe for use by several threads. It names patients and what they become, and prints neither.</remarks>
public sealed class CtpLookupTable
{
    /// <summary>How many times CTP follows a value that names another key, as <c>@type/key</c> does.</summary>
    private const int MostSteps = 10;

    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    private CtpLookupTable(string text)
    {
        foreach (var entry in Entries(text))
        {
            values[entry.Key.Trim()] = entry.Value.Trim(); // of two for one key Java takes the last
        }

        Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Of the table's text, 64 hexadecimal digits.</summary>
    internal string Sha256 { get; }

    /// <summary>Reads a table.</summary>
    /// <param name="path">The file's full path.</param>
    /// <exception cref="PacsbinException">MalformedElement with line and column; LimitExceeded; FileNotFound, FileIo, FileAccessDenied.</exception>
    public static CtpLookupTable Load(string path) => new(TextFile.ReadLatin1(path));

    /// <summary>The value of a key such as <c>ptid/12345</c>; one that names another key is followed. Null for none.</summary>
    public string? Find(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var value = values.GetValueOrDefault(key.Trim());
        for (var step = 0; value is ['@', .. var next] && step < MostSteps; step++)
        {
            value = values.GetValueOrDefault(next.Trim());
        }

        return value is ['@', ..] ? null : value;
    }

    public override string ToString() => $"{values.Count} keys";

    /// <summary>Reads the lines of one key type as patients and their pseudonyms; others are left out.</summary>
    /// <param name="path">The file's full path.</param>
    /// <param name="keyType">What stands before the slash.</param>
    /// <param name="issuer">The issuer of all patients; a table names none.</param>
    /// <exception cref="PacsbinException">MalformedElement with line and column; LimitExceeded; FileNotFound, FileIo, FileAccessDenied.</exception>
    public static IReadOnlyList<ImportedPatient> Read(string path, string keyType = "ptid", string issuer = "") => Parse(TextFile.ReadLatin1(path), keyType, issuer);

    internal static List<ImportedPatient> Parse(string text, string keyType, string issuer)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(keyType);
        var entries = Entries(text).ToList();
        var values = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            // Java takes the last of two; which patient's record it was meant to be is not for a program to guess.
            if (!values.TryAdd(entry.Key, entry) && entry.Key.StartsWith(keyType + "/", StringComparison.Ordinal) && values[entry.Key].Value != entry.Value)
            {
                throw TextProblem.At(entry.Line, 1, $"The key stands on line {values[entry.Key].Line} already, with another value.");
            }
        }

        return
        [
            .. values.Values.Where(e => e.Key.StartsWith(keyType + "/", StringComparison.Ordinal)).OrderBy(e => e.Line)
                .Select(e => ImportedPatient.Of(e.Line, issuer, e.Key[(keyType.Length + 1)..], Follow(e, values), "", name => name == PatientCsv.Pseudonym ? e.ValueColumn : 1)),
        ];
    }

    private static string Follow(Entry entry, Dictionary<string, Entry> values)
    {
        var value = entry.Value.Trim();
        for (var step = 0; value.StartsWith('@'); step++)
        {
            value = step < MostSteps && values.TryGetValue(value[1..], out var next)
                ? next.Value.Trim()
                : throw TextProblem.At(entry.Line, entry.ValueColumn, "The value names another key, and following it leads to no value.");
        }

        return value;
    }

    /// <summary>The entries of a properties file, as Java's <c>Properties.load</c> reads it.</summary>
    private static IEnumerable<Entry> Entries(string text)
    {
        var lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var first = i;
            var logical = lines[i].TrimStart(' ', '\t', '\f');
            if (logical.Length == 0 || logical[0] is '#' or '!')
            {
                continue;
            }

            var indent = lines[i].Length - logical.Length;
            while (EndsOpen(logical) && i + 1 < lines.Length)
            {
                logical = logical[..^1] + lines[++i].TrimStart(' ', '\t', '\f');
            }

            yield return ReadEntry(logical, first + 1, indent);
        }
    }

    /// <summary>Whether a line goes on: an odd number of backslashes at its end.</summary>
    private static bool EndsOpen(string line) => (line.Length - line.TrimEnd('\\').Length) % 2 == 1;

    private static Entry ReadEntry(string logical, int line, int indent)
    {
        var end = 0;
        while (end < logical.Length && logical[end] is not ('=' or ':' or ' ' or '\t' or '\f'))
        {
            end += logical[end] == '\\' ? 2 : 1;
        }

        end = Math.Min(end, logical.Length);
        var start = SkipSpace(logical, end);
        if (start < logical.Length && logical[start] is '=' or ':')
        {
            start = SkipSpace(logical, start + 1);
        }

        return new Entry(line, indent + start + 1, Unescape(logical[..end], line, indent + 1), Unescape(logical[start..], line, indent + start + 1));
    }

    private static int SkipSpace(string text, int from)
    {
        while (from < text.Length && text[from] is ' ' or '\t' or '\f')
        {
            from++;
        }

        return from;
    }

    private static string Unescape(string text, int line, int column)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                result.Append(text[i] == '\\' ? "" : text[i]);
                continue;
            }

            var escaped = text[++i];
            if (escaped != 'u')
            {
                result.Append(escaped switch { 't' => '\t', 'n' => '\n', 'r' => '\r', 'f' => '\f', _ => escaped });
                continue;
            }

            if (i + 4 >= text.Length || !ushort.TryParse(text.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                throw TextProblem.At(line, column + i - 1, "Expected four hexadecimal digits after \\u.");
            }

            result.Append((char)code);
            i += 4;
        }

        return result.ToString();
    }

    /// <summary>A key and its value.</summary>
    private sealed record Entry(int Line, int ValueColumn, string Key, string Value)
    {
        public override string ToString() => $"Line {Line}";
    }
}
