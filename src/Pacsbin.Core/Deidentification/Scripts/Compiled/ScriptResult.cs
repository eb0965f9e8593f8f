using System.Globalization;

namespace Pacsbin.Deidentification.Scripts.Compiled;

/// <summary>What a rule does to a value.</summary>
internal enum ScriptEffect
{
    /// <summary>The value stays as it is.</summary>
    Keep,

    /// <summary>The element goes.</summary>
    Remove,

    /// <summary>The value becomes empty.</summary>
    Empty,

    /// <summary>The value becomes the result's text, backslashes between several values.</summary>
    Replace,

    /// <summary>The file is withheld.</summary>
    Quarantine,

    /// <summary>CTP passes the original on.</summary>
    Skip,
}

/// <summary>The result of a rule.</summary>
/// <param name="Effect">What to do.</param>
/// <param name="Text">The new value, if the effect is to replace; why, without a value of the file, if it is quarantine; empty otherwise.</param>
internal readonly record struct ScriptResult(ScriptEffect Effect, string Text = "")
{
    private const int MostBlanks = 55;

    /// <summary>Reads the text that an expression gave.</summary>
    internal static ScriptResult Of(string text)
    {
        text = Functions.JavaText.Trim(text);
        return text.Contains("@remove()", StringComparison.Ordinal) ? new(ScriptEffect.Remove)
            : text == "@keep()" ? new(ScriptEffect.Keep)
            : text.Length == 0 || text == "@empty()" ? new(ScriptEffect.Empty)
            : TryReadBlanks(text, out var blanks) ? new(ScriptEffect.Replace, new string(' ', blanks))
            : new(ScriptEffect.Replace, text);
    }

    /// <summary>The effect alone: the text is a value.</summary>
    public override string ToString() => Effect.ToString();

    private static bool TryReadBlanks(string text, out int blanks)
    {
        const string Blank = "@blank(";
        blanks = 0;
        if (!text.StartsWith(Blank, StringComparison.Ordinal) || text[^1] != ')'
            || !int.TryParse(text.AsSpan()[Blank.Length..^1].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out blanks))
        {
            return false;
        }

        blanks = Math.Min(blanks, MostBlanks);
        return true;
    }
}
