namespace Pacsbin.Deidentification.Scripts;

/// <summary>Says what happens to one attribute.</summary>
public sealed class ScriptRule
{
    internal ScriptRule(ScriptKey key, string name, ScriptExpression expression, bool isEnabled, int line, int column)
    {
        Key = key;
        Name = name;
        Expression = expression;
        Text = expression.ToString();
        IsEnabled = isEnabled;
        Line = line;
        Column = column;
    }

    /// <summary>The attribute.</summary>
    public ScriptKey Key { get; }

    /// <summary>What the script calls the attribute; for a private one also the name by which other rules refer to it. May be empty.</summary>
    public string Name { get; }

    /// <summary>What becomes of the value, written as CTP writes it; equal for rules that do the same.</summary>
    public string Text { get; }

    /// <summary>Whether the rule is switched on.</summary>
    public bool IsEnabled { get; }

    /// <summary>The line of the script, from 1.</summary>
    public int Line { get; }

    /// <summary>The column of the script, in characters from 1.</summary>
    public int Column { get; }

    internal ScriptExpression Expression { get; }

    public override string ToString() => $"{Key}={Text}";
}
