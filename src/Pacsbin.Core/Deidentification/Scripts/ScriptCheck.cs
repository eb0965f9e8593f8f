using Pacsbin.Deidentification.Scripts.Functions;
using Pacsbin.Dicom;
using Pacsbin.Redaction.Devices;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>Looks through the rules of a script for what cannot run, which is an error, and for what looks wrong.</summary>
/// <param name="content">What was read; findings are added to it.</param>
/// <param name="exact">Whether a parameter that is not defined is only a finding, because CTP writes <c>null</c> for it.</param>
internal sealed class ScriptCheck(ScriptContent content, bool exact)
{
    private static readonly string[] Tests = ["isblank", "exists", "contains", "equals", "matches", "greaterthan"];

    private readonly Dictionary<string, ScriptParameter> parameters = content.Parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
    private readonly Dictionary<string, ScriptKey> aliases = AliasesOf(content.Rules);
    private readonly HashSet<string> knownRoots = new(StringComparer.Ordinal);

    /// <summary>Private attributes by the names that enabled rules have for them.</summary>
    internal static Dictionary<string, ScriptKey> AliasesOf(IEnumerable<ScriptRule> rules)
    {
        var aliases = new Dictionary<string, ScriptKey>(StringComparer.Ordinal);
        foreach (var rule in rules.Where(r => r.IsEnabled && r.Key.Tag.IsPrivate && r.Name.Length > 0))
        {
            aliases[rule.Name] = rule.Key;
        }

        return aliases;
    }

    /// <exception cref="PacsbinException">InvalidScript with line and column.</exception>
    internal void Run()
    {
        var seen = new Dictionary<ScriptKey, ScriptRule>();
        foreach (var rule in content.Rules.Where(r => r.IsEnabled))
        {
            if (seen.Remove(rule.Key, out var earlier))
            {
                Add(earlier, $"The rule is never applied: line {rule.Line} has another for the same attribute.");
            }

            seen.Add(rule.Key, rule);
            CheckReach(rule);
            foreach (var call in rule.Expression.Calls)
            {
                CheckCall(rule.Expression.Source, call);
            }
        }
    }

    private void CheckReach(ScriptRule rule)
    {
        var tag = rule.Key.Tag;
        if (content.Options.RemoveOverlays && (tag.Group & 0xFF01) == 0x6000)
        {
            Add(rule, "The rule is never applied: remove.overlays removes the whole group.");
        }
        else if (tag.Group == 0x0002)
        {
            Add(rule, "The rule is never applied: group 0002 is written anew.");
        }
        else if (tag.IsGroupLength && rule.Key.Creator is null)
        {
            Add(rule, "The rule is never applied: group lengths are not written.");
        }
        else if (tag > Tags.PixelData && !tag.IsPrivate && rule.Expression.Nodes is not [CallNode { Function: ScriptFunction.Remove }])
        {
            Add(rule, "The rule is never applied: behind Pixel Data only @remove() is.");
        }
    }

    private void CheckCall(ScriptText source, CallNode call)
    {
        if (call.Function is not { } function)
        {
            var like = ScriptFunctions.Like(call.Name) is { } known ? $" Is @{known} meant?" : "";
            Add(source, call.At, $"@{ScriptText.Printable(call.Name)} is not a function; it is written as text.{like}");
            return;
        }

        var shape = ScriptFunctions.ShapeOf(function);
        if (function == ScriptFunction.Call)
        {
            throw source.Error(call.At, "@call runs a plug-in of CTP, which is not here.");
        }

        if (call.Arguments.Length < shape.Least || call.Arguments.Length > shape.Arguments.Length)
        {
            var expected = shape.Least == shape.Arguments.Length ? $"{shape.Least}" : $"{shape.Least} to {shape.Arguments.Length}";
            Add(source, call.At, $"@{call.Name} has {call.Arguments.Length} arguments; it takes {expected}.");
        }

        for (var i = 0; i < Math.Min(call.Arguments.Length, shape.Arguments.Length); i++)
        {
            // With three arguments the days come from the lookup table, by the value of an attribute.
            var kind = function == ScriptFunction.IncrementDate && i == 1 && call.Arguments.Length == 3 ? ArgumentKind.Element : shape.Arguments[i];
            CheckArgument(source, call.Arguments[i], kind);
        }

        if (function == ScriptFunction.If && call.Arguments.Length > 1 && !Tests.Contains(call.Arguments[1].Text))
        {
            Add(source, call.Arguments[1].At, $"'{ScriptText.Printable(call.Arguments[1].Text)}' is not a test; it is never true.");
        }

        CheckPattern(source, call);
        if (function == ScriptFunction.HashUid && call.Arguments.Length > 0)
        {
            CheckRoot(source, call.Arguments[0]);
        }
    }

    private void CheckArgument(ScriptText source, ScriptArgument argument, ArgumentKind kind)
    {
        switch (kind)
        {
            case ArgumentKind.Element:
                CheckElement(source, argument.Text, argument.At);
                break;
            case ArgumentKind.Elements:
                foreach (var name in argument.Text.Split('|', StringSplitOptions.TrimEntries))
                {
                    CheckElement(source, name, argument.At);
                }

                break;
            case ArgumentKind.Number when !JavaText.TryParse(argument.Text, out int _):
                Add(source, argument.At, $"'{ScriptText.Printable(argument.Text)}' is not a whole number.");
                break;
            case ArgumentKind.Parameter when argument.Parameter is { } parameter && !parameters.ContainsKey(parameter):
                var why = $"The parameter {ScriptText.Printable(parameter)} is not defined.";
                if (!exact)
                {
                    throw source.Error(argument.At, why);
                }

                Add(source, argument.At, $"{why} CTP reads it as null.");
                break;
        }
    }

    /// <summary>Refuses what no regular expression can be made of: a value that it should find could stay.</summary>
    private static void CheckPattern(ScriptText source, CallNode call)
    {
        string? error = null;
        ScriptArgument[] arguments = call.Arguments;
        if (call.Function == ScriptFunction.Contents && arguments.Length > 1)
        {
            _ = ContentsPattern.Create(arguments[1].Unquoted, arguments.Length > 2 ? arguments[2].Unquoted : "", out error);
        }
        else if (call.Function == ScriptFunction.If && arguments is [_, { Text: "matches" }, { Unquoted: not ['@', ..] } pattern])
        {
            _ = ContentsPattern.Create(pattern.Unquoted.Trim(), "", out error);
        }
        else if (call.Function == ScriptFunction.Lookup && arguments is [_, _, { Unquoted: "ignore" }, var ignored, ..])
        {
            _ = ContentsPattern.Create(ignored.Unquoted, "", out error);
        }

        if (error is not null)
        {
            throw source.Error(arguments[^1].At, error);
        }
    }

    private void CheckElement(ScriptText source, string name, int at)
    {
        var element = ElementArgument.Parse(name, aliases, out var error);
        if (element is null)
        {
            Add(source, at, error!);
        }
        else if (element.Path?.Objection is { } objection)
        {
            Add(source, at, objection);
        }
    }

    private void CheckRoot(ScriptText source, ScriptArgument argument)
    {
        var parameter = argument.Parameter is { } name ? parameters.GetValueOrDefault(name) : null;
        var root = argument.Parameter is null ? argument.Text : parameter?.Value;
        if (root is null || UidRoot.Objection(root) is not { } objection || !knownRoots.Add(parameter is null ? root : $"@{parameter.Name}"))
        {
            return;
        }

        if (parameter is { Line: > 0 })
        {
            content.Problems.Add(new ScriptProblem(parameter.Line, parameter.Column, $"UIDs that start with {ScriptText.Printable(parameter.Name)} are not legal: {objection}."));
            return;
        }

        Add(source, argument.At, $"UIDs that start with this root are not legal: {objection}.");
    }

    private void Add(ScriptRule rule, string message) => content.Problems.Add(new ScriptProblem(rule.Line, rule.Column, message));

    private void Add(ScriptText source, int at, string message) => content.Problems.Add(source.Problem(at, message));
}
