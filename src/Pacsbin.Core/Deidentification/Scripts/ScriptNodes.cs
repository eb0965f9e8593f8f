using Pacsbin.Redaction.Devices;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>A piece of an expression: its values are joined.</summary>
/// <param name="At">The index in the expression's source.</param>
internal abstract record ScriptNode(int At);

/// <summary>Text that stands for itself.</summary>
/// <param name="Text">Without escapes.</param>
/// <param name="At">The index in the expression's source.</param>
internal sealed record TextNode(string Text, int At) : ScriptNode(At);

/// <summary>A call, which gives its value, or <c>@name(arguments)</c> itself where there is no function of that name.</summary>
/// <param name="Name">Without white space.</param>
/// <param name="Function">What the name means; null for nothing.</param>
/// <param name="Arguments">None for <c>()</c>.</param>
/// <param name="Clauses">The contents of the braces, each evaluated as an expression; fewer than the function has if the script lacks them.</param>
/// <param name="At">The index in the expression's source.</param>
internal sealed record CallNode(string Name, ScriptFunction? Function, ScriptArgument[] Arguments, ScriptNode[][] Clauses, int At) : ScriptNode(At);

/// <summary>A call without its end: the expression's value ends before it.</summary>
/// <param name="Text">The rest of the expression, as it is written.</param>
/// <param name="At">The index in the expression's source.</param>
internal sealed record BrokenNode(string Text, int At) : ScriptNode(At);

/// <summary>An argument of a call.</summary>
/// <param name="Text">As it is written, quotes and escapes included, without white space around it.</param>
/// <param name="At">The index in the expression's source.</param>
internal readonly record struct ScriptArgument(string Text, int At)
{
    /// <summary>The text without the quotes around it.</summary>
    internal string Unquoted => IsQuoted ? Text[1..^1] : Text;

    internal bool IsQuoted => Text is ['"', .., '"'];

    /// <summary>The parameter that is referred to; null for text that stands for itself.</summary>
    internal string? Parameter => Text is ['@' or '$', ..] ? Text[1..] : null;
}

/// <summary>What a rule says of an attribute's value: text and calls, one after the other.</summary>
internal sealed class ScriptExpression(ScriptText source, ScriptNode[] nodes)
{
    /// <summary>The text that positions refer to.</summary>
    internal ScriptText Source { get; } = source;

    internal ScriptNode[] Nodes { get; } = nodes;

    /// <summary>Every call, those in clauses included.</summary>
    internal IEnumerable<CallNode> Calls => CallsOf(Nodes);

    /// <summary>As CTP writes it; reading that gives the same expression.</summary>
    public override string ToString() => ExpressionText.Of(Nodes);

    private static IEnumerable<CallNode> CallsOf(IEnumerable<ScriptNode> nodes)
    {
        foreach (var call in nodes.OfType<CallNode>())
        {
            yield return call;
            foreach (var inner in call.Clauses.SelectMany(CallsOf))
            {
                yield return inner;
            }
        }
    }
}
