using System.Management.Automation;
using Pacsbin.Dicom;
using Pacsbin.Studies;

namespace Pacsbin.Tests;

public sealed class ScriptRunCmdletTests : IDisposable
{
    const string Id = ",Pacsbin.PowerShell.InvokePacsbinAnonymizeCommand";
    const string Hashing = "set.[0008,0018]=@hashuid(2.25.7,this)\nset.[0020,000d]=@hashuid(2.25.7,this)\nset.[0010,0010]=@hash(PatientID,8)\nset.[0010,0020]=@hash(this,8)\n";
    readonly string folder = Directory.CreateTempSubdirectory("pacsbin-script-").FullName;
    readonly ModuleSession session;

    public ScriptRunCmdletTests()
    {
        session = new ModuleSession(folder);
        foreach (var (file, index) in Directory.GetFiles(Path.Combine(Repository.Root, "examples", "data"), "*.dcm", SearchOption.AllDirectories).Select((f, i) => (f, i)))
        {
            Directory.CreateDirectory(Path.Combine(folder, "source"));
            File.Copy(file, Path.Combine(folder, "source", $"{index}.dcm"));
        }
    }

    public void Dispose()
    {
        session.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Script_runs_with_table_parameters_and_filter()
    {
        Write("[ids].properties", string.Concat(Copies("source").Select(f => $"ptid/{Text(f, Tags.PatientId)}=SUBJ-1\n").Distinct()));
        Write("[1].script", Hashing.Replace("set.[0010,0020]=@hash(this,8)\n", "", StringComparison.Ordinal) + "set.[0010,0020]=@param(@SITE)-@lookup(this,ptid)\n");
        var studies = Run("Invoke-PacsbinAnonymize source -Destination out -Script './[1].script' -LookupTable './[ids].properties' -Parameter @{ SITE = 12 } -Filter 'Modality.equals(\"CT\")'");
        Assert.Empty(session.Errors);
        Assert.Contains("without a key", Assert.Single(session.Warnings), StringComparison.Ordinal);
        var study = Assert.Single(studies);
        Assert.Equal(new StudyOutcome(3, 0, 0), study.Outcome);
        Assert.Equal("12-SUBJ-1", study.PatientId);
        Assert.All(Copies(study.Path), f => Assert.Equal("12-SUBJ-1", Text(f, Tags.PatientId)));
    }

    [Fact]
    public void Exact_copies_need_a_reviewer_who_accepts_what_is_left()
    {
        Write("a.script", Hashing);
        session.Set("key", PlannedRegionTests.Secret());
        var studies = Run("Invoke-PacsbinAnonymize source -Destination out -Script a.script -Exact -Key $key");
        Assert.Empty(session.Warnings);
        Assert.Equal(3, studies.Count);
        Assert.All(studies, s => Assert.Contains(s.Findings, f => f.Kind == FindingKind.IdentifierLeft));
        Run("Approve-PacsbinStudy out -Reviewer R -AcceptFinding BurnedInSuspected -Confirm:$false");
        Assert.Equal(3, session.Errors.Count);
        Assert.All(session.Errors, e => Assert.StartsWith("NotApproved,", e.FullyQualifiedErrorId, StringComparison.Ordinal));
        Run("Approve-PacsbinStudy out -Reviewer R -AcceptFinding BurnedInSuspected, IdentifierLeft -Confirm:$false");
        Assert.Empty(session.Errors);
    }

    [Fact]
    public void Withheld_file_is_one_error_that_names_it()
    {
        Write("a.script", Hashing + "set.[0008,0060]=@if(this,equals,US){@quarantine()}{@keep()}\n");
        Assert.Equal(2, Run("Invoke-PacsbinAnonymize source -Destination out -Script a.script").Count);
        var error = Assert.Single(session.Errors);
        Assert.Equal("Quarantined" + Id, error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.InvalidResult, error.CategoryInfo.Category);
        Assert.EndsWith(".dcm", Assert.IsType<string>(error.TargetObject), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Exact", "InvalidArgument", "-Script or -PixelScript")]
    [InlineData("-LookupTable a.script", "InvalidArgument", "needs -Script")]
    [InlineData("-Parameter @{ A = 1 }", "InvalidArgument", "needs -Script")]
    [InlineData("-Script none.script", "FileNotFound", "none.script")]
    [InlineData("-Script .", "FileNotFound", "found a folder")]
    [InlineData("-Script broken.script", "InvalidScript", "Line 1, column 1")]
    [InlineData("-Script circle.script", "InvalidScript", "refers to itself")]
    [InlineData("-Script a.script -LookupTable broken.properties", "MalformedElement", "Line 1")]
    [InlineData("-Filter 'Modality.equal(\"CT\")'", "InvalidScript", "read as a filter")]
    [InlineData("-Filter broken.script", "InvalidScript", "Line 1")]
    public void What_cannot_run_is_said_before_anything_is_written(string parameters, string id, string text)
    {
        Write("a.script", Hashing);
        Write("broken.script", "set.[00");
        Write("circle.script", "set.[0008,0018]X=@hashuid(2.25,this,0020000d)\nset.[0020,000d]X=@hashuid(2.25,this,00080018)\n");
        Write("broken.properties", "ptid/1=\\u12");
        Run($"Invoke-PacsbinAnonymize source -Destination out {parameters}");
        var error = Assert.Single(session.Errors);
        Assert.Equal(id + Id, error.FullyQualifiedErrorId);
        Assert.Contains(text, error.ErrorDetails?.Message ?? error.Exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder, "out")));
    }

    [Fact]
    public void Project_keys_the_hashes_and_resolves_what_the_script_calls_patients()
    {
        Write("a.script", Hashing);
        session.Invoke("New-PacsbinProject ./trial");
        var study = Run("Invoke-PacsbinAnonymize source -Destination out -Script a.script -Project ./trial")[0];
        Assert.Empty(session.Errors);
        Assert.Empty(session.Warnings);
        var originals = session.Invoke("Resolve-PacsbinIdentity -Project ./trial -Identity $args[0] -Reason test -Confirm:$false", study.PatientId);
        Assert.NotEmpty(originals);
        Assert.All(originals, o => Assert.Contains(Copies("source"), f => Text(f, Tags.PatientId) == (string)o.Properties["PatientId"].Value));
    }

    private List<DicomStudy> Run(string command) => [.. session.Invoke(command).Select(o => o.BaseObject).OfType<DicomStudy>()];

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);

    private string[] Copies(string path) => Directory.GetFiles(Path.Combine(folder, path), "*.dcm");

    private static string? Text(string path, Tag tag)
    {
        using var file = DicomFile.Open(path);
        return file.Dataset.GetString(tag);
    }
}
