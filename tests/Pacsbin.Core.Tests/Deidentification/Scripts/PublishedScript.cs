using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Pacsbin.Deidentification.Scripts;

namespace Pacsbin.Tests.Deidentification.Scripts;

/// <summary>One of the small scripts that CTP was run with, and what came out; null for an element that did not.</summary>
internal sealed record ScriptCase(string Name, string Text, string Status, IReadOnlyList<(string Name, string? Value)> Values);

/// <summary>The scripts that CTP and Pacsbin publish, and CTP's small ones.</summary>
internal static partial class PublishedScript
{
    public static string CtpPath => TestData.RequireShared("ctp", "scripts", "DicomServiceAnonymizer.script");

    public static string PacsbinPath => TestData.RequireShared("pacsbin", "script.json");

    public static string Ctp => File.ReadAllText(CtpPath);

    public static string Pacsbin => File.ReadAllText(PacsbinPath);

    /// <summary>A script in CTP's older form, with the escapes of Java's properties.</summary>
    public static string AsProperties(AnonymizerScript script)
    {
        var text = new StringBuilder();
        foreach (var parameter in script.Parameters)
        {
            text.Append(CultureInfo.InvariantCulture, $"param.{parameter.Name}={Escaped(parameter.Value)}\n");
        }

        foreach (var rule in script.Rules)
        {
            var tag = rule.Key.Creator is null ? $"{rule.Key.Tag.Group:x4},{rule.Key.Tag.Element:x4}" : rule.Key.ToString();
            text.Append(CultureInfo.InvariantCulture, $"{(rule.IsEnabled ? "" : "#")}set.[{tag}]{rule.Name}={Escaped(rule.Text)}\n");
        }

        var options = script.Options;
        foreach (var group in options.KeepGroups)
        {
            text.Append(CultureInfo.InvariantCulture, $"keep.group{group:x}=\n");
        }

        return text.Append(options.KeepSafePrivate ? "keep.safeprivateelements=\n" : "").Append(options.RemovePrivateGroups ? "remove.privategroups=\n" : "")
            .Append(options.RemoveUnspecified ? "remove.unspecifiedelements=\n" : "").Append(options.RemoveOverlays ? "remove.overlays=\n" : "")
            .Append(options.RemoveCurves ? "remove.curves=\n" : "").ToString();
    }

    /// <summary>The scripts of cases.txt, whose line breaks are semicolons there.</summary>
    public static IReadOnlyList<ScriptCase> Cases()
    {
        var cases = new List<ScriptCase>();
        var lines = File.ReadAllLines(TestData.RequireShared("ctp", "cases.txt"));
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("## ", StringComparison.Ordinal))
            {
                continue;
            }

            var start = lines[i].IndexOf("  [", StringComparison.Ordinal);
            var end = lines[i].IndexOf("]  ", StringComparison.Ordinal);
            var values = i + 1 < lines.Length && !lines[i + 1].StartsWith("## ", StringComparison.Ordinal) ? ValuesOf(lines[i + 1]) : [];
            cases.Add(new ScriptCase(lines[i][3..start], lines[i][(end + 3)..].Replace(" ; ", "\n", StringComparison.Ordinal), lines[i][(start + 3)..end], values));
        }

        return cases;
    }

    private static List<(string Name, string? Value)> ValuesOf(string line) =>
        [.. Value().Matches(line).Select(m => (m.Groups[1].Value, m.Groups[2].Success ? m.Groups[2].Value.Trim() : null))];

    [GeneratedRegex("([^ ]+)=(?:'([^']*)'|<absent>)")]
    private static partial Regex Value();

    private static string Escaped(string text)
    {
        var escaped = new StringBuilder();
        foreach (var c in text)
        {
            escaped.Append(c switch
            {
                '\\' => @"\\",
                '\n' => @"\n",
                '\r' => @"\r",
                '\t' => @"\t",
                '\f' => @"\f",
                ' ' when escaped.Length == 0 => @"\ ",
                '=' or ':' when escaped.Length == 0 => $@"\{c}",
                _ => c.ToString(),
            });
        }

        return escaped.ToString();
    }
}
