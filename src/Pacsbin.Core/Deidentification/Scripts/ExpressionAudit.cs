using Pacsbin.Deidentification.Scripts.Compiled;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>Tells from a rule's expression what it may do, without a file: every branch that it has, and in doubt what does less.</summary>
internal sealed class ExpressionAudit
{
    private readonly Dictionary<string, string> parameters;
    private readonly Dictionary<string, ScriptKey> aliases;
    private readonly bool isExact;

    internal ExpressionAudit(AnonymizerScript script)
    {
        isExact = script.IsExact;
        parameters = script.Parameters.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
        aliases = ScriptCheck.AliasesOf(script.Rules);
    }

    /// <summary>What the rule may do to an attribute; at least one action.</summary>
    internal HashSet<ScriptAction> Of(ScriptRule rule, Vr vr, bool isRoot) => Of(rule.Expression.Nodes, new Target(rule.Key, vr, isRoot));

    private HashSet<ScriptAction> Of(ScriptNode[] nodes, Target target)
    {
        var texts = nodes.Select(Constant).ToArray();
        if (texts.All(t => t is not null))
        {
            return [OfText(string.Concat(texts), target)];
        }

        if (texts.Any(t => t?.Contains("@remove()", StringComparison.Ordinal) == true))
        {
            return [ScriptAction.Removed];
        }

        HashSet<ScriptAction> actions = [];
        for (var i = 0; i < nodes.Length; i++)
        {
            if (texts[i] is not { } text)
            {
                actions.UnionWith(OfCall((CallNode)nodes[i], target));
            }
            else if (text.Contains('@', StringComparison.Ordinal))
            {
                actions.Add(ScriptAction.Kept); // what is joined may come to @keep()
            }
            else if (!string.IsNullOrWhiteSpace(text))
            {
                actions.Add(OfText(text, target));
            }
        }

        return actions;
    }

    /// <summary>The text that a piece always gives; null if it depends on the file, the clock or a table.</summary>
    private string? Constant(ScriptNode node) => node switch
    {
        TextNode text => text.Text,
        CallNode { Function: ScriptFunction.Always } => "",
        CallNode { Function: ScriptFunction.Param } call => Parameter(call, 0) ?? "null",
        CallNode { Function: null or ScriptFunction.Keep or ScriptFunction.Remove or ScriptFunction.Empty or ScriptFunction.Blank } call => ExpressionText.Of(call.Name, call.Arguments),
        CallNode => null,
        _ => "",
    };

    private ScriptAction OfText(string text, Target target)
    {
        var result = ScriptResult.Of(text);
        return result.Effect switch
        {
            ScriptEffect.Remove => ScriptAction.Removed,
            ScriptEffect.Keep => ScriptAction.Kept,
            ScriptEffect.Empty => target.Vr == Vr.SQ && isExact ? ScriptAction.ItemsKept : ScriptAction.Emptied,
            _ => Stored(ScriptAction.Replaced, target, target.Vr == Vr.DA && result.Text.Length == 8 && result.Text.All(char.IsAsciiDigit)),
        };
    }

    private HashSet<ScriptAction> OfCall(CallNode call, Target target)
    {
        var count = call.Arguments.Length;
        switch (call.Function)
        {
            case ScriptFunction.Select:
                return Clause(call, target.IsRoot ? 0 : 1, target);
            case ScriptFunction.If:
                return [.. Clause(call, 0, target), .. Clause(call, 1, target)];
            case ScriptFunction.Quarantine:
                return [ScriptAction.Withheld];
            case ScriptFunction.Skip:
                return [ScriptAction.PassedOn];
            case ScriptFunction.Process:
                return [target.Vr == Vr.SQ ? ScriptAction.Walked : ScriptAction.Kept];
            case ScriptFunction.Require:
                return [ScriptAction.Kept];
            case ScriptFunction.Append:
                return [Stored(ScriptAction.Extended, target)];
            case ScriptFunction.Date or ScriptFunction.Time:
                return [Stored(ScriptAction.Replaced, target)];
            case ScriptFunction.Integer:
                return [Stored(ScriptAction.Numbered, target, target.Vr is Vr.IS or Vr.DS)];
            case ScriptFunction.Lookup when count > 2 && call.Arguments[2].Unquoted is "keep" or "ignore":
                return [Stored(ScriptAction.LookedUp, target), ScriptAction.Kept];
            case ScriptFunction.Lookup:
                return [Stored(ScriptAction.LookedUp, target)];
            case ScriptFunction.ModifyDate when count > 3 && Enumerable.Range(1, 3).All(i => Parameter(call, i) is { } field && !field.Contains('*', StringComparison.Ordinal)):
                return [Stored(ScriptAction.Replaced, target)];
            case ScriptFunction.IncrementDate when count == 3 && IsOwn(call, 0, target):
                return [Stored(ScriptAction.DateMovedByTable, target, target.Vr is Vr.DA or Vr.DT)];
            case ScriptFunction.HashDate or ScriptFunction.IncrementDate when IsOwn(call, 0, target):
                return [Stored(ScriptAction.DateMoved, target, target.Vr is Vr.DA or Vr.DT)];
            case ScriptFunction.HashUid when count > 1 && Parameter(call, 0) is not null && IsUid(call, target):
                return [Stored(ScriptAction.UidHashed, target)];
            case ScriptFunction.Hash or ScriptFunction.HashName:
                return [Stored(IsOwn(call, 0, target) ? ScriptAction.Hashed : ScriptAction.OtherHashed, target)];
            case ScriptFunction.HashPtId or ScriptFunction.HashUid:
                return [Stored(IsOwn(call, 1, target) ? ScriptAction.Hashed : ScriptAction.OtherHashed, target)];
            default:
                return [Stored(IsOwn(call, 0, target) ? ScriptAction.Derived : ScriptAction.Taken, target)];
        }
    }

    private HashSet<ScriptAction> Clause(CallNode call, int index, Target target) => Of(index < call.Clauses.Length ? call.Clauses[index] : [], target);

    /// <summary>What becomes of a value that is written. CTP keeps the old one where the VR cannot hold the new one; a sequence can hold none.</summary>
    /// <param name="action">What it is if the VR holds the value.</param>
    /// <param name="target">The attribute.</param>
    /// <param name="fits">Whether the value surely is one of the VR's, although that is not a VR for any text.</param>
    private ScriptAction Stored(ScriptAction action, Target target, bool fits = false) =>
        target.Vr is not Vr.SQ && (fits || target.Vr.IsText() || target.Vr is Vr.AE or Vr.CS or Vr.UI or Vr.UR) ? action
        : isExact ? ScriptAction.Unfit
        : target.Vr == Vr.SQ ? ScriptAction.Emptied : action;

    /// <summary>Whether an argument names the rule's own attribute, or none that is another's.</summary>
    private bool IsOwn(CallNode call, int index, Target target) => Argument(call, index) is { } element
        && (target.IsRoot || !element.FromRoot) && (element.Path is null || element.Path.Key == ElementArgument.Parse(target.Key.ToString(), aliases, out _)?.Path?.Key);

    /// <summary>Whether a UID is hashed: this one, or that of another attribute.</summary>
    private bool IsUid(CallNode call, Target target) => IsOwn(call, 1, target) ? target.Vr == Vr.UI
        : ElementArgument.TryFindKey(call.Arguments[1].Text, aliases, out var key) && key.Creator is null && DicomDictionary.TryGet(key.Tag, out var entry) && entry.Vr == Vr.UI;

    private ElementArgument? Argument(CallNode call, int index) => index < call.Arguments.Length ? ElementArgument.Parse(call.Arguments[index].Text, aliases, out _) : null;

    private string? Parameter(CallNode call, int index) => index >= call.Arguments.Length ? null
        : call.Arguments[index] is { Parameter: { } name } ? parameters.GetValueOrDefault(name) : call.Arguments[index].Text;

    /// <summary>The attribute that a rule is applied to.</summary>
    private readonly record struct Target(ScriptKey Key, Vr Vr, bool IsRoot);
}
