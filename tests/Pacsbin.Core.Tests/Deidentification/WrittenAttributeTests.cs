using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Deidentification;

/// <summary>What is said of a copy, in it and beside it.</summary>
public sealed class WrittenAttributeTests
{
    [Fact]
    public void What_a_person_must_see_is_not_crowded_out_by_other_findings()
    {
        var file = new DicomBuilder().Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7\0").Element(0x00080018, "UI", "1.2.3.4\0").Element(0x0020000D, "UI", "1.2.3\0");
        for (uint unknown = 0; unknown < 300; unknown++)
        {
            file.Element(0x00220000 + 0xF000 + (unknown * 2), "LO", "text");
        }

        List<Finding> findings = [];
        Deidentified.Bytes(file.ToFile(), DeidentificationProfile.Pacsbin, findings: findings);
        Assert.Contains(findings, f => f.Kind == FindingKind.UnknownAttribute);
        Assert.Contains(findings, f => f.Kind == FindingKind.BurnedInSuspected);
    }

    [Fact]
    public void What_a_person_must_see_is_not_crowded_out_by_what_reading_tolerated()
    {
        var file = new DicomBuilder().Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7\0").Element(0x00080018, "UI", "1.2.3.4\0").Element(0x0020000D, "UI", "1.2.3\0");
        for (uint twice = 0; twice < 300; twice++)
        {
            file.Element(0x00211000 + (twice / 2), "LO", "text");
        }

        List<Finding> findings = [];
        Deidentified.Bytes(file.ToFile(), DeidentificationProfile.Pacsbin, findings: findings);
        Assert.True(findings.Count(f => f.Kind == FindingKind.DuplicateElement) > 90);
        Assert.Contains(findings, f => f.Kind == FindingKind.BurnedInSuspected);
    }

    [Theory]
    [InlineData("MODIFIED", "MODIFIED")]
    [InlineData("REMOVED ", "REMOVED")]
    [InlineData("UNMODIFIED", "UNMODIFIED")]
    [InlineData("nonsense", "UNMODIFIED")]
    public void Retained_dates_are_not_called_unmodified_if_an_earlier_step_moved_them(string earlier, string expected)
    {
        var file = new DicomBuilder().Element(0x00080018, "UI", "1.2.3.4\0").Element(0x0020000D, "UI", "1.2.3\0").Element(0x00280303, "CS", earlier).ToFile();
        using var copy = Deidentified.Open(file, DeidentificationProfile.Basic.With(ProfileOptions.RetainFullDates));
        Assert.Equal(expected, copy.Dataset.Text(0x00280303));
    }

    [Fact]
    public void An_item_that_leaves_the_issuer_out_names_the_same_patient()
    {
        var file = new DicomBuilder()
            .Element(0x00080018, "UI", "1.2.3.4\0").Element(0x00100020, "LO", "PAT1").Element(0x00100021, "LO", "HOSP").Element(0x0020000D, "UI", "1.2.3\0")
            .Sequence(0x00120083, undefined: true, item => item.Element(0x00100020, "LO", "PAT1"), item => item.Element(0x00100020, "LO", "PAT2"))
            .ToFile();
        using var copy = Deidentified.Open(file, DeidentificationProfile.Basic);
        var root = Deidentified.PseudonymOf(new PatientKey("HOSP", "PAT1")).Id;
        Assert.Equal(root, copy.Dataset.Text(0x00100020));
        Assert.Equal(root, copy.Dataset.Item(0x00120083).Text(0x00100020));
        Assert.Equal(Deidentified.PseudonymOf(new PatientKey("", "PAT2")).Id, copy.Dataset.Item(0x00120083, 1).Text(0x00100020));
    }

    [Theory]
    [InlineData("text/xml")]
    [InlineData("text/XML")]
    public void An_encapsulated_document_becomes_an_empty_one_and_its_old_length_goes(string mimeType)
    {
        var file = new DicomBuilder()
            .Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.104.2").Element(0x00080018, "UI", "1.2.3.4\0").Element(0x0020000D, "UI", "1.2.3\0")
            .Element(0x00420011, "OB", "<patient>Jane Roe</patient> "u8.ToArray()).Element(0x00420012, "LO", mimeType).Numbers(0x00420015, "UL", 27)
            .ToFile();
        using var copy = Deidentified.Open(file, DeidentificationProfile.Basic);
        Assert.StartsWith("<", copy.Dataset.Text(0x00420011), StringComparison.Ordinal);
        Assert.DoesNotContain("Roe", copy.Dataset.Text(0x00420011), StringComparison.Ordinal);
        Assert.False(copy.Dataset.Contains(new Tag(0x00420015)));
    }
}
