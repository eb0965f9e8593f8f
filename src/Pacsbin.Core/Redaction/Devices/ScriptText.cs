using System.Globalization;

namespace Pacsbin.Redaction.Devices;

/// <summary>The characters of a script and the line and column of each.</summary>
internal sealed class ScriptText
{
    private readonly List<int> lineStarts = [0];
    private readonly ScriptText? outer;
    private readonly int[] indices = [];

    internal ScriptText(string text)
    {
        Text = text;
        for (var i = text.IndexOf('\n', StringComparison.Ordinal); i >= 0; i = text.IndexOf('\n', i + 1))
        {
            lineStarts.Add(i + 1);
        }
    }

    /// <summary>Text that stands in another script, which may write its characters as escapes.</summary>
    /// <param name="text">The characters without their escapes.</param>
    /// <param name="outer">The other script.</param>
    /// <param name="indices">Where each character and the end stand in it.</param>
    internal ScriptText(string text, ScriptText outer, int[] indices)
    {
        Text = text;
        this.outer = outer;
        this.indices = indices;
    }

    internal string Text { get; }

    /// <summary>The line and column, from 1, of a character or of the end.</summary>
    internal (int Line, int Column) PositionOf(int index)
    {
        if (outer is not null)
        {
            return outer.PositionOf(indices[index]);
        }

        var found = lineStarts.BinarySearch(index);
        var line = found < 0 ? ~found - 1 : found;
        return (line + 1, index - lineStarts[line] + 1);
    }

    internal PacsbinException Error(int index, string why)
    {
        var (line, column) = PositionOf(index);
        return new PacsbinException(PacsbinError.InvalidScript, new ScriptProblem(line, column, why).ToString());
    }

    internal ScriptProblem Problem(int index, string message)
    {
        var (line, column) = PositionOf(index);
        return new ScriptProblem(line, column, message);
    }

    /// <summary>Makes words of a script fit for a message or a name: what cannot be printed is dropped, and what is too long cut.</summary>
    internal static string Printable(ReadOnlySpan<char> words, int mostCharacters = 64)
    {
        Span<char> kept = stackalloc char[mostCharacters];
        var length = 0;
        foreach (var c in words.Trim())
        {
            if (length < mostCharacters && IsPrintable(c))
            {
                kept[length++] = c;
            }
        }

        return kept[..length].Trim().ToString();
    }

    internal static bool IsPrintable(char c) => char.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
