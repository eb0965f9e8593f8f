using System.Management.Automation;
using Pacsbin.Review;
using Pacsbin.Studies;

namespace Pacsbin.Tests;

/// <summary>The leak check as a user meets it: a copy that would still name its patient does not come out.</summary>
public sealed class LeakCheckTests : IDisposable
{
    readonly SampleStudies samples = new();
    readonly ModuleSession session;

    public LeakCheckTests() => session = new ModuleSession(samples.Root);

    public void Dispose()
    {
        session.Dispose();
        samples.Dispose();
    }

    [Fact]
    public void A_copy_that_still_names_its_patient_is_deleted_and_told_with_place_and_kind()
    {
        samples.Add("good.dcm");
        string named = Add("named.dcm", "Chest^Arthur", "CHEST ");
        var study = Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out"));
        Assert.Equal((1, 0, 1), (study.Outcome!.Written, study.Outcome.Skipped, study.Outcome.Rejected));
        var error = Assert.Single(session.Errors);
        Assert.Equal("IdentifierLeft,Pacsbin.PowerShell.InvokePacsbinAnonymizeCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.InvalidResult, error.CategoryInfo.Category);
        Assert.Equal(named, error.TargetObject);
        Assert.Contains("(0018,0015)", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("Patient", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("chest", error.ToString().Replace(samples.Root, "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
        Assert.Single(samples.Written);
        Assert.Contains("\"IdentifierLeft\":1", File.ReadAllText(Path.Combine(study.Path, "study.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void An_allowed_word_lets_it_pass_with_a_finding()
    {
        Add("named.dcm", "Chest^Arthur", "CHEST ");
        var study = Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out -AllowWord chest"));
        Assert.Empty(session.Errors);
        Assert.Contains(study.Findings, f => f.Kind == FindingKind.CoincidenceAllowed);
        string manifest = File.ReadAllText(Path.Combine(study.Path, "study.json"));
        Assert.Contains("CoincidenceAllowed", manifest, StringComparison.Ordinal);
        Assert.DoesNotContain("chest", manifest, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void There_is_no_way_around_it() =>
        Assert.DoesNotContain(((CommandInfo)session.Invoke("Get-Command Invoke-PacsbinAnonymize")[0].BaseObject).Parameters.Keys, p => p.Contains("Leak", StringComparison.OrdinalIgnoreCase) || p.Contains("Skip", StringComparison.OrdinalIgnoreCase));

    [Theory]
    [InlineData("Test-PacsbinStudy out -Source $sources")]
    [InlineData("Get-DicomStudy out | Test-PacsbinStudy -Source $sources")]
    [InlineData("Test-PacsbinStudy -LiteralPath out -Source $sources -ThrottleLimit 1")]
    public void Test_tells_what_came_into_a_copy_later(string script)
    {
        samples.Add("1.dcm");
        samples.Add("2.dcm", instance: "2");
        session.Invoke("$sources = Get-DicomStudy source; $sources | Invoke-PacsbinAnonymize -Destination out");
        Assert.True(Assert.Single(Results(script)).IsPassed);
        byte[] bytes = File.ReadAllBytes(samples.Written[0]);
        bytes.AsSpan(bytes.AsSpan().IndexOf("PacsbinPS "u8), 8).Clear();
        "MUELLER "u8.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf("DICOM PS3.15"u8)));
        File.WriteAllBytes(samples.Written[0], bytes);
        var result = Assert.Single(Results(script));
        Assert.False(result.IsPassed);
        Assert.Equal([StudyProblemKind.HashMismatch, StudyProblemKind.IdentifierLeft], result.Problems.Select(p => p.Kind));
        string shown = session.Show(script) + session.Show($"({script}).Problems");
        Assert.Contains("1 HashMismatch, 1 IdentifierLeft", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("MUELLER", shown, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Test_refuses_a_source_study()
    {
        samples.Add("1.dcm");
        Assert.Empty(Results("Test-PacsbinStudy source"));
        Assert.Equal("FileNotFound,Pacsbin.PowerShell.TestPacsbinStudyCommand", Assert.Single(session.Errors).FullyQualifiedErrorId);
    }

    string Add(string name, string patientName, string bodyPart)
    {
        string path = Path.Combine(samples.Source, name);
        File.WriteAllBytes(path, new DicomBuilder()
            .Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2\0")
            .Element(0x00080018, "UI", "1.2.1.1.77")
            .Element(0x00100010, "PN", patientName)
            .Element(0x00100020, "LO", "P-17")
            .Element(0x00180015, "CS", bodyPart)
            .Element(0x0020000D, "UI", "1.2.1\0").Element(0x0020000E, "UI", "1.2.1.1\0")
            .ToFile());
        return path;
    }

    List<DicomStudy> Run(string script) => [.. session.Invoke(script).Select(o => (DicomStudy)o.BaseObject)];

    List<StudyTestResult> Results(string script) => [.. session.Invoke(script).Select(o => (StudyTestResult)o.BaseObject)];
}
