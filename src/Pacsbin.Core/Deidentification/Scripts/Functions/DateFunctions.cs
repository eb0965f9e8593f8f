using System.Globalization;

namespace Pacsbin.Deidentification.Scripts.Functions;

/// <summary>CTP's functions of dates. Where CTP cannot read a date, null stands for the value that it empties.</summary>
internal static class DateFunctions
{
    /// <summary>Dates so many days later, each with what follows its day; null for what is no date.</summary>
    internal static string? Increment(string dates, long days) => Each(dates, day => day.Plus(days));

    /// <summary>Dates with some fields replaced; null for what is no date.</summary>
    /// <param name="dates">One or several.</param>
    /// <param name="year">Below 0 to keep it.</param>
    /// <param name="month">From 1; below 0 to keep it.</param>
    /// <param name="day">Below 0 to keep it.</param>
    internal static string? Modify(string dates, int year, int month, int day) => Each(dates, date =>
    {
        var fields = date.Fields;
        return LenientDate.Of(year < 0 ? fields.Year : year, month < 0 ? fields.Month : month, day < 0 ? fields.Day : day);
    });

    /// <summary>What modifydate reads in an argument: a number, or -1 to keep the field.</summary>
    internal static int Field(string argument) => JavaText.TryParse(JavaText.Trim(argument), out int number) ? number : -1;

    /// <summary>The days from a base date to a date; null where one of them is none.</summary>
    /// <param name="date">Eight digits, and anything behind them.</param>
    /// <param name="baseDate">Month, day and year with slashes between them.</param>
    internal static long? Interval(string date, string baseDate)
    {
        if (date.Length < 8 || !TryRead(date[..8], out var to, out _, out _))
        {
            return null;
        }

        var fields = JavaText.Trim(baseDate).Split('/');
        var year = fields.Length < 3 ? "" : string.Concat(fields[2].TakeWhile(char.IsAsciiDigit));
        return fields.Length >= 3 && TryRead(fields[0], out int month) && TryRead(fields[1], out int day) && TryRead(year, out int years)
            ? to.Number - LenientDate.Of(years, month, day).Number : null;
    }

    internal static string Date(string separator, DateTime now) => now.ToString("yyyy", CultureInfo.InvariantCulture) + separator
        + now.ToString("MM", CultureInfo.InvariantCulture) + separator + now.ToString("dd", CultureInfo.InvariantCulture);

    internal static string Time(string separator, DateTime now) => now.ToString("HH", CultureInfo.InvariantCulture) + separator
        + now.ToString("mm", CultureInfo.InvariantCulture) + separator + now.ToString("ss", CultureInfo.InvariantCulture);

    private static string? Each(string dates, Func<LenientDate, LenientDate?> change)
    {
        var parts = JavaText.Split(dates, '\\');
        for (var i = 0; i < parts.Length; i++)
        {
            if (!TryRead(parts[i], out var date, out var isDashed, out var tail) || change(date) is not { } changed)
            {
                return null;
            }

            parts[i] = changed.ToString(isDashed) + tail;
        }

        return string.Join('\\', parts);
    }

    /// <summary>Reads a date, and a time behind it that is left as it is.</summary>
    private static bool TryRead(string text, out LenientDate date, out bool isDashed, out string tail)
    {
        text = JavaText.Trim(text);
        Span<char> digits = stackalloc char[8];
        int count = 0, index = 0;
        for (; index < text.Length && count < digits.Length; index++)
        {
            if (!IsSeparator(text[index]))
            {
                digits[count++] = text[index];
            }
        }

        date = default;
        isDashed = text.Length >= 10 && text[4] == '-' && text[7] == '-';
        tail = text[index..];
        if (count < digits.Length || digits.ContainsAnyExceptInRange('0', '9') || !IsTime(tail))
        {
            return false;
        }

        if (digits.StartsWith("00"))
        {
            "19".CopyTo(digits);
        }

        date = LenientDate.Of(
            int.Parse(digits[..4], CultureInfo.InvariantCulture), int.Parse(digits[4..6], CultureInfo.InvariantCulture), int.Parse(digits[6..], CultureInfo.InvariantCulture));
        return true;
    }

    // A zone makes CTP give up.
    private static bool IsTime(string tail)
    {
        var periods = 0;
        foreach (var c in tail)
        {
            periods += c == '.' ? 1 : 0;
            if (!(char.IsAsciiDigit(c) || c == '.' || IsSeparator(c)) || periods > 1)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsSeparator(char c) => c is '@' or ':' or 'T' or '-' || JavaText.IsSpace(c);

    private static bool TryRead(string digits, out int number) =>
        int.TryParse(digits, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out number);
}
