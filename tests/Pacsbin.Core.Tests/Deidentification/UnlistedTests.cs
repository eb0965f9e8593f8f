using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Deidentification;

/// <summary>Attributes that Table E.1-1 does not list, and what every copy says of itself.</summary>
public class UnlistedTests
{
    private static readonly DeidentificationProfile[] Profiles =
        [DeidentificationProfile.Basic, DeidentificationProfile.Pacsbin, DeidentificationProfile.Basic.With(ProfileOptions.RetainFullDates)];

    [Theory]
    [InlineData(0x00741236, "AE")]
    [InlineData(0x00400440, "SQ", true)]
    [InlineData(0x60000010, "US")]
    [InlineData(0x60020022, "LO")]
    [InlineData(0x601E1500, "LO")]
    [InlineData(0x50000005, "US")]
    [InlineData(0x50FE3000, "OB")]
    [InlineData(0x04000500, "SQ")]
    [InlineData(0x00080201, "SH")]
    [InlineData(0x00287FE0, "UR")]
    public void What_names_people_or_points_elsewhere_goes_and_the_rest_stays(uint tag, string vr, bool stays = false)
    {
        var file = new DicomBuilder().Original(new Tag(tag), vr).ToFile();
        using var copy = Deidentified.Open(file, DeidentificationProfile.Basic);
        Assert.Equal(stays, copy.Dataset.Contains(new Tag(tag)));
    }

    [Fact]
    public void No_unlisted_name_application_entity_or_address_is_kept_and_dates_follow_the_date_option()
    {
        var listed = ProfileTable.Rows.Select(r => r.Tag).ToHashSet();
        var rows = Csv.Read(TestData.RequireShared("standard", "ps3.6-dictionary.csv"))
            .Where(r => r["vr"] is "PN" or "AE" or "UR" or "DA" or "DT" or "TM" && !r["tag"].Contains('x', StringComparison.Ordinal))
            .Select(r => (Tag: Tag.TryParse(r["tag"], out var tag) ? tag : default, Vr: r["vr"]))
            .Where(r => !listed.Contains(r.Tag) && r.Tag.Group > 2)
            .ToList();
        Assert.NotEmpty(rows);
        var days = Deidentified.PseudonymOf(new("", "12345")).DateShiftDays;
        foreach (var (tag, vr) in rows)
        {
            var file = new DicomBuilder().Original(tag, vr).ToFile();
            foreach (var profile in Profiles)
            {
                using var copy = Deidentified.Open(file, profile, new("", "12345"));
                var text = copy.Dataset.Text(tag.Value);
                var original = System.Text.Encoding.ASCII.GetString(Originals.Of(vr)).TrimEnd();
                if (vr is "DA" or "DT" or "TM")
                {
                    var isKept = profile.Options.HasFlag(ProfileOptions.RetainFullDates);
                    var isMoved = profile.Options.HasFlag(ProfileOptions.RetainModifiedDates);
                    Assert.Equal(isKept ? original : isMoved ? vr == "TM" ? original : Originals.Shift(original, days) : "", text);
                }
                else if (tag.Value is not (0x0008010E or 0x00080120)) // a coding scheme's address and a code's URN
                {
                    Assert.True(text is null, $"{tag} {vr} is kept");
                }
            }
        }
    }

    [Fact]
    public void Attributes_that_the_dictionary_does_not_know_go_with_a_finding()
    {
        var findings = new List<Finding>();
        var file = new DicomBuilder().Element(0x00089999, "LO", Originals.Text).Sequence(0x00081115, true, item => item.Element(0x30009998, "LO", Originals.Text)).ToFile();
        using var copy = Deidentified.Open(file, DeidentificationProfile.Pacsbin, findings: findings);
        Assert.False(copy.Dataset.Contains(new Tag(0x00089999)));
        Assert.Equal(0, copy.Dataset.Item(0x00081115).Count);
        Assert.Equal(2, findings.Count(f => f.Kind == FindingKind.UnknownAttribute));
    }

    [Fact]
    public void Private_attributes_go_at_every_depth()
    {
        var file = new DicomBuilder()
            .Element(0x00090010, "LO", "VENDOR").Element(0x00091001, "LO", Originals.Text)
            .Sequence(0x00091002, true, item => item.Element(0x00080104, "LO", Originals.Text))
            .Sequence(0x00400440, true, item => item.Element(0x00110010, "LO", "VENDOR").Element(0x00111001, "LO", Originals.Text))
            .ToFile();
        var bytes = Deidentified.Bytes(file, DeidentificationProfile.Pacsbin);
        Assert.True(bytes.AsSpan().IndexOf("VENDOR"u8) < 0);
        Assert.True(bytes.AsSpan().IndexOf("ORIGINAL"u8) < 0);
    }

    [Theory]
    [InlineData(ProfileOptions.None, "REMOVED")]
    [InlineData(ProfileOptions.RetainModifiedDates, "MODIFIED")]
    [InlineData(ProfileOptions.RetainFullDates, "UNMODIFIED")]
    public void A_copy_says_that_it_was_de_identified_and_what_became_of_its_dates(ProfileOptions options, string dates)
    {
        var file = new DicomBuilder().Element(0x00120062, "CS", "NO").Element(0x00120063, "LO", Originals.Text).Element(0x0020000D, "UI", "1.2.3\0").ToFile();
        using var copy = Deidentified.Open(file, DeidentificationProfile.Basic.With(options));
        Assert.Equal("YES", copy.Dataset.Text(0x00120062));
        Assert.Equal(dates, copy.Dataset.Text(0x00280303));
        Assert.StartsWith("PacsbinPS ", copy.Dataset.Text(0x00120063), StringComparison.Ordinal);
        Assert.DoesNotContain(Originals.Text, copy.Dataset.Text(0x00120063), StringComparison.Ordinal);
    }

    [Fact]
    public void Method_codes_are_those_of_cid_7050_for_what_was_done()
    {
        var meanings = Csv.Read(TestData.RequireShared("standard", "cid-7050.csv")).ToDictionary(r => r["code"], r => r["meaning"]);
        var all = Enum.GetValues<ProfileOptions>().Where(o => o is not (ProfileOptions.RetainFullDates or ProfileOptions.None)).Aggregate((a, b) => a | b);
        AssertCodes(DeidentificationProfile.Basic, "113100");
        AssertCodes(DeidentificationProfile.Pacsbin, "113100", "113107");
        AssertCodes(DeidentificationProfile.Basic.With(ProfileOptions.RetainFullDates), "113100", "113106");
        AssertCodes(DeidentificationProfile.Basic.With(all), "113100", "113103", "113107", "113108", "113109", "113110", "113111", "113112");

        void AssertCodes(DeidentificationProfile profile, params string[] codes)
        {
            using var copy = Deidentified.Open(new DicomBuilder().Element(0x0020000D, "UI", "1.2.3\0").ToFile(), profile);
            Assert.True(copy.Dataset.TryGet(new Tag(0x00120064), out var sequence));
            Assert.Equal(codes, sequence.Sequence!.Items.Select(i => i.Text(0x00080100)).Order(StringComparer.Ordinal));
            Assert.All(sequence.Sequence.Items, i => Assert.Equal("DCM", i.Text(0x00080102)));
            Assert.All(sequence.Sequence.Items, i => Assert.Equal(meanings[i.Text(0x00080100)!], i.Text(0x00080104)));
        }
    }
}
