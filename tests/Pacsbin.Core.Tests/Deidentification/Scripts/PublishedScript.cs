using System.Globalization;
using System.Text;
using Pacsbin.Deidentification.Scripts;

namespace Pacsbin.Tests.Deidentification.Scripts;

/// <summary>One of the small scripts that CTP was run with.</summary>
internal sealed record ScriptCase(string Name, string Text);

/// <summary>The scripts that CTP and Pacsbin publish, and CTP's small ones.</summary>
internal static class PublishedScript
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
        foreach (var line in File.ReadLines(TestData.RequireShared("ctp", "cases.txt")).Where(l => l.StartsWith("## ", StringComparison.Ordinal)))
        {
            var end = line.IndexOf("]  ", StringComparison.Ordinal);
            var name = line[3..line.IndexOf("  [", StringComparison.Ordinal)];
            cases.Add(new ScriptCase(name, line[(end + 3)..].Replace(" ; ", "\n", StringComparison.Ordinal)));
        }

        return cases;
    }

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
