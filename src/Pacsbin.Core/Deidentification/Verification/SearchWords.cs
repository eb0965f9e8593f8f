using System.Globalization;

namespace Pacsbin.Deidentification.Verification;

/// <summary>Takes values apart into the words that are looked for.</summary>
internal static class SearchWords
{
    private const int ShortestName = 3;
    private const int ShortestIdeographs = 2;
    private const int ShortestCode = 4;
    private const int ShortestNumber = 5;
    private const int ShortestText = 5;
    private const int LongestWord = 128; // what a LO holds, twice
    private const int NameComponents = 3; // family, given and middle name; prefix and suffix are titles (PS3.5 6.2.1)

    private const int EarliestYear = 1850; // 1800 and before are dummies

    /// <summary>What stands where no name is known, or in place of one: it is nobody's.</summary>
    private static readonly HashSet<string> Nobody = new(StringComparer.OrdinalIgnoreCase)
    {
        "anonymous", "anonymized", "anonymised", "anonym", "anon", "deidentified", "removed", "unknown", "none", "null", "noname", "unspecified", "not available", "unnamed",
        "test", "phantom", "patient", "name", "first", "last",
    };

    private static readonly char[] NameBreaks = [' ', '-', '.', ',', '_', '\'', '(', ')', '/', '\u3000', '\u00B7'];
    private static readonly string[] Months = CultureInfo.InvariantCulture.DateTimeFormat.AbbreviatedMonthNames[..12];
    private static readonly string[] LongMonths = CultureInfo.InvariantCulture.DateTimeFormat.MonthNames[..12];

    /// <summary>The words of one value, each once.</summary>
    public static IEnumerable<string> Of(string value, WordForm form) => (form switch
    {
        WordForm.Name => Names(value),
        WordForm.Code => Codes(value),
        WordForm.Text => Texts(value),
        _ => Dates(value),
    }).Where(w => w.Length <= LongestWord && !Nobody.Contains(w)).Distinct(StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<string> Names(string value)
    {
        foreach (var group in value.Split('='))
        {
            foreach (var component in group.Split('^').Take(NameComponents).Select(c => c.Trim()))
            {
                foreach (var part in component.Split(NameBreaks).Append(component))
                {
                    if (part.Length >= ShortestName ? part.Any(char.IsLetter) || IsCode(part) : part.Length >= ShortestIdeographs && part.All(IsIdeograph))
                    {
                        yield return part;
                    }
                }
            }
        }
    }

    private static IEnumerable<string> Codes(string value)
    {
        var code = value.Trim();
        if (IsCode(code))
        {
            yield return code;
        }

        var plain = string.Concat(code.Where(char.IsLetterOrDigit));
        if (IsCode(plain))
        {
            yield return plain;
        }
    }

    private static bool IsCode(string code) =>
        code.Length >= (code.All(char.IsAsciiDigit) ? ShortestNumber : ShortestCode) && code.Any(char.IsLetterOrDigit) && code.Any(c => c != code[0] && c != '0' && c != '.');

    private static IEnumerable<string> Texts(string value) =>
        value.Split(',', '\r', '\n').Append(value).Select(t => t.Trim()).Where(t => t.Length >= ShortestText && t.Any(char.IsLetter));

    private static IEnumerable<string> Dates(string value)
    {
        var digits = DayOf(value.Replace(".", null, StringComparison.Ordinal)); // ACR-NEMA wrote yyyy.mm.dd
        if (digits.Length < 8 || !DateOnly.TryParseExact(digits.AsSpan(0, 8), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) || date.Year < EarliestYear)
        {
            yield break;
        }

        string year = $"{date.Year:D4}", month = $"{date.Month:D2}", day = $"{date.Day:D2}", shortDay = $"{date.Day}", shortMonth = $"{date.Month}";
        yield return year + month + day;
        yield return day + month + year;
        yield return month + day + year;
        foreach (var mark in (string[])["-", ".", "/", " "])
        {
            yield return year + mark + month + mark + day;
            yield return day + mark + month + mark + year;
            yield return month + mark + day + mark + year;
            if (mark != " ")
            {
                yield return day + mark + month + mark + year[2..];
                yield return month + mark + day + mark + year[2..];
            }

            if (shortDay != day || shortMonth != month)
            {
                yield return shortDay + mark + shortMonth + mark + year;
                yield return shortMonth + mark + shortDay + mark + year;
                yield return year + mark + shortMonth + mark + shortDay;
            }
        }

        foreach (var name in (string[])[Months[date.Month - 1], LongMonths[date.Month - 1]])
        {
            yield return $"{day}-{name}-{year}";
            yield return $"{day}-{name}-{year[2..]}";
            yield return $"{year} {name} {shortDay}";
            yield return $"{year}-{name}-{day}";
            yield return $"{day} {name} {year}";
            yield return $"{shortDay} {name} {year}";
            yield return $"{name} {shortDay}, {year}";
            yield return $"{name} {shortDay} {year}";
            yield return $"{day}{name}{year}";
        }
    }

    /// <summary>The date at the front of a DA or DT value, which all values of a day share.</summary>
    public static string DayOf(string value) => value.Replace(".", null, StringComparison.Ordinal) is { Length: > 8 } longer ? longer[..8] : value;

    private static bool IsIdeograph(char c) => c is (>= '\u3400' and <= '\u9FFF') or (>= '\uAC00' and <= '\uD7A3') or (>= '\u3040' and <= '\u30FF');
}
