using System.Globalization;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification;

/// <summary>Moves the dates of DA and DT values (PS3.5 6.2) by whole days; times of day, fractions and zones stay as they are.</summary>
/// <remarks>A shift by whole days of every date of a patient keeps each difference true to the second, over leap days and changes of zone.</remarks>
internal static class DateShift
{
    /// <summary>Moves each value of an element.</summary>
    /// <param name="vr">DA, DT, TM, or SH for a zone's offset.</param>
    /// <param name="value">One or more values, ranges and old forms (1997.04.24) included.</param>
    /// <param name="days">The days to add.</param>
    /// <param name="shifted">The result without padding; <paramref name="value"/> itself where nothing changes.</param>
    /// <returns>Whether every value is what its VR says and stays in the calendar.</returns>
    public static bool TryShift(Vr vr, ReadOnlyMemory<byte> value, int days, out ReadOnlyMemory<byte> shifted)
    {
        shifted = value;
        var text = value.Span.TrimEnd(" \0"u8);
        switch (vr)
        {
            case Vr.TM:
                return AreTimes(text);
            case Vr.SH:
                return text.IsEmpty || IsZone(text);
        }

        var result = text.ToArray();
        var start = 0;
        while (start <= result.Length)
        {
            var end = result.AsSpan(start).IndexOf((byte)'\\');
            end = end < 0 ? result.Length : start + end;
            if (!TryShiftRange(vr, result.AsSpan(start, end - start), days))
            {
                return false;
            }

            start = end + 1;
        }

        shifted = result;
        return true;
    }

    /// <summary>Moves one value or both ends of a range (PS3.4 C.2.2.2.5).</summary>
    private static bool TryShiftRange(Vr vr, Span<byte> value, int days)
    {
        var content = Trim(value);
        if (content.IsEmpty || TryShiftOne(vr, content, days))
        {
            return true;
        }

        for (var i = 0; i < content.Length; i++)
        {
            if (content[i] == '-' && IsOneOrNone(vr, content[..i]) && IsOneOrNone(vr, content[(i + 1)..]) && content.Length > 1)
            {
                return (i == 0 || TryShiftOne(vr, Trim(content[..i]), days))
                    && (i + 1 == content.Length || TryShiftOne(vr, Trim(content[(i + 1)..]), days));
            }
        }

        return false;
    }

    private static bool IsOneOrNone(Vr vr, ReadOnlySpan<byte> part)
    {
        Span<byte> copy = stackalloc byte[32];
        var content = part.Trim((byte)' ');
        return content.IsEmpty || (content.Length <= copy.Length && CopyAndShift(vr, content, copy));

        static bool CopyAndShift(Vr vr, ReadOnlySpan<byte> content, Span<byte> copy)
        {
            content.CopyTo(copy);
            return TryShiftOne(vr, copy[..content.Length], 0);
        }
    }

    private static bool TryShiftOne(Vr vr, Span<byte> value, int days)
    {
        if (value.Length == 10 && value[4] == '.' && value[7] == '.')
        {
            // PS3.5 6.2 DA: yyyy.mm.dd is the ACR-NEMA form, which may still be met.
            Span<byte> plain = [.. value[..4], .. value[5..7], .. value[8..]];
            if (!TryShiftDigits(plain, days))
            {
                return false;
            }

            plain[..4].CopyTo(value);
            plain[4..6].CopyTo(value[5..]);
            plain[6..].CopyTo(value[8..]);
            return true;
        }

        if (vr == Vr.DA)
        {
            return value.Length == 8 && TryShiftDigits(value, days);
        }

        var (digits, isValid) = ReadDateTime(value);
        return isValid && TryShiftDigits(value[..Math.Min(digits, 8)], days);
    }

    /// <summary>Moves yyyy, yyyymm or yyyymmdd; a date without day or month moves as its first day does.</summary>
    private static bool TryShiftDigits(Span<byte> digits, int days)
    {
        var year = Number(digits, 0, 4);
        var month = digits.Length >= 6 ? Number(digits, 4, 2) : 1;
        var day = digits.Length >= 8 ? Number(digits, 6, 2) : 1;
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        var ordinal = new DateOnly(year, month, day).DayNumber + days;
        if (ordinal < DateOnly.MinValue.DayNumber || ordinal > DateOnly.MaxValue.DayNumber)
        {
            return false;
        }

        Span<byte> text = stackalloc byte[8];
        DateOnly.FromDayNumber(ordinal).TryFormat(text, out _, "yyyyMMdd", CultureInfo.InvariantCulture);
        text[..digits.Length].CopyTo(digits);
        return true;
    }

    /// <summary>Checks YYYYMMDDHHMMSS.FFFFFF&amp;ZZXX, cut anywhere after the year.</summary>
    private static (int Digits, bool IsValid) ReadDateTime(ReadOnlySpan<byte> value)
    {
        var digits = DigitCount(value);
        var rest = value[digits..];
        if (digits is not (4 or 6 or 8 or 10 or 12 or 14) || (digits > 8 && !IsTimeOfDay(value[8..digits])))
        {
            return default;
        }

        if (!rest.IsEmpty && rest[0] == '.')
        {
            var fraction = DigitCount(rest[1..]);
            if (digits < 14 || fraction is < 1 or > 6)
            {
                return default;
            }

            rest = rest[(1 + fraction)..];
        }

        return (digits, rest.IsEmpty || IsZone(rest));
    }

    private static bool IsZone(ReadOnlySpan<byte> zone) =>
        zone.Length == 5 && zone[0] is (byte)'+' or (byte)'-' && DigitCount(zone[1..]) == 4 && Number(zone, 1, 2) <= 14 && Number(zone, 3, 2) < 60;

    /// <summary>Checks TM values: HH, HHMM, HHMMSS, HHMMSS.F to .FFFFFF, the old HH:MM:SS, and ranges.</summary>
    private static bool AreTimes(ReadOnlySpan<byte> text)
    {
        Span<byte> plain = stackalloc byte[16];
        foreach (var part in text.SplitAny((byte)'\\', (byte)'-'))
        {
            var time = text[part].Trim((byte)' ');
            var length = 0;
            foreach (var c in time)
            {
                if (c != ':' && length < plain.Length)
                {
                    plain[length++] = c;
                }
            }

            var digits = DigitCount(plain[..length]);
            var fraction = plain[digits..length];
            var isTime = digits is 2 or 4 or 6 && IsTimeOfDay(plain[..digits])
                && (fraction.IsEmpty || (digits == 6 && fraction[0] == '.' && fraction.Length is >= 2 and <= 7 && DigitCount(fraction[1..]) == fraction.Length - 1));
            if (!time.IsEmpty && (!isTime || time.Length > plain.Length))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsTimeOfDay(ReadOnlySpan<byte> digits) =>
        Number(digits, 0, 2) < 24
        && (digits.Length < 4 || Number(digits, 2, 2) < 60)
        && (digits.Length < 6 || Number(digits, 4, 2) <= 60); // PS3.5 6.2: 60 for a leap second

    private static int DigitCount(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return end < 0 ? text.Length : end;
    }

    private static int Number(ReadOnlySpan<byte> text, int start, int count)
    {
        var number = 0;
        foreach (var c in text.Slice(start, count))
        {
            if (c is < (byte)'0' or > (byte)'9')
            {
                return int.MaxValue;
            }

            number = (number * 10) + c - '0';
        }

        return number;
    }

    private static Span<byte> Trim(Span<byte> value) => value.Trim((byte)' ');
}
