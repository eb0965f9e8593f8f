using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Pacsbin.Deidentification.Scripts.Functions;

/// <summary>What Java does with text where .NET does something else.</summary>
internal static class JavaText
{
    // Unicode's SpecialCasing.txt: letters whose upper case is several letters.
    private const string Special =
        "DF=53+53 149=2BC+4E 1F0=4A+30C 390=399+308+301 3B0=3A5+308+301 587=535+552 1E96=48+331 1E97=54+308 1E98=57+30A 1E99=59+30A 1E9A=41+2BE "
        + "1F50=3A5+313 1F52=3A5+313+300 1F54=3A5+313+301 1F56=3A5+313+342 1FB2=1FBA+399 1FB3=391+399 1FB4=386+399 1FB6=391+342 1FB7=391+342+399 "
        + "1FBC=391+399 1FC2=1FCA+399 1FC3=397+399 1FC4=389+399 1FC6=397+342 1FC7=397+342+399 1FCC=397+399 1FD2=399+308+300 1FD3=399+308+301 "
        + "1FD6=399+342 1FD7=399+308+342 1FE2=3A5+308+300 1FE3=3A5+308+301 1FE4=3A1+313 1FE6=3A5+342 1FE7=3A5+308+342 1FF2=1FFA+399 1FF3=3A9+399 "
        + "1FF4=38F+399 1FF6=3A9+342 1FF7=3A9+342+399 1FFC=3A9+399 FB00=46+46 FB01=46+49 FB02=46+4C FB03=46+46+49 FB04=46+46+4C FB05=53+54 FB06=53+54 "
        + "FB13=544+546 FB14=544+535 FB15=544+53B FB16=54E+546 FB17=544+53D";

    private static readonly FrozenDictionary<char, string> UpperCases = Load().ToFrozenDictionary();

    /// <summary>Whether <c>\s</c> matches.</summary>
    internal static bool IsSpace(char c) => c is ' ' or (>= '\t' and <= '\r');

    /// <summary>Takes everything up to the space away from both ends.</summary>
    internal static string Trim(string text)
    {
        int start = 0, end = text.Length;
        while (start < end && text[start] <= ' ')
        {
            start++;
        }

        while (start < end && text[end - 1] <= ' ')
        {
            end--;
        }

        return text[start..end];
    }

    /// <summary>Splits without the empty parts at the end.</summary>
    internal static string[] Split(string text, char separator)
    {
        if (text.Length == 0)
        {
            return [""];
        }

        var parts = text.Split(separator);
        var count = parts.Length;
        while (count > 0 && parts[count - 1].Length == 0)
        {
            count--;
        }

        return parts[..count];
    }

    /// <summary>Reads a whole number as <c>Integer.parseInt</c> does: no white space.</summary>
    internal static bool TryParse(string? text, out int number) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    /// <summary>Reads a whole number as <c>Long.parseLong</c> does: no white space.</summary>
    internal static bool TryParse(string? text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    internal static string ToUpper(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text.ToUpperInvariant();
        }

        var upper = new StringBuilder(text.Length + 4);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsBmp && UpperCases.TryGetValue((char)rune.Value, out var letters))
            {
                upper.Append(letters);
            }
            else
            {
                upper.Append(Rune.ToUpperInvariant(rune).ToString());
            }
        }

        return upper.ToString();
    }

    internal static string ToLower(string text)
    {
        var lower = new StringBuilder(text.ToLowerInvariant());
        for (var i = 0; i < text.Length; i++)
        {
            // SpecialCasing.txt: a capital sigma that ends a word has a form of its own.
            if (text[i] == '\u03A3' && i > 0 && char.IsLetter(text[i - 1]) && (i + 1 == text.Length || !char.IsLetter(text[i + 1])))
            {
                lower[i] = '\u03C2';
            }
        }

        return lower.Replace("\u0130", "i\u0307").ToString();
    }

    private static Dictionary<char, string> Load()
    {
        static char Letter(string digits) => (char)ushort.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        var loaded = Special.Split(' ').Select(entry => entry.Split('=')).ToDictionary(e => Letter(e[0]), e => string.Concat(e[1].Split('+').Select(Letter)));

        // Greek vowels with an iota below or beside them: eight letters each in three blocks, small and capital.
        foreach (var block in (int[])[0x1F80, 0x1F90, 0x1FA0])
        {
            for (var i = 0; i < 16; i++)
            {
                var capital = block switch { 0x1F80 => 0x1F08, 0x1F90 => 0x1F28, _ => 0x1F68 } + (i & 7);
                loaded.Add((char)(block + i), $"{(char)capital}\u0399");
            }
        }

        return loaded;
    }
}
