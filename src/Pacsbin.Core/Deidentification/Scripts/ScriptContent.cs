using System.Globalization;
using Pacsbin.Redaction.Devices;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>What was read from a script's text.</summary>
internal sealed class ScriptContent(ScriptText source)
{
    private const int MostRules = 100_000;
    private const int MostParameters = 10_000;

    private readonly SortedSet<ushort> keepGroups = [];

    internal ScriptText Source { get; } = source;

    internal List<ScriptParameter> Parameters { get; } = [];

    internal List<ScriptRule> Rules { get; } = [];

    internal List<ScriptProblem> Problems { get; } = [];

    internal ScriptOptions Options { get; set; } = new();

    internal void KeepGroup(ushort group)
    {
        keepGroups.Add(group);
        Options = Options with { KeepGroups = [.. keepGroups] };
    }

    /// <summary>Switches an option of CTP on, by the name that its lines have for it.</summary>
    internal void AddOption(string key, int at)
    {
        const string Group = "keep.group";
        if (key.StartsWith(Group, StringComparison.Ordinal))
        {
            var digits = key.AsSpan(Group.Length).Trim();
            if (digits.Length > 4 || !ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var group))
            {
                throw Source.Error(at, $"'{ScriptText.Printable(digits)}' is not a group of one to four hexadecimal digits.");
            }

            KeepGroup(group);
            return;
        }

        Options = key.TrimEnd() switch
        {
            "keep.safeprivateelements" => Options with { KeepSafePrivate = true },
            "remove.privategroups" => Options with { RemovePrivateGroups = true },
            "remove.unspecifiedelements" => Options with { RemoveUnspecified = true },
            "remove.overlays" => Options with { RemoveOverlays = true },
            "remove.curves" => Options with { RemoveCurves = true },
            _ => throw Source.Error(at, $"'{ScriptText.Printable(key)}' is not known; a script has param., set.[, keep. and remove."),
        };
    }

    /// <summary>Adds a parameter; a later one of the same name takes its place.</summary>
    internal void AddParameter(string name, string value, int at)
    {
        if (name.Length == 0)
        {
            throw Source.Error(at, "The parameter has no name.");
        }

        var (line, column) = Source.PositionOf(at);
        if (Parameters.Count == MostParameters)
        {
            throw Source.Error(at, $"A script has at most {MostParameters} parameters.");
        }

        var known = Parameters.FindIndex(p => p.Name == name);
        if (known >= 0)
        {
            Problems.Add(Source.Problem(at, $"The parameter {ScriptText.Printable(name)} is defined twice; this value counts."));
            Parameters.RemoveAt(known);
        }

        Parameters.Add(new ScriptParameter(name, value, line, column));
    }

    /// <summary>Adds a rule whose expression is text of CTP.</summary>
    internal void AddRule(string key, string name, ScriptText text, bool isEnabled, int at)
    {
        var parser = new ExpressionParser(text);
        var expression = parser.Parse(0, text.Text.Length);
        AddRule(key, name, expression, isEnabled, at);
        if (isEnabled)
        {
            Problems.AddRange(parser.Problems);
        }
    }

    internal void AddRule(string key, string name, ScriptExpression expression, bool isEnabled, int at)
    {
        if (Rules.Count == MostRules)
        {
            throw Source.Error(at, $"A script has at most {MostRules} rules.");
        }

        if (!ScriptKey.TryParse(key, out var attribute))
        {
            throw Source.Error(at, $"'{ScriptText.Printable(key)}' is not an attribute's tag.");
        }

        var (line, column) = Source.PositionOf(at);
        Rules.Add(new ScriptRule(attribute, name.Trim(), expression, isEnabled, line, column));
    }
}
