namespace Pacsbin.Deidentification.Scripts.Compiled;

/// <summary>A compiled part of an expression: text that is always the same, or what gives it.</summary>
internal readonly struct ScriptPiece
{
    private readonly string? constant;
    private readonly Func<ScriptScope, string>? call;

    internal ScriptPiece(string constant) => this.constant = constant;

    internal ScriptPiece(Func<ScriptScope, string> call) => this.call = call;

    /// <summary>The text if it is always the same; null otherwise.</summary>
    internal string? Constant => call is null ? constant ?? "" : null;

    /// <summary>One piece after the other.</summary>
    internal static ScriptPiece Join(IReadOnlyList<ScriptPiece> pieces)
    {
        if (pieces.All(p => p.Constant is not null))
        {
            return new ScriptPiece(string.Concat(pieces.Select(p => p.Constant)));
        }

        if (pieces is [var single])
        {
            return single;
        }

        ScriptPiece[] parts = [.. pieces];
        return new ScriptPiece(scope =>
        {
            var texts = new string[parts.Length];
            for (var i = 0; i < parts.Length && scope.Stop is null; i++)
            {
                texts[i] = parts[i].Evaluate(scope);
            }

            return string.Concat(texts);
        });
    }

    internal string Evaluate(ScriptScope scope) => call is null ? constant ?? "" : call(scope);
}
