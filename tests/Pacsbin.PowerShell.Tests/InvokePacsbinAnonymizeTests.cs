using System.Management.Automation;
using System.Security;
using Pacsbin.Studies;

namespace Pacsbin.Tests;

public sealed class InvokePacsbinAnonymizeTests : IDisposable
{
    const string Id = ",Pacsbin.PowerShell.InvokePacsbinAnonymizeCommand";
    readonly SampleStudies samples = new();
    readonly ModuleSession session;

    public InvokePacsbinAnonymizeTests()
    {
        session = new ModuleSession(samples.Root);
        session.Set("key", Secret("correct horse battery"));
    }

    public void Dispose()
    {
        session.Dispose();
        samples.Dispose();
    }

    [Theory]
    [InlineData("Get-DicomStudy source | Invoke-PacsbinAnonymize -Destination out")]
    [InlineData("Invoke-PacsbinAnonymize source -Destination ./out -ThrottleLimit 1")]
    [InlineData("Invoke-PacsbinAnonymize -Path s*e -Destination out -ProfileName basic")]
    [InlineData("Invoke-PacsbinAnonymize -LiteralPath source -Destination out")]
    [InlineData("'source' | Invoke-PacsbinAnonymize -Destination out")]
    [InlineData("$ExecutionContext.InvokeProvider.ChildItem.Get('source', $false) | Invoke-PacsbinAnonymize -Destination out")]
    [InlineData("$s = Get-DicomStudy source; Invoke-PacsbinAnonymize -Study $s -Destination out")]
    public void Each_study_comes_out_whole(string script)
    {
        samples.Add("1.dcm");
        samples.Add("2.dcm", instance: "2");
        samples.Add("3.dcm", study: "1.2.2", patient: "P-18");
        var studies = Run(script);
        Assert.Empty(session.Errors);
        Assert.Equal([1, 2], studies.Select(s => s.Outcome!.Written).Order());
        Assert.All(studies, s => Assert.Equal((StudyState.Deidentified, s.PatientId, 0, 0), (s.State, s.PatientName, s.Outcome!.Skipped, s.Outcome.Rejected)));
        Assert.Equal(samples.Finished.Order(), studies.Select(s => s.Path).Order());
        Assert.All(samples.Finished, f => Assert.True(File.Exists(Path.Combine(f, "study.json"))));
        Assert.Equal(3, samples.Written.Length);
        Assert.All(samples.Written, f => Assert.True(File.ReadAllBytes(f).AsSpan().IndexOf("MUELLER"u8) < 0));
        Assert.Equal(3, Directory.GetFiles(samples.Source).Length);
    }

    [Fact]
    public void Destination_may_have_brackets_in_its_name_and_a_folder_above_that_does_not_exist()
    {
        samples.Add("1.dcm");
        var study = Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination 'out/trial [7]'"));
        Assert.Equal(Path.Combine(samples.Destination, "trial [7]"), Path.GetDirectoryName(study.Path));
    }

    [Fact]
    public void A_random_key_that_waits_for_a_rerun_is_a_warning()
    {
        samples.Add("1.dcm");
        File.WriteAllText(samples.Destination, "no folder");
        Assert.Empty(Run("Invoke-PacsbinAnonymize source -Destination out/inner"));
        Assert.NotEmpty(session.Errors);
        string warning = Assert.Single(session.Warnings);
        Assert.Contains("Pacsbin/runs", warning, StringComparison.Ordinal);
        Assert.DoesNotContain(".key", warning, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', warning);
        File.Delete(samples.Destination);
        Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out/inner"));
        Assert.Empty(session.Warnings);
    }

    [Fact]
    public void A_run_with_a_key_that_could_not_finish_warns_of_no_random_key()
    {
        samples.Add("1.dcm");
        File.WriteAllText(samples.Destination, "no folder");
        Assert.Empty(Run("Invoke-PacsbinAnonymize source -Destination out/inner -Key $key"));
        Assert.NotEmpty(session.Errors);
        Assert.Empty(session.Warnings);
    }

    [Fact]
    public void WhatIf_names_the_studies_and_writes_nothing()
    {
        samples.Add("1.dcm");
        samples.Add("2.dcm", instance: "2");
        Assert.Empty(Run("Invoke-PacsbinAnonymize source -Destination out -WhatIf"));
        Assert.Empty(session.Errors);
        Assert.Equal($"What if: Performing the operation \"De-identify into {samples.Destination}\" on target \"study with 2 files in {samples.Source}\".",
            Assert.Single(session.HostLines));
        Assert.False(Directory.Exists(samples.Destination));
    }

    [Fact]
    public void Confirm_asks_for_each_study()
    {
        samples.Add("1.dcm");
        samples.Add("2.dcm", study: "1.2.2");
        session.Answers.Enqueue("No");
        session.Answers.Enqueue("Yes");
        Assert.Single(Run("Get-DicomStudy source | Invoke-PacsbinAnonymize -Destination out -Confirm"));
        Assert.Empty(session.Answers);
        Assert.Single(samples.Finished);
    }

    [Fact]
    public void Key_makes_results_repeatable_and_its_absence_does_not()
    {
        samples.Add("1.dcm");
        var first = Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out/1 -Key $key"));
        var second = Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out/2 -Key $key"));
        var random = Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out/3"));
        var other = Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out/4"));
        Assert.Equal((first.StudyInstanceUid, first.PatientId, first.StudyDate), (second.StudyInstanceUid, second.PatientId, second.StudyDate));
        Assert.Equal(3, new[] { first, random, other }.DistinctBy(s => s.PatientId).Count());
    }

    [Fact]
    public void Random_key_is_gone_after_the_run_also_if_a_study_was_rejected()
    {
        string late = samples.Add("late.dcm", pixelBytes: 4000);
        File.WriteAllBytes(late, File.ReadAllBytes(late)[..^1000]);
        samples.Add("1.dcm", study: "1.2.2");
        Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out"));
        var first = Assert.Single(samples.Finished);
        Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out"));
        Assert.NotEqual(first, samples.Finished.Except([first]).Single());
    }

    [Fact]
    public void Second_run_with_a_key_writes_nothing_twice_and_adds_what_is_new()
    {
        samples.Add("1.dcm");
        Run("Invoke-PacsbinAnonymize source -Destination out -Key $key");
        string file = Assert.Single(samples.Written);
        var time = File.GetLastWriteTimeUtc(file);
        samples.Add("2.dcm", instance: "2");
        var study = Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out -Key $key"));
        Assert.Equal(new StudyOutcome(Written: 1, Skipped: 1, Rejected: 0), study.Outcome);
        Assert.Equal((time, 2), (File.GetLastWriteTimeUtc(file), samples.Written.Length));
    }

    [Fact]
    public void Other_settings_need_force()
    {
        samples.Add("1.dcm");
        Run("Invoke-PacsbinAnonymize source -Destination out -Key $key");
        Assert.Empty(Run("Invoke-PacsbinAnonymize source -Destination out -Key $key -ProfileName Basic"));
        var error = Assert.Single(session.Errors);
        Assert.Equal(("DestinationExists" + Id, ErrorCategory.ResourceExists), (error.FullyQualifiedErrorId, error.CategoryInfo.Category));
        var study = Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out -Key $key -ProfileName Basic -Force"));
        Assert.Null(study.StudyDate);
        Assert.Equal(1, study.Outcome!.Written);
    }

    [Theory]
    [InlineData("Invoke-PacsbinAnonymize source -Destination source/out -Key $key")]
    [InlineData("Get-DicomStudy source | Invoke-PacsbinAnonymize -Destination source/out -Key $key")]
    [InlineData("Invoke-PacsbinAnonymize source -Destination source/out -Key $key -Option RetainUids")]
    public void Destination_below_the_source_is_no_source(string script)
    {
        samples.Add("1.dcm");
        for (int run = 0; run < 3; run++) Assert.Equal(1, Assert.Single(Run(script)).InstanceCount);
        Assert.Single(Directory.GetDirectories(Path.Combine(samples.Source, "out")));
    }

    [Fact]
    public void Study_that_is_piped_in_parts_is_written_once()
    {
        samples.Add("a/1.dcm");
        samples.Add("b/2.dcm", instance: "2");
        var study = Assert.Single(Run("'source/a', 'source/b', 'source' | ForEach-Object { Get-DicomStudy $_ } | Invoke-PacsbinAnonymize -Destination out -Force"));
        Assert.Empty(session.Errors);
        Assert.Equal((new StudyOutcome(Written: 2, Skipped: 0, Rejected: 0), 2), (study.Outcome, samples.Written.Length));
    }

    [Fact]
    public void Objects_without_a_study_that_share_a_uid_are_duplicates()
    {
        samples.Add("1.dcm", study: "");
        samples.Add("2.dcm", study: "");
        samples.Add("3.dcm", study: "", modality: "MR");
        var study = Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out -ThrottleLimit 1"));
        Assert.Equal(new StudyOutcome(Written: 1, Skipped: 1, Rejected: 1), study.Outcome);
        Assert.Equal("DestinationExists" + Id, Assert.Single(session.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void Rejected_file_is_one_error_and_the_rest_comes_out()
    {
        samples.Add("1.dcm");
        samples.AddText("readme.txt");
        string cut = samples.AddTruncated("cut.dcm");
        string late = samples.Add("late.dcm", instance: "2", pixelBytes: 4000);
        File.WriteAllBytes(late, File.ReadAllBytes(late)[..^1000]); // its header is whole, so the scan takes it
        var study = Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out"));
        Assert.Equal(new StudyOutcome(Written: 1, Skipped: 0, Rejected: 1), study.Outcome);
        Assert.Equal([cut, late], session.Errors.Select(e => (string)e.TargetObject).Order(StringComparer.Ordinal));
        Assert.All(session.Errors, e => Assert.Equal(("Truncated" + Id, ErrorCategory.InvalidData), (e.FullyQualifiedErrorId, e.CategoryInfo.Category)));
        Assert.All(session.Errors, e => Assert.DoesNotContain("MUEL", e.ToString() + e.Exception, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-Option RetainFullDates", "InvalidProfile", ErrorCategory.InvalidArgument)]
    [InlineData("-Key (New-Secret 'short')", "KeyMissing", ErrorCategory.SecurityError)]
    [InlineData("-Key (New-Secret '')", "KeyMissing", ErrorCategory.SecurityError)]
    [InlineData("-Destination source/1.dcm", "DestinationExists", ErrorCategory.ResourceExists)]
    [InlineData("-Destination env:OUT", "FileNotFound", ErrorCategory.ObjectNotFound)]
    public void Wrong_settings_end_the_command_before_anything_is_read(string parameters, string id, ErrorCategory category)
    {
        samples.Add("1.dcm");
        string destination = parameters.Contains("-Destination", StringComparison.Ordinal) ? "" : "-Destination out ";
        Assert.Empty(Run("function New-Secret($Text) { $s = [securestring]::new(); $Text.ToCharArray() | ForEach-Object { $s.AppendChar($_) }; , $s }; "
            + $"Invoke-PacsbinAnonymize source {destination}{parameters}; 'goes on'"));
        var error = Assert.Single(session.Errors);
        Assert.Equal((id + Id, category), (error.FullyQualifiedErrorId, error.CategoryInfo.Category));
        Assert.DoesNotContain("short", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(session.Progress);
        Assert.Empty(samples.Finished);
    }

    [Theory]
    [InlineData("Invoke-PacsbinAnonymize source -Destination out -Option CleanDescriptors", "ParameterArgumentTransformationError|CannotConvertArgument|ParameterArgumentValidation")]
    [InlineData("Invoke-PacsbinAnonymize source -Destination out -Option None", "ParameterArgumentValidationError")]
    [InlineData("Invoke-PacsbinAnonymize source -Destination out -ProfileName Other", "ParameterArgumentValidationError")]
    [InlineData("Invoke-PacsbinAnonymize source -Destination out -Key 'plain text is no secret'", "CannotConvertArgument")]
    [InlineData("Invoke-PacsbinAnonymize source -Destintion out", "NamedParameterNotFound")]
    [InlineData("Invoke-PacsbinAnonymize source", "MissingMandatoryParameter")]
    [InlineData("Invoke-PacsbinAnonymize -Destination out", "MissingMandatoryParameter")]
    public void Wrong_parameters_are_refused(string script, string id)
    {
        samples.Add("1.dcm");
        Assert.Empty(Run(script));
        Assert.Matches($"^({id})", Assert.Single(session.Errors).FullyQualifiedErrorId);
        Assert.Empty(samples.Finished);
    }

    [Fact]
    public void Options_are_added_to_the_profile()
    {
        samples.Add("1.dcm");
        var study = Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out -ProfileName Basic -Option RetainFullDates, retainuids, CleanPixelData"));
        Assert.Equal(("1.2.1", new DateOnly(2024, 3, 10)), (study.StudyInstanceUid, study.StudyDate));
    }

    [Fact]
    public void Progress_counts_files_and_names_nobody()
    {
        samples.Add("MUELLER/1.dcm");
        Run("Invoke-PacsbinAnonymize source -Destination out");
        Assert.Contains(session.Progress, p => p.Activity == "De-identifying" && p.PercentComplete == 100 && p.StatusDescription.StartsWith("1 of 1 files", StringComparison.Ordinal));
        Assert.All(session.Progress, p => Assert.DoesNotMatch("(?i)MUELLER|P-17|1\\.2\\.1", p.Activity + p.StatusDescription + p.CurrentOperation));
        Assert.Equal(2, session.Progress.Count(p => p.RecordType == ProgressRecordType.Completed));
    }

    [Fact]
    public void Nothing_is_written_for_no_study()
    {
        samples.AddText("readme.txt");
        Assert.Empty(Run("Invoke-PacsbinAnonymize source -Destination out; Get-DicomStudy source | Invoke-PacsbinAnonymize -Destination out"));
        Assert.Empty(session.Errors);
        Assert.False(Directory.Exists(samples.Destination));
    }

    List<DicomStudy> Run(string script) => [.. session.Invoke(script).Select(s => s.BaseObject).OfType<DicomStudy>()];

    static SecureString Secret(string text)
    {
        var secret = new SecureString();
        foreach (char c in text) secret.AppendChar(c);
        return secret;
    }
}
