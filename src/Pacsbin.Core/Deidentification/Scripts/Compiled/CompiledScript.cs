using System.Text;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Scripts.Compiled;

/// <summary>The enabled rules of a script, each compiled once.</summary>
/// <remarks>Safe for use by several threads, as far as its environment is.</remarks>
internal sealed class CompiledScript
{
    private readonly Dictionary<Tag, CompiledRule> byTag = [];
    private readonly Dictionary<ScriptKey, CompiledRule> byCreator = [];

    private CompiledScript(AnonymizerScript script, ScriptEnvironment environment)
    {
        Script = script;
        var compiler = new ExpressionCompiler(script, environment);
        foreach (var rule in script.Rules.Where(r => r.IsEnabled))
        {
            var compiled = new CompiledRule(rule, compiler.Compile(rule), !script.IsExact && script.Format == ScriptFormat.PacsbinJson);
            if (rule.Key.Creator is null)
            {
                byTag[rule.Key.Tag] = compiled;
            }
            else
            {
                byCreator[rule.Key] = compiled;
            }
        }
    }

    internal AnonymizerScript Script { get; }

    /// <summary>The rules of attributes that are named by tag, of which the last counts where there are two.</summary>
    internal IReadOnlyDictionary<Tag, CompiledRule> ByTag => byTag;

    /// <summary>Compiles a script.</summary>
    /// <exception cref="PacsbinException">InvalidScript with line and column if rules refer to one another in a circle.</exception>
    internal static CompiledScript Compile(AnonymizerScript script, ScriptEnvironment environment) => new(script, environment);

    /// <summary>The rule for an attribute; null if there is none.</summary>
    /// <param name="tag">The attribute.</param>
    /// <param name="dataset">The data set or item that it stands in, whose private creators say what it is.</param>
    internal CompiledRule? Find(Tag tag, DicomDataset dataset)
    {
        if (byTag.TryGetValue(tag, out var rule) || byCreator.Count == 0 || !tag.IsPrivate)
        {
            return rule;
        }

        var creatorTag = tag.IsPrivateCreator ? tag : tag.PrivateCreator;
        if (!dataset.TryGet(creatorTag, out var creator))
        {
            return null;
        }

        var name = Encoding.Latin1.GetString(creator.Value.Span.Trim(" \0"u8));
        var key = tag.IsPrivateCreator ? new ScriptKey(new Tag(tag.Group, 0), name, IsCreatorElement: true) : new ScriptKey(new Tag(tag.Group, (ushort)(tag.Element & 0xFF)), name);
        return byCreator.GetValueOrDefault(key);
    }
}
