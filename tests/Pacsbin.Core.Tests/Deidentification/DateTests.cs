using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Pacsbin.Projects;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Deidentification;

public class DateTests
{
    private const uint StudyDate = 0x00080020;
    private const uint StudyTime = 0x00080030;
    private const uint AcquisitionDateTime = 0x0008002A;
    private const uint FrameAcquisitionDateTime = 0x00189074;
    private static readonly PatientKey Patient = new("HOSPITAL", "12345");
    private static readonly int Days = Deidentified.PseudonymOf(Patient).DateShiftDays;

    [Fact]
    public void The_shift_is_one_to_3650_days_into_the_past()
    {
        var shifts = Enumerable.Range(0, 2000).Select(i => Deidentified.PseudonymOf(new PatientKey("", $"P{i}")).DateShiftDays).ToList();
        Assert.All(shifts, s => Assert.InRange(s, -3650, -1));
        Assert.InRange(shifts.Distinct().Count(), 1200, 2000);
    }

    [Theory]
    [InlineData("20240229")]
    [InlineData("20231231")]
    [InlineData("20240101")]
    [InlineData("20000229")]
    [InlineData("19000301")]
    public void A_date_moves_by_the_patients_days(string date) => AssertBecomes(StudyDate, "DA", date, Originals.Shift(date, Days));

    [Fact]
    public void Several_dates_move_each() =>
        AssertBecomes(StudyDate, "DA", "20240101\\20240301 ", $"{Originals.Shift("20240101", Days)}\\{Originals.Shift("20240301", Days)}");

    [Theory]
    [InlineData("20240101-20240301")]
    [InlineData("-20240301")]
    [InlineData("20240101-")]
    public void Both_ends_of_a_range_move(string range) =>
        AssertBecomes(StudyDate, "DA", range, string.Join('-', range.Split('-').Select(d => d.Length == 0 ? "" : Originals.Shift(d, Days))));

    [Fact]
    public void The_old_form_with_periods_moves_and_keeps_its_form()
    {
        var moved = Originals.Shift("19970424", Days);
        AssertBecomes(StudyDate, "DA", "1997.04.24", $"{moved[..4]}.{moved[4..6]}.{moved[6..]}");
    }

    [Theory]
    [InlineData("20240301101530")]
    [InlineData("20240301101530.123456")]
    [InlineData("20240301101530.1+0100")]
    [InlineData("20240301101530-0930")]
    [InlineData("20240301")]
    [InlineData("2024030110")]
    [InlineData("20240301235960")]
    public void A_datetime_moves_by_days_and_keeps_time_fraction_and_zone(string value) =>
        AssertBecomes(AcquisitionDateTime, "DT", value, Originals.Shift(value, Days));

    [Fact]
    public void A_datetime_range_moves_at_both_ends() =>
        AssertBecomes(AcquisitionDateTime, "DT", "20240301101530-20240302", $"{Originals.Shift("20240301101530", Days)}-{Originals.Shift("20240302", Days)}");

    [Theory]
    [InlineData("101530")]
    [InlineData("101530.5")]
    [InlineData("10")]
    [InlineData("10:15:30")]
    [InlineData("100000\\110000")]
    [InlineData("100000-110000")]
    public void A_time_of_day_stays(string time) => AssertBecomes(StudyTime, "TM", time, time);

    [Theory]
    [InlineData(StudyDate, "DA", "Mr Miller")]
    [InlineData(StudyDate, "DA", "ABCD0101")]
    [InlineData(StudyDate, "DA", "2024AB01")]
    [InlineData(StudyDate, "DA", "202401AB")]
    [InlineData(AcquisitionDateTime, "DT", "ABCD0101")]
    [InlineData(StudyDate, "DA", "20240230")]
    [InlineData(StudyDate, "DA", "2024")]
    [InlineData(StudyDate, "DA", "20241301")]
    [InlineData(StudyDate, "DA", "00010101")]
    [InlineData(StudyDate, "DA", "20240101 Miller")]
    [InlineData(StudyTime, "TM", "at noon ")]
    [InlineData(StudyTime, "TM", "250000")]
    [InlineData(StudyTime, "TM", "101530.1234567")]
    [InlineData(AcquisitionDateTime, "DT", "20240301101530 by Miller")]
    [InlineData(AcquisitionDateTime, "DT", "2024030110153")]
    [InlineData(AcquisitionDateTime, "DT", "20240301101530.+01")]
    public void What_is_no_date_or_time_is_emptied_with_a_finding_that_does_not_tell_it(uint tag, string vr, string value)
    {
        var findings = new List<Finding>();
        AssertBecomes(tag, vr, value, "", findings);
        var finding = Assert.Single(findings, f => f.Kind == FindingKind.InvalidDate);
        Assert.Equal(new Tag(tag), finding.Tag);
        Assert.DoesNotContain(value.Trim(), finding.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_birth_date_is_emptied_under_every_date_option()
    {
        var file = new DicomBuilder().Element(0x00100030, "DA", "19610817").ToFile();
        foreach (var profile in new[] { DeidentificationProfile.Pacsbin, DeidentificationProfile.Basic, DeidentificationProfile.Basic.With(ProfileOptions.RetainFullDates) })
        {
            using var copy = Deidentified.Open(file, profile, Patient);
            Assert.Equal("", copy.Dataset.Text(0x00100030));
        }
    }

    [Fact]
    public void Dates_in_names_and_text_are_no_dates()
    {
        var file = new DicomBuilder().Element(0x00080104, "LO", "20240101").Element(0x00280030, "DS", "20240101").ToFile();
        using var copy = Deidentified.Open(file, DeidentificationProfile.Pacsbin, Patient);
        Assert.Equal("20240101", copy.Dataset.Text(0x00080104));
        Assert.Equal("20240101", copy.Dataset.Text(0x00280030));
    }

    [Fact]
    public void Every_date_of_an_instance_moves_alike_nested_ones_too()
    {
        var file = new DicomBuilder()
            .Element(0x00080012, "DA", "20240301").Element(StudyDate, "DA", "20240229").Element(0x00080021, "DA", "20240301")
            .Sequence(0x00081115, undefined: true, item => item
                .Element(0x00080022, "DA", "20231231")
                .Sequence(0x0008114A, undefined: true, deep => deep.Element(AcquisitionDateTime, "DT", "20240101235959.999999")))
            .Element(FrameAcquisitionDateTime, "DT", "20240615120000")
            .ToFile();
        using var copy = Deidentified.Open(file, DeidentificationProfile.Pacsbin, Patient);
        var dataset = copy.Dataset;
        Assert.Equal(Originals.Shift("20240301", Days), dataset.Text(0x00080012));
        Assert.Equal(Originals.Shift("20240229", Days), dataset.Text(StudyDate));
        Assert.Equal(Originals.Shift("20231231", Days), dataset.Item(0x00081115).Text(0x00080022));
        Assert.Equal(Originals.Shift("20240101235959.999999", Days), dataset.Item(0x00081115).Item(0x0008114A).Text(AcquisitionDateTime));
        Assert.Equal(Originals.Shift("20240615120000", Days), dataset.Text(FrameAcquisitionDateTime));
    }

    [Fact]
    public void The_difference_between_two_datetimes_is_true_to_the_second()
    {
        // Five centuries of seconds, so that leap days and turns of years are among them.
        var seconds = Gen.Choose(0, int.MaxValue).Select(s => new DateTime(1890, 1, 1, 0, 0, 0, DateTimeKind.Unspecified).AddSeconds(s * 2L)).ToArbitrary();
        Prop.ForAll(seconds, seconds, (one, two) =>
        {
            var (first, second) = (Moved(one), Moved(two));
            return second - first == two - one && first < one;
        }).QuickCheckThrowOnFailure();

        static DateTime Moved(DateTime value)
        {
            const string form = "yyyyMMddHHmmss";
            Assert.True(DateShift.TryShift(Vr.DT, Originals.Ascii(value.ToString(form, CultureInfo.InvariantCulture)), Days, out var shifted));
            return DateTime.ParseExact(System.Text.Encoding.ASCII.GetString(shifted.Span), form, CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public void Text_that_looks_like_dates_is_moved_or_refused_and_never_kept_by_chance()
    {
        const string alphabet = "0123456789012345678901299AB.-+: \\";
        var random = new System.Random(4711);
        var moved = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var text = Originals.Ascii(new string([.. Enumerable.Range(0, random.Next(24)).Select(_ => alphabet[random.Next(alphabet.Length)])]), ' ');
            foreach (var vr in new[] { Vr.DA, Vr.DT, Vr.TM, Vr.SH })
            {
                if (DateShift.TryShift(vr, text, -1, out var shifted))
                {
                    moved++;
                    Assert.True(shifted.Length <= text.Length);
                    Assert.DoesNotContain(shifted.ToArray(), b => b is (byte)'A' or (byte)'B');
                }
            }
        }

        Assert.InRange(moved, 1000, int.MaxValue);
    }

    [Fact]
    public void Keeping_and_moving_dates_exclude_each_other()
    {
        var error = Assert.Throws<PacsbinException>(() => DeidentificationProfile.Pacsbin.With(ProfileOptions.RetainFullDates));
        Assert.Equal(PacsbinError.InvalidProfile, error.Error);
    }

    private static void AssertBecomes(uint tag, string vr, string value, string expected, List<Finding>? findings = null)
    {
        var file = new DicomBuilder().Element(tag, vr, Originals.Ascii(value, ' ')).ToFile();
        using var copy = Deidentified.Open(file, DeidentificationProfile.Pacsbin, Patient, findings: findings);
        Assert.Equal(expected, copy.Dataset.Text(tag));
    }
}
