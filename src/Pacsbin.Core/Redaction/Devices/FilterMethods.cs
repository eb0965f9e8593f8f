using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Pacsbin.Redaction.Devices;

/// <summary>The methods that a filter may ask of a value, each with its argument bound.</summary>
internal static class FilterMethods
{
    private const int MostPatternCharacters = 1000;

    /// <summary>How long a regular expression may look at one value.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>Binds a method; null if there is none with this name.</summary>
    /// <exception cref="ArgumentException">A regular expression cannot be used.</exception>
    internal static Func<string, bool>? Bind(string method, string argument) => method switch
    {
        "equals" => value => value.Equals(argument, StringComparison.Ordinal),
        "equalsIgnoreCase" => value => value.Equals(argument, StringComparison.OrdinalIgnoreCase),
        "contains" => value => value.Contains(argument, StringComparison.Ordinal),
        "containsIgnoreCase" => ContainsIgnoreCase(argument),
        "startsWith" => value => value.StartsWith(argument, StringComparison.Ordinal),
        "startsWithIgnoreCase" => value => value.StartsWith(argument, StringComparison.OrdinalIgnoreCase),
        "endsWith" => value => value.EndsWith(argument, StringComparison.Ordinal),
        "endsWithIgnoreCase" => value => value.EndsWith(argument, StringComparison.OrdinalIgnoreCase),
        "matches" => Whole(argument).IsMatch,
        "isLessThan" => Number(argument) is { } limit ? value => Number(value) < limit : static _ => false,
        "isGreaterThan" => Number(argument) is { } limit ? value => Number(value) > limit : static _ => false,
        _ => null,
    };

    /// <summary>The number that is left when everything but digits and periods is taken away; null where that is none.</summary>
    internal static double? Number(string text)
    {
        Span<char> digits = stackalloc char[32];
        var count = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c) || c == '.')
            {
                if (count == digits.Length)
                {
                    return null; // no number that an image is told apart by
                }

                digits[count++] = c;
            }
        }

        return double.TryParse(digits[..count], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    // Prepared once, the search takes half the time, and most terms of a library are this one.
    private static Func<string, bool> ContainsIgnoreCase(string argument)
    {
        var prepared = SearchValues.Create([argument], StringComparison.OrdinalIgnoreCase);
        return value => value.AsSpan().ContainsAny(prepared);
    }

    /// <summary>A regular expression that a whole value must match.</summary>
    /// <exception cref="ArgumentException">It cannot be used.</exception>
    internal static Regex Whole(string pattern)
    {
        if (pattern.Length > MostPatternCharacters)
        {
            throw new ArgumentException($"the expression is longer than {MostPatternCharacters} characters");
        }

        // Alone first: a closing parenthesis must not leave the group around it.
        _ = new Regex(pattern, RegexOptions.CultureInvariant);
        var whole = $@"\A(?:{pattern})\z";
        try
        {
            return new Regex(whole, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Patience);
        }
        catch (NotSupportedException)
        {
            // Lookarounds and back references can only be searched for, which is what the patience is for.
            return new Regex(whole, RegexOptions.CultureInvariant, Patience);
        }
    }
}
