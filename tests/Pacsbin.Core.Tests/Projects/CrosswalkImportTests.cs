using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Pacsbin.Projects;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Projects;

public sealed class CrosswalkImportTests : IDisposable
{
    private readonly TrialFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Own_ids_win_over_derived_ones()
    {
        Assert.Equal(new CrosswalkImport(3, 0), Import("PatientId,IssuerOfPatientId,Pseudonym,DateShiftDays\r\n4711,HOSPITAL,SUBJ-001,-30\r\n4711,,SUBJ-002,\r\n\"A,B \"\"C\"\"\",H,\"SUBJ,3\",7\r\n"));
        Assert.Equal(("SUBJ-001", -30), Of("4711", "HOSPITAL"));
        using var pseudonymizer = new Pseudonymizer(TrialFolder.Key);
        Assert.Equal(("SUBJ-002", pseudonymizer.DateShiftDays(new PatientKey("", "4711"))), Of("4711"));
        Assert.Equal(("SUBJ,3", 7), Of("A,B \"C\"", "H"));
        Assert.Equal("4711", Assert.Single(folder.Resolve("SUBJ-001")).PatientId);
    }

    [Fact]
    public void A_derived_pseudonym_gives_way_to_one_that_was_imported()
    {
        using var pseudonymizer = new Pseudonymizer(TrialFolder.Key);
        var derived = pseudonymizer.PatientPseudonym(new PatientKey("", "2"));
        Import($"PatientId,Pseudonym\n1,{derived}\n");
        Assert.Equal(pseudonymizer.PatientPseudonym(new PatientKey("", "2"), 1), Of("2").Id);
    }

    [Theory]
    [InlineData("\uFEFFpseudonym,PATIENTID\n S1 ,x\n", "Line 2, column 1: ")]
    [InlineData("Pseudonym,PatientId\n\n\nS1,4711\nS1,4712\n", "Line 5: ")]
    [InlineData("PatientId,Pseudonym\n4711,S1\n4711,S2\n", "Line 3: ")]
    [InlineData("PatientId,Pseudonym\n4711 ,S1\n4711,S2\n", "Line 3: ")]
    [InlineData("PatientId,Pseudonym\n4711,S1\n4712,TAKEN\n", "Line 3: ")]
    [InlineData("PatientId,Pseudonym\n4711,S1\nKNOWN,S2\n", "Line 3: ")]
    [InlineData("PatientId,Pseudonym,DateShiftDays\n4711,S1,\nKNOWN,TAKEN,-1\n", "Line 3: ")]
    [InlineData("PatientId,Pseudonym\n4711,S1\n4712,known\n", "Line 3: ")]
    [InlineData("PatientId,Pseudonym\n4711,s1x\n4712,mrn-9\nMRN-9,S2\n", "Line 3: ")]
    [InlineData("PatientId,Pseudonym\n4711,S1\nMRN-9,S2\n4712,mrn-9\n", "Line 4: ")]
    [InlineData("PatientId,Pseudonym\nA9,b9\nB9,a9\n", "Line 2: ")]
    [InlineData("PatientId,Pseudonym\n4711,S1\ntaken,S2\n", "Line 3: ")]
    [InlineData("PatientId,Pseudonym\n4711,S1\n4712,\n", "Line 3, column 6: ")]
    [InlineData("PatientId,Pseudonym\n4711,S1\n,S2\n", "Line 3, column 1: ")]
    [InlineData("PatientId,Pseudonym\n4711,S1\n47\\12,S2\n", "Line 3, column 1: ")]
    [InlineData("PatientId,Pseudonym\n4711,S1\n4712,S\\2\n", "Line 3, column 6: ")]
    [InlineData("PatientId,Pseudonym\n4711,S1\n4712,S^2\n", "Line 3, column 6: ")]
    [InlineData("PatientId,Pseudonym\n4711,S1\n4712,S=2\n", "Line 3, column 6: ")]
    [InlineData("PatientId,Pseudonym\n4711,S1\nmrn4712,MRN4712\n", "Line 3, column 9: ")]
    [InlineData("PatientId,Pseudonym\n4711,S1\n4712,M\u00FCller\n", "Line 3, column 6: ")]
    [InlineData("PatientId,Pseudonym\n4711,S1\n4712,12345678901234567890123456789012345678901234567890123456789012345\n", "Line 3, column 6: ")]
    [InlineData("PatientId,Pseudonym,DateShiftDays\n4711,S1,-1\n4712,S2,0\n", "Line 3, column 9: ")]
    [InlineData("PatientId,Pseudonym,DateShiftDays\n4711,S1,-1\n4712,S2,1.5\n", "Line 3, column 9: ")]
    [InlineData("PatientId,Pseudonym,DateShiftDays\n4711,S1,-1\n4712,S2,-36501\n", "Line 3, column 9: ")]
    [InlineData("PatientId,Pseudonym\n4711,S1\n4712\n", "Line 3, column 1: ")]
    [InlineData("PatientId,Pseudonym\n4711,S1\n4712,S2,S3\n", "Line 3, column 1: ")]
    [InlineData("PatientId,Pseudonym\n4711,S1\n4712,\"S2\n", "Line 3, column 6: ")]
    [InlineData("PatientId,Pseudonym\n4711,S1\n4712,\"S2\"x\n", "Line 3, column 10: ")]
    [InlineData("PatientId,Pseudonym\n4711,S1\n4712,S\"2\n", "Line 3, column 7: ")]
    [InlineData("PatientId,Pseudonym\n\"47\n11\",S1\n4712,\"S2\"x\n", "Line 2, column 1: ")]
    [InlineData("PatientId,Name\n4711,S1\n", "Line 1, column 11: ")]
    [InlineData("PatientId,Pseudonym,PatientId\n", "Line 1, column 21: ")]
    [InlineData("PatientId,DateShiftDays\n", "Line 1, column 1: ")]
    [InlineData("", "Line 1, column 1: ")]
    public void What_is_wrong_is_refused_by_line_and_not_by_value_and_nothing_is_added(string csv, string begins)
    {
        Import("PatientId,Pseudonym\nKNOWN,TAKEN\n");
        var before = folder.Dump();
        var error = Assert.Throws<PacsbinException>(() => Import(csv));
        Assert.Equal(PacsbinError.MalformedElement, error.Error);
        Assert.StartsWith(begins, error.Message, StringComparison.Ordinal);
        string[] values = ["4711", "4712", "KNOWN", "TAKEN", "S1", "S2"];
        Assert.All(values, v => Assert.DoesNotContain(v, error.Message, StringComparison.Ordinal));
        Assert.Equal(before, folder.Dump());
    }

    [Fact]
    public void Bytes_that_are_no_utf_8_are_refused_with_their_place()
    {
        File.WriteAllBytes(folder["in.csv"], [.. "PatientId,Pseudonym\n4711,S1\nM"u8, 0xFC, .. "ller,S2\n"u8]);
        Assert.StartsWith("Line 3, column 2: ", Assert.Throws<PacsbinException>(() => PatientCsv.Read(folder["in.csv"])).Message, StringComparison.Ordinal);
        Assert.Equal(PacsbinError.FileNotFound, Assert.Throws<PacsbinException>(() => PatientCsv.Read(folder["none.csv"])).Error);
    }

    [Fact]
    public void The_same_file_twice_adds_nothing()
    {
        const string Csv = "PatientId,Pseudonym,DateShiftDays\n1,S1,-5\n2,S2,\n2,S2,\n";
        Assert.Equal(new CrosswalkImport(2, 0), Import(Csv));
        Assert.Equal(new CrosswalkImport(0, 2), Import(Csv));
    }

    [Fact]
    public void What_is_exported_comes_back_the_same_in_another_project_with_the_key()
    {
        Import("PatientId,IssuerOfPatientId,Pseudonym,DateShiftDays\n\"a,\"\"b\",H,S1,-3\nM\u00FCller\u5C71,,S 2,\n");
        folder.PseudonymOf("4711", "HOSPITAL");
        folder.PseudonymOf("4711");
        Assert.Equal(4, folder.With(c => c.Export(folder["out.csv"], "Moving house")));
        using var other = new TrialFolder();
        Assert.Equal(new CrosswalkImport(4, 0), other.With(c => c.Import(PatientCsv.Read(folder["out.csv"]))));
        Assert.Equal(folder.Dump(), other.Dump());
        Assert.Equal(new CrosswalkImport(0, 4), folder.With(c => c.Import(PatientCsv.Read(folder["out.csv"]))));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["out.csv"]));
        }

        var line = Assert.Single(folder.AuditLines());
        Assert.Contains("\"action\":\"Export\"", line, StringComparison.Ordinal);
        Assert.Contains("\"found\":4", line, StringComparison.Ordinal);
        Assert.Contains("Moving house", line, StringComparison.Ordinal);
    }

    [Fact]
    public void An_export_replaces_no_file_unless_it_is_told_to()
    {
        folder.PseudonymOf("1");
        File.WriteAllText(folder["out.csv"], "mine");
        Assert.Equal(PacsbinError.DestinationExists, Assert.Throws<PacsbinException>(() => folder.With(c => c.Export(folder["out.csv"], "Test"))).Error);
        Assert.Equal("mine", File.ReadAllText(folder["out.csv"]));
        Assert.Empty(folder.AuditLines());
        Assert.Equal(1, folder.With(c => c.Export(folder["out.csv"], "Test", replace: true)));
    }

    [Fact]
    public void Csv_that_is_written_is_read_back()
    {
        var printable = Gen.Elements([.. Enumerable.Range(' ', 95).Select(i => (char)i).Where(c => c != '\\'), '\u00FC', '\u5C71', '\u00A0']);
        var texts = printable.ListOf().Select(c => new string([.. c]).Trim());
        var pseudonyms = Gen.Elements([.. Enumerable.Range(' ', 95).Select(i => (char)i).Where(c => c is not ('\\' or '^' or '='))])
            .ListOf().Select(c => new string([.. c]).Trim()).Where(t => t.Length is > 0 and <= 64);
        var patients = Gen.Zip(Gen.Zip(texts, texts.Where(t => t.Length > 0)), Gen.Zip(pseudonyms, Gen.Choose(1, 3650)))
            .Select(p => new CrosswalkPatient(new PatientKey(p.Item1.Item1, p.Item1.Item2), new PatientPseudonym(p.Item2.Item1, -p.Item2.Item2)));
        patients = patients.Where(p => !p.Pseudonym.Id.Equals(p.Patient.Id, StringComparison.OrdinalIgnoreCase));
        Prop.ForAll(patients.ListOf().ToArbitrary(), list =>
            PatientCsv.Parse(Encoding.UTF8.GetString(PatientCsv.Write([.. list])), "").Select(i => (i.Patient, i.Pseudonym, i.DateShiftDays))
                .SequenceEqual(list.Select(p => (p.Patient, p.Pseudonym.Id, (int?)p.Pseudonym.DateShiftDays)))).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Lookup_tables_of_ctp_are_read_as_java_reads_properties()
    {
        const string Table = "# ptid/9=NO\n! ptid/9=NO\n\nptid/PATID1=SUBJ-001\n  ptid/2 : SUBJ-002\nptid/3   SUBJ-003\ndt/PATID1=-30\nptid/with\\ space=SUBJ-\\\n   004\n"
            + "ptid/M\\u00fcller=SUBJ-005\nptid/a\\=b=@alias/x\nalias/x=SUBJ-006\nptid/M\u00FCller2=SUBJ-007\r\nother/ptid/1=NO\n";
        var read = CtpLookupTable.Parse(Table, "ptid", "");
        Assert.Equal(
            [("PATID1", "SUBJ-001"), ("2", "SUBJ-002"), ("3", "SUBJ-003"), ("with space", "SUBJ-004"), ("M\u00FCller", "SUBJ-005"), ("a=b", "SUBJ-006"), ("M\u00FCller2", "SUBJ-007")],
            read.Select(p => (p.Patient.Id, p.Pseudonym)));
        Assert.Equal([4, 5, 6, 8, 10, 11, 13], read.Select(p => p.Line));
        Assert.Equal(new PatientKey("H", "PATID1"), Assert.Single(CtpLookupTable.Parse("mrn/PATID1=S1\nptid/2=S2", "mrn", "H")).Patient);
    }

    [Theory]
    [InlineData("ptid/1=S1\nptid/1=S2\n", "Line 2, column 1: ")]
    [InlineData("ptid/1=@ptid/1\n", "Line 1, column 8: ")]
    [InlineData("ptid/1=@ptid/2\n", "Line 1, column 8: ")]
    [InlineData("ptid/1=\n", "Line 1, column 8: ")]
    [InlineData("ptid/=S1\n", "Line 1, column 1: ")]
    [InlineData("ptid/1=S\\u12\n", "Line 1, column 9: ")]
    public void A_lookup_table_that_is_wrong_is_refused_by_line(string table, string begins) =>
        Assert.StartsWith(begins, Assert.Throws<PacsbinException>(() => CtpLookupTable.Parse(table, "ptid", "")).Message, StringComparison.Ordinal);

    private CrosswalkImport Import(string csv)
    {
        File.WriteAllText(folder["in.csv"], csv);
        return folder.With(c => c.Import(PatientCsv.Read(folder["in.csv"])));
    }

    private (string Id, int Shift) Of(string id, string issuer = "")
    {
        var pseudonym = folder.PseudonymOf(id, issuer);
        return (pseudonym.Id, pseudonym.DateShiftDays);
    }
}
