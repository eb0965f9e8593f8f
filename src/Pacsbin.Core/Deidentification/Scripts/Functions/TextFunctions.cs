using System.Globalization;
using System.Text;

namespace Pacsbin.Deidentification.Scripts.Functions;

/// <summary>CTP's functions of text. Where CTP writes its arguments instead of a value, because it cannot make one, they give null.</summary>
internal static class TextFunctions
{
    /// <summary>A name's initials in upper case, that of the last name at the end; X for no name.</summary>
    internal static string Initials(string name)
    {
        var words = name.Split([' ', '^', '\t', '\n', '\v', '\f', '\r'], StringSplitOptions.RemoveEmptyEntries);
        words = [.. words.Select(JavaText.Trim).Where(w => w.Length > 0)];
        if (words.Length == 0)
        {
            return "X";
        }

        var initials = words.Select(First);
        return JavaText.ToUpper(string.Concat(initials.Skip(1).Append(initials.First())));
    }

    /// <summary>Moves the letters A to Z along the alphabet.</summary>
    internal static string Caesar(string text, int offset) => string.Concat(text.Select(c => char.IsAsciiLetterUpper(c) ? (char)('A' + Modulo(c - 'A' + (long)offset, 26)) : c));

    /// <summary>An age rounded to the nearest multiple, of an even number of characters; null for what has no digit.</summary>
    internal static string? Round(string age, int width)
    {
        age = JavaText.Trim(age);
        if (age.Length == 0)
        {
            return "";
        }

        if (!float.TryParse(string.Concat(age.Where(char.IsAsciiDigit)), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        var multiple = width == 0 ? 0 : (int)Math.Clamp(Math.Floor((double)(number / width) + 0.5), int.MinValue, int.MaxValue);
        var rounded = unchecked(multiple * width).ToString(CultureInfo.InvariantCulture) + string.Concat(age.Where(c => !char.IsAsciiDigit(c)));
        return rounded.Length % 2 == 0 ? rounded : "0" + rounded;
    }

    /// <summary>The first characters of a value or, for a negative length, its last.</summary>
    internal static string Truncate(string value, int length)
    {
        if (length >= 0)
        {
            return value[..Math.Min(value.Length, length)];
        }

        value = JavaText.Trim(value);
        return value[(int)Math.Max(0, value.Length + (long)length)..];
    }

    /// <summary>A part of a path between slashes, counted from 0 or, from the end, from -1; the whole path where it has no such part.</summary>
    internal static string PathElement(string path, int index)
    {
        var parts = JavaText.Split(path, '/');
        index = index < 0 ? parts.Length + index : index;
        return index >= 0 && index < parts.Length ? parts[index] : path;
    }

    internal static string LowerCase(string value) => JavaText.ToLower(value);

    internal static string UpperCase(string value) => JavaText.ToUpper(value);

    private static string First(string word) => word.EnumerateRunes().First() is var rune && rune != Rune.ReplacementChar ? rune.ToString() : word[..1];

    private static long Modulo(long value, long by) => ((value % by) + by) % by;
}
