using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>Tells what may become of an attribute, by CTP's order of rules and options.</summary>
internal sealed class ScriptPrecedence
{
    private readonly AnonymizerScript script;
    private readonly ExpressionAudit expressions;
    private readonly Dictionary<Tag, ScriptRule> rules = [];
    private readonly ScriptRule? skipping;

    internal ScriptPrecedence(AnonymizerScript script)
    {
        this.script = script;
        expressions = new ExpressionAudit(script);
        foreach (var rule in script.Rules.Where(r => r.IsEnabled && r.Key.Creator is null))
        {
            rules[rule.Key.Tag] = rule;
        }

        skipping = script.Rules.FirstOrDefault(r => r.IsEnabled && r.Expression.Calls.Any(c => c.Function == ScriptFunction.Skip));
    }

    /// <summary>What may become of an attribute; at least one outcome.</summary>
    internal IEnumerable<ScriptOutcome> Of(Tag tag, Vr vr, bool isRoot)
    {
        if (skipping is not null)
        {
            return [new ScriptOutcome(ScriptAction.PassedOn, skipping)];
        }

        if (isRoot && tag.Value is 0xFFFAFFFA or 0xFFFCFFFC)
        {
            return [new ScriptOutcome(ScriptAction.Dropped)]; // reading stops there
        }

        var isGraphic = (tag.Group & 0xFF01) is 0x5000 or 0x6000;
        var isOverlay = isGraphic && tag.Group >= 0x6000;
        if (isOverlay && script.Options.RemoveOverlays)
        {
            return [new ScriptOutcome(ScriptAction.Dropped)];
        }

        return rules.TryGetValue(tag, out var rule) ? Outcomes(rule, vr, isRoot) : [new ScriptOutcome(Unscripted(tag, isCurve: isGraphic && !isOverlay))];
    }

    /// <summary>What may become of private attributes.</summary>
    internal IEnumerable<ScriptOutcome> OfPrivate(bool isRoot)
    {
        if (skipping is not null)
        {
            return [new ScriptOutcome(ScriptAction.PassedOn, skipping)];
        }

        ushort[] groups = [0x0009, 0x5001, 0x6001, .. script.Options.KeepGroups.Where(g => (g & 1) != 0)];
        var outcomes = groups.Select(g => new ScriptOutcome(Unscripted(new Tag(g, 0x1001), isCurve: false))).Distinct();
        if (script.Options.KeepSafePrivate)
        {
            outcomes = outcomes.Append(new ScriptOutcome(ScriptAction.SafePrivateKept));
        }

        return outcomes.Concat(script.Rules.Where(r => r.IsEnabled && r.Key.Tag.IsPrivate).SelectMany(r => Outcomes(r, Vr.LO, isRoot)));
    }

    /// <summary>What may become of the attributes of a curve.</summary>
    internal IEnumerable<ScriptOutcome> OfCurve(ushort group, bool isRoot) =>
        rules.Keys.Where(t => t.Group == group).Append(new Tag(group, 0xFFFF)).SelectMany(t => Of(t, Vr.UN, isRoot));

    /// <summary>Whether a sequence with this outcome stays, with items that no rule is applied to.</summary>
    internal bool LeavesItems(ScriptAction action) => action switch
    {
        ScriptAction.Withheld or ScriptAction.Removed or ScriptAction.Dropped or ScriptAction.Walked => false,
        ScriptAction.Left or ScriptAction.KeptByGroup or ScriptAction.SafePrivateKept => script.IsExact,
        ScriptAction.Kept or ScriptAction.PassedOn => true,
        _ => script.IsExact, // text and nothing, for which a sequence is emptied unless CTP is followed
    };

    private IEnumerable<ScriptOutcome> Outcomes(ScriptRule rule, Vr vr, bool isRoot) => expressions.Of(rule, vr, isRoot).Select(a => new ScriptOutcome(a, rule));

    private ScriptAction Unscripted(Tag tag, bool isCurve)
    {
        var options = script.Options;
        if (options.Drops(tag))
        {
            return ScriptAction.Dropped;
        }

        return options.KeepGroups.Contains(tag.Group) ? ScriptAction.KeptByGroup
            : isCurve && options.RemoveCurves && !script.IsExact ? ScriptAction.Dropped // which CTP does not do
            : ScriptAction.Left;
    }
}
