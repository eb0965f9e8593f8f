using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Pacsbin.Deidentification.Scripts.Functions;
using Xunit;

namespace Pacsbin.Tests.Deidentification.Scripts.Functions;

public sealed class DateFunctionsTests
{
    [Theory]
    [InlineData("20200115", -137, "20190831")]
    [InlineData("20200199", 0, "20200408")]
    [InlineData("20190229", 0, "20190301")]
    [InlineData("00700101", 0, "19700101")]
    [InlineData("2020-01-15", 1, "2020-01-16")]
    [InlineData("2020-01-15 10:30", 1, "2020-01-16 10:30")]
    [InlineData("20200115103000.123456", -1, "20200114103000.123456")]
    [InlineData("20200115T1030", -1, "20200114T1030")]
    [InlineData("20200115\\20200116", 1, "20200116\\20200117")]
    [InlineData("20200115\\", 1, "20200116")]
    [InlineData("15821015", -1, "15821004")]
    [InlineData("15000229", 1, "15000301")]
    [InlineData("20200115103000+0100", -1, null)]
    [InlineData("20200115\\2020", -1, null)]
    [InlineData("2020.01.15", -1, null)]
    [InlineData("JAN 2020", -1, null)]
    [InlineData("", -1, null)]
    [InlineData("20200115", long.MaxValue, null)]
    [InlineData("20200115", long.MinValue, null)]
    public void Dates_are_moved_by_days(string dates, long days, string? expected) => Assert.Equal(expected, DateFunctions.Increment(dates, days));

    [Theory]
    [InlineData("19500617", "*", "1", "1", "19500101")]
    [InlineData("19500617", "2000", "*", "*", "20000617")]
    [InlineData("19500631", "*", "2", "*", "19500201")]
    [InlineData("20200131", "*", "2", "*", "20200302")]
    [InlineData("19500617", "*", "0", "*", "19491217")]
    [InlineData("19500617120000", "1999", " 12 ", "x", "19991217120000")]
    public void Fields_of_dates_are_replaced(string date, string year, string month, string day, string expected) =>
        Assert.Equal(expected, DateFunctions.Modify(date, DateFunctions.Field(year), DateFunctions.Field(month), DateFunctions.Field(day)));

    [Theory]
    [InlineData("20200115", "1/1/2020", 14L)]
    [InlineData("20191231235959", "01/01/2020", -1L)]
    [InlineData("20200115", "13/1/2019", 14L)]
    [InlineData("20200115", "2020-01-01", null)]
    [InlineData("2020", "1/1/2020", null)]
    public void Days_since_a_base_date_are_counted(string date, string baseDate, long? expected) => Assert.Equal(expected, DateFunctions.Interval(date, baseDate));

    [Fact]
    public void Days_since_a_base_date_are_counted_from_an_origin()
    {
        var days = DateFunctions.Interval("20200115", "1/1/2020");
        Assert.Equal("20000115", DateFunctions.Increment("20000101", days!.Value));
    }

    [Fact]
    public void Now_is_written_with_separators()
    {
        var now = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Local);
        Assert.Equal(("20260102", "2026-01-02", "030405", "03:04:05"), (DateFunctions.Date("", now), DateFunctions.Date("-", now), DateFunctions.Time("", now), DateFunctions.Time(":", now)));
    }

    [Fact]
    public void Every_day_of_the_gregorian_calendar_is_moved_as_the_base_library_moves_it() => Prop.ForAll(
        Gen.Choose(0, (int)(new DateTime(2300, 1, 1) - new DateTime(1700, 1, 1)).TotalDays).Zip(Gen.Choose(-10_000, 10_000)).ToArbitrary(),
        pair =>
        {
            var date = new DateTime(1700, 1, 1).AddDays(pair.Item1);
            Assert.Equal(Text(date.AddDays(pair.Item2)), DateFunctions.Increment(Text(date), pair.Item2));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static string Text(DateTime date) => date.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
}
