namespace Pacsbin.Deidentification.Scripts.Functions;

/// <summary>A day of Java's lenient calendar, in which the 99th of January is a day in April, and which is Julian before 15 October 1582.</summary>
/// <param name="Number">Days since 1 January 1970.</param>
internal readonly record struct LenientDate(long Number)
{
    private const long FirstGregorian = -141427;
    private const long MostDays = 4_000_000;
    private const int Epoch = 719468; // from 1 March 0000, where years start here because February is last

    /// <summary>The day that year, month and day say, each of which may be too large or too small.</summary>
    internal static LenientDate Of(long year, long month, long day)
    {
        var gregorian = NumberOf(year, month, day, isGregorian: true);
        return new LenientDate(gregorian >= FirstGregorian ? gregorian : NumberOf(year, month, day, isGregorian: false));
    }

    /// <summary>The day so many days later; null for one that nobody can mean.</summary>
    internal LenientDate? Plus(long days) => Math.Abs((decimal)days) <= MostDays ? new LenientDate(Number + days) : null;

    /// <summary>Year, month and day as they are in the calendar.</summary>
    internal (int Year, int Month, int Day) Fields
    {
        get
        {
            var isGregorian = Number >= FirstGregorian;
            var days = Number + Epoch + (isGregorian ? 0 : 2);
            long century = 0;
            if (isGregorian)
            {
                century = Math.DivRem(4 * days + 3, 146097).Quotient;
                days -= 146097 * century / 4;
            }

            var year = FloorDivide(4 * days + 3, 1461);
            days -= FloorDivide(1461 * year, 4);
            var month = (5 * days + 2) / 153;
            var day = days - (153 * month + 2) / 5 + 1;
            year += 100 * century + (month >= 10 ? 1 : 0);
            return ((int)year, (int)(month < 10 ? month + 3 : month - 9), (int)day);
        }
    }

    /// <summary>Eight digits, or ten characters with dashes.</summary>
    internal string ToString(bool isDashed)
    {
        var (year, month, day) = Fields;
        return isDashed ? FormattableString.Invariant($"{year:D4}-{month:D2}-{day:D2}") : FormattableString.Invariant($"{year:D4}{month:D2}{day:D2}");
    }

    private static long NumberOf(long year, long month, long day, bool isGregorian)
    {
        var months = month - 3;
        year += FloorDivide(months, 12);
        months -= 12 * FloorDivide(months, 12);
        var days = FloorDivide(1461 * year, 4) + (153 * months + 2) / 5 + day - 1;
        return isGregorian ? days - FloorDivide(year, 100) + FloorDivide(year, 400) - Epoch : days - Epoch - 2;
    }

    private static long FloorDivide(long value, long by) => value >= 0 ? value / by : -((by - 1 - value) / by);
}
