using System.Text;
using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Pacsbin.Projects;
using Pacsbin.Studies;
using Pacsbin.Tests.Deidentification;
using Xunit;

namespace Pacsbin.Tests.Projects;

public class PseudonymizerTests
{
    [Fact]
    public void A_pseudonym_is_ten_characters_of_crockfords_base_32()
    {
        using var pseudonymizer = new Pseudonymizer(Deidentified.Key);
        var all = Enumerable.Range(0, 20_000).Select(i => pseudonymizer.PatientPseudonym(new PatientKey("H", $"{i}"))).ToList();
        Assert.All(all, p => Assert.Matches("^[0-9ABCDEFGHJKMNPQRSTVWXYZ]{10}$", p));
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.Equal(32, all.SelectMany(p => p).Distinct().Count());
    }

    [Fact]
    public void The_same_key_gives_the_same_and_another_key_another_pseudonym()
    {
        var patient = new PatientKey("H", "1");
        using var one = new Pseudonymizer(Deidentified.Key);
        using var same = new Pseudonymizer([.. Deidentified.Key]);
        using var other = new Pseudonymizer(Encoding.ASCII.GetBytes("quite another key"));
        Assert.Equal(one.PatientPseudonym(patient), same.PatientPseudonym(patient));
        Assert.Equal(one.DateShiftDays(patient), same.DateShiftDays(patient));
        Assert.NotEqual(one.PatientPseudonym(patient), other.PatientPseudonym(patient));
    }

    [Theory]
    [InlineData("12345 ")]
    [InlineData("12345   ")]
    [InlineData(" 12345")]
    [InlineData("12345\0")]
    public void Padding_does_not_make_another_patient(string id) => Assert.Equal(PseudonymIn("12345 ", "HOSPITAL"), PseudonymIn(id, "HOSPITAL "));

    [Fact]
    public void Another_issuer_makes_another_patient()
    {
        Assert.NotEqual(PseudonymIn("12345 ", "HOSPITAL"), PseudonymIn("12345 ", "CLINIC"));
        Assert.NotEqual(PseudonymIn("12345 ", "HOSPITAL"), PseudonymIn("12345 ", ""));
    }

    [Fact]
    public void Issuer_and_id_do_not_run_into_each_other()
    {
        using var pseudonymizer = new Pseudonymizer(Deidentified.Key);
        Assert.NotEqual(pseudonymizer.PatientPseudonym(new PatientKey("A", "B|C")), pseudonymizer.PatientPseudonym(new PatientKey("A|B", "C")));
    }

    [Fact]
    public void Name_and_id_carry_the_same_pseudonym()
    {
        var file = new DicomBuilder().Element(0x00100010, "PN", "Miller^Ann").Element(0x00100020, "LO", "12345 ").ToFile();
        using var copy = Deidentified.Open(file, DeidentificationProfile.Pacsbin);
        Assert.Equal(copy.Dataset.Text(0x00100020), copy.Dataset.Text(0x00100010));
        Assert.Equal(Deidentified.PseudonymOf(new PatientKey("", "12345")).Id, copy.Dataset.Text(0x00100020));
    }

    [Fact]
    public void A_file_without_patient_takes_its_study_for_one()
    {
        var file = new DicomBuilder().Element(0x0020000D, "UI", "1.2.3.4\0").ToFile();
        using var copy = Deidentified.Open(file, DeidentificationProfile.Pacsbin);
        Assert.Equal(Deidentified.PseudonymOf(PatientKey.OfStudy("1.2.3.4")).Id, copy.Dataset.Text(0x00100020));
    }

    [Fact]
    public void A_key_that_protects_nothing_is_refused()
    {
        Assert.Equal(PacsbinError.KeyMissing, Assert.Throws<PacsbinException>(() => new Pseudonymizer([])).Error);
        Assert.Equal(PacsbinError.KeyMissing, Assert.Throws<PacsbinException>(() => new Pseudonymizer(new byte[Pseudonymizer.MinimumKeyLength - 1])).Error);
    }

    [Fact]
    public void Random_keys_differ()
    {
        using var one = Pseudonymizer.CreateRandom();
        using var two = Pseudonymizer.CreateRandom();
        Assert.NotEqual(one.Uid("1.2.3"), two.Uid("1.2.3"));
    }

    [Fact]
    public void A_patient_key_does_not_print_what_it_holds() =>
        Assert.DoesNotContain("12345", $"{new PatientKey("HOSPITAL", "12345")}", StringComparison.Ordinal);

    private static string? PseudonymIn(string id, string issuer)
    {
        var file = new DicomBuilder().Element(0x00100020, "LO", id).Element(0x00100021, "LO", Originals.Ascii(issuer, ' ')).ToFile();
        using var copy = Deidentified.Open(file, DeidentificationProfile.Pacsbin);
        return copy.Dataset.Text(0x00100020);
    }
}
