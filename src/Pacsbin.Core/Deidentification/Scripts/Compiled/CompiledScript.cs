using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Scripts.Compiled;

/// <summary>The enabled rules of a script, each compiled once, and its options.</summary>
/// <remarks>Safe for use by several threads, as far as its environment is.</remarks>
internal sealed class CompiledScript
{
    private static readonly Tag MethodCodes = Tags.DeidentificationMethodCodeSequence;
    private readonly ScriptKeyMap<CompiledRule> rules = new();
    private readonly HashSet<ScriptKey> switchedOff = [];

    private CompiledScript(AnonymizerScript script, ScriptEnvironment environment)
    {
        Script = script;
        Environment = environment;
        var compiler = new ExpressionCompiler(script, environment);
        foreach (var rule in script.Rules.Where(r => r.IsEnabled))
        {
            rules.Set(rule.Key, new CompiledRule(rule, compiler.Compile(rule), !script.IsExact && script.Format == ScriptFormat.PacsbinJson));
        }

        Inserting = [.. rules.ByTag.Where(r => r.Value.InsertsMissing || r.Key == MethodCodes).OrderBy(r => r.Key)];
        UidRoot = rules.ByTag.TryGetValue(Tags.SopInstanceUid, out var uid)
            && uid.Rule.Expression.Nodes is [CallNode { Function: ScriptFunction.HashUid, Arguments: [_, { Text: "this" }] } call] ? compiler.Parameter(call, 0) : null;
        MovesDates = script.Rules.Any(r => r.IsEnabled && r.Expression.Calls.Any(c =>
            c.Function is ScriptFunction.HashDate or ScriptFunction.IncrementDate or ScriptFunction.ModifyDate or ScriptFunction.DateInterval));
        if (script.Options.RemoveDisabled)
        {
            switchedOff.UnionWith(script.Rules.Where(r => !r.IsEnabled && r.Key.Creator is null && !rules.ByTag.ContainsKey(r.Key.Tag)).Select(r => r.Key));
        }
    }

    internal AnonymizerScript Script { get; }

    internal ScriptEnvironment Environment { get; }

    /// <summary>The rules of attributes that are named by tag, of which the last counts where there are two.</summary>
    internal IReadOnlyDictionary<Tag, CompiledRule> ByTag => rules.ByTag;

    /// <summary>The rules that are applied to a data set that lacks their attribute, in the order of tags.</summary>
    internal IReadOnlyList<KeyValuePair<Tag, CompiledRule>> Inserting { get; }

    /// <summary>The root under which the script hashes SOP Instance UIDs, if it makes them of nothing else; null otherwise.</summary>
    internal string? UidRoot { get; }

    /// <summary>Whether a rule gives dates that are near those of the file.</summary>
    internal bool MovesDates { get; }

    /// <summary>Compiles a script.</summary>
    /// <exception cref="PacsbinException">InvalidScript with line and column if rules refer to one another in a circle.</exception>
    internal static CompiledScript Compile(AnonymizerScript script, ScriptEnvironment environment) => new(script, environment);

    /// <summary>The rule for an attribute; null if there is none.</summary>
    /// <param name="tag">The attribute.</param>
    /// <param name="dataset">The data set or item that it stands in, whose private creators say what it is.</param>
    internal CompiledRule? Find(Tag tag, DicomDataset dataset) => rules.Find(tag, dataset);

    /// <summary>Whether the options remove an attribute that no rule names.</summary>
    internal bool Drops(Tag tag, bool isSafePrivate) =>
        Script.Options.Drops(tag, isSafePrivate) || (!Script.IsExact && switchedOff.Contains(new ScriptKey(tag)));
}
