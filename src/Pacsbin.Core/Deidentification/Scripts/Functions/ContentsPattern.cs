using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Pacsbin.Deidentification.Scripts.Functions;

/// <summary>What contents replaces in a value: a regular expression and, as Java writes it, the text in its place.</summary>
internal sealed class ContentsPattern
{
    private const int MostCharacters = 1000;

    /// <summary>How long the expression may look at one value.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly Regex pattern;
    private readonly List<(string Text, int Group)> pieces = [];

    private ContentsPattern(Regex pattern) => this.pattern = pattern;

    /// <summary>Prepares a replacement; null if the expression or the text cannot be used, and <paramref name="error"/> says why.</summary>
    internal static ContentsPattern? Create(string expression, string replacement, out string? error)
    {
        error = $"The expression is longer than {MostCharacters} characters.";
        if (expression.Length > MostCharacters)
        {
            return null;
        }

        try
        {
            var created = new ContentsPattern(Compile(expression));
            error = created.TryRead(replacement) ? null : "The replacement refers to what the expression has no group for.";
            return error is null ? created : null;
        }
        catch (ArgumentException)
        {
            error = "The expression is not a regular expression.";
            return null;
        }
    }

    /// <summary>A value with every match replaced; null if the expression takes too long on it.</summary>
    internal string? Replace(string value)
    {
        try
        {
            return pattern.Replace(value, match =>
            {
                var text = new StringBuilder();
                foreach (var (literal, group) in pieces)
                {
                    text.Append(literal).Append(group < 0 ? "" : match.Groups[group].Value);
                }

                return text.ToString();
            });
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    private static Regex Compile(string expression)
    {
        try
        {
            return new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Patience);
        }
        catch (NotSupportedException)
        {
            // Lookarounds and back references can only be searched for, which is what the patience is for.
            return new Regex(expression, RegexOptions.CultureInvariant, Patience);
        }
    }

    /// <summary>Reads <c>$1</c>, <c>${name}</c> and escapes; a number has as many digits as there are groups for.</summary>
    private bool TryRead(string replacement)
    {
        // Java counts groups with names among the others, .NET behind them: where there are both, a number means nothing.
        var groups = pattern.GetGroupNames().All(n => char.IsAsciiDigit(n[0])) ? pattern.GetGroupNumbers() : [0];
        var literal = new StringBuilder();
        for (var i = 0; i < replacement.Length; i++)
        {
            switch (replacement[i])
            {
                case '\\' when i + 1 == replacement.Length:
                    return false;
                case '\\':
                    literal.Append(replacement[++i]);
                    break;
                case '$':
                    var group = ReadGroup(replacement, ref i, groups);
                    if (group < 0)
                    {
                        return false;
                    }

                    pieces.Add((literal.ToString(), group));
                    literal.Clear();
                    break;
                case var c:
                    literal.Append(c);
                    break;
            }
        }

        pieces.Add((literal.ToString(), -1));
        return true;
    }

    private int ReadGroup(string replacement, ref int index, int[] groups)
    {
        var rest = replacement.AsSpan(index + 1);
        if (rest is ['{', ..] && rest.IndexOf('}') is var close and > 1)
        {
            index += close + 1;
            return pattern.GroupNumberFromName(rest[1..close].ToString());
        }

        var length = 0;
        while (length < rest.Length && length < 4 && char.IsAsciiDigit(rest[length])
            && groups.Contains(int.Parse(rest[..(length + 1)], CultureInfo.InvariantCulture)))
        {
            length++;
        }

        index += length;
        return length == 0 ? -1 : int.Parse(rest[..length], CultureInfo.InvariantCulture);
    }
}
