using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Scripts.Compiled;

/// <summary>A rule, ready to be applied to any number of files.</summary>
internal sealed class CompiledRule
{
    private readonly ScriptPiece piece;
    private readonly ScriptResult constant;

    internal CompiledRule(ScriptRule rule, ScriptPiece piece, bool insertsRequired)
    {
        this.piece = piece;
        Rule = rule;
        IsConstant = piece.Constant is not null;
        constant = ScriptResult.Of(piece.Constant ?? "");
        var nodes = rule.Expression.Nodes;
        var isAlways = nodes is [CallNode { Function: ScriptFunction.Always }, ..];
        InsertsSequence = isAlways && nodes is [_, CallNode { Function: ScriptFunction.Require }, ..];
        InsertsMissing = isAlways || (insertsRequired && nodes is [CallNode { Function: ScriptFunction.Require }, ..]);
    }

    internal ScriptRule Rule { get; }

    /// <summary>Whether the result is the same for every file.</summary>
    internal bool IsConstant { get; }

    /// <summary>Whether the rule is applied to a data set that lacks the attribute, at the root.</summary>
    internal bool InsertsMissing { get; }

    /// <summary>Whether that is so even for a sequence, which is empty then.</summary>
    internal bool InsertsSequence { get; }

    /// <summary>The result for an attribute of the scope's data set or item.</summary>
    internal ScriptResult Apply(ScriptScope scope, Tag tag)
    {
        if (IsConstant)
        {
            return constant;
        }

        scope.This = tag;
        scope.Stop = null;
        scope.WalksItems = false;
        var text = piece.Evaluate(scope);
        return scope.Stop ?? ScriptResult.Of(text);
    }

    public override string ToString() => Rule.ToString();
}
