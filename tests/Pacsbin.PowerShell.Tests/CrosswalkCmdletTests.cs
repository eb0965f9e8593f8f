using System.Management.Automation;
using Pacsbin.Projects;
using Pacsbin.Studies;

namespace Pacsbin.Tests;

public sealed class CrosswalkCmdletTests : IDisposable
{
    readonly SampleStudies samples = new();
    readonly ModuleSession session;

    public CrosswalkCmdletTests()
    {
        samples.Add("1.dcm", patient: "P-17");
        samples.Add("2.dcm", study: "1.2.2", patient: "P-18", accession: "A-2");
        session = new ModuleSession(samples.Root);
        session.Invoke("New-PacsbinProject trial");
    }

    string Trial => Path.Combine(samples.Root, "trial");

    string[] AuditLines => File.Exists(Path.Combine(Trial, "audit.log")) ? File.ReadAllLines(Path.Combine(Trial, "audit.log")) : [];

    public void Dispose()
    {
        session.Dispose();
        samples.Dispose();
    }

    [Fact]
    public void Runs_for_a_project_repeat_and_can_be_resolved_through_the_pipeline()
    {
        var first = Deidentify();
        var second = Run<DicomStudy>("Invoke-PacsbinAnonymize source -Destination second -Project ./trial");
        Assert.Empty(session.Errors);
        Assert.Equal(first.Select(s => (s.StudyInstanceUid, s.PatientId)).Order(), second.Select(s => (s.StudyInstanceUid, s.PatientId)).Order());
        session.Answers.Enqueue("Yes to All");
        var identities = Run<ResolvedIdentity>("Get-DicomStudy out | Resolve-PacsbinIdentity -Project trial -Reason 'Incidental finding'");
        Assert.Empty(session.Errors);
        Assert.Empty(session.Answers);
        Assert.Equal([("P-17", "A-1", "1.2.1"), ("P-18", "A-2", "1.2.2")], identities.Select(i => (i.PatientId!, i.AccessionNumber!, i.StudyInstanceUid!)).Order());
        Assert.All(identities, i => Assert.Equal("MUELLER^ANNA", i.PatientName));
        Assert.Equal(2, AuditLines.Length);
        Assert.All(AuditLines, l => Assert.Contains("\"reason\":\"Incidental finding\"", l, StringComparison.Ordinal));
        var state = Assert.Single(Run<AuditLogState>("Test-PacsbinAuditLog trial"));
        Assert.Equal(new AuditLogState(true, 2, null, AuditLogProblem.None), state);
    }

    [Fact]
    public void A_pseudonym_and_the_uid_of_an_instance_are_resolved()
    {
        var study = Deidentify().Single(s => s.PatientId == Resolve("P-17"));
        var instance = study.Series[0].Instances[0].SopInstanceUid;
        Assert.Equal("1.2.1.1.1", Assert.Single(Run<ResolvedIdentity>("$args[0] | Resolve-PacsbinIdentity trial -Reason Test -Confirm:$false", instance)).SopInstanceUid);
        Assert.Equal("P-17", Assert.Single(Run<ResolvedIdentity>("Resolve-PacsbinIdentity trial $args[0] -Reason Test -Confirm:$false", study.PatientId!)).PatientId);

        string Resolve(string original) => Run<ResolvedIdentity>("(Get-DicomStudy out).PatientId | Resolve-PacsbinIdentity trial -Reason Test -Confirm:$false").Single(i => i.PatientId == original).Pseudonym;
    }

    [Theory]
    [InlineData("No", "")]
    [InlineData("", " -WhatIf")]
    public void Without_confirmation_nothing_is_given_or_logged(string answer, string whatIf)
    {
        var pseudonym = Deidentify()[0].PatientId!;
        if (answer.Length > 0) session.Answers.Enqueue(answer);
        Assert.Empty(Run<ResolvedIdentity>("Resolve-PacsbinIdentity trial $args[0] -Reason Test" + whatIf, pseudonym));
        Assert.Empty(session.Answers);
        Assert.Empty(AuditLines);
        Assert.Empty(session.Errors);
    }

    [Fact]
    public void The_question_and_the_text_of_an_identity_do_not_name_the_patient()
    {
        var pseudonym = Deidentify()[0].PatientId!;
        session.Answers.Enqueue("Yes");
        string text = (string)Assert.Single(session.Invoke("Resolve-PacsbinIdentity trial $args[0] -Reason Test | ForEach-Object { \"$_\" }", pseudonym)).BaseObject;
        Assert.Equal("ResolvedIdentity", text);
        Assert.All(session.HostLines, l => Assert.DoesNotContain("P-1", l, StringComparison.Ordinal));
        string table = session.Show("Resolve-PacsbinIdentity trial $args[0] -Reason Test -Confirm:$false", pseudonym);
        Assert.Contains("PatientName       : MUELLER^ANNA", table, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_found_is_an_error_that_does_not_repeat_it()
    {
        Deidentify();
        Assert.Empty(Run<ResolvedIdentity>("Resolve-PacsbinIdentity trial 'P-17' -Reason Test -Confirm:$false"));
        var error = Assert.Single(session.Errors);
        Assert.Equal("FileNotFound,Pacsbin.PowerShell.ResolvePacsbinIdentityCommand", error.FullyQualifiedErrorId);
        Assert.DoesNotContain("P-17", error + error.ErrorDetails.Message + error.TargetObject, StringComparison.Ordinal);
        Assert.DoesNotContain("P-17", Assert.Single(AuditLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("''")]
    [InlineData("' \t'")]
    [InlineData("$null")]
    public void A_reason_is_needed(string reason)
    {
        var pseudonym = Deidentify()[0].PatientId!;
        Fail($"Resolve-PacsbinIdentity trial $args[0] -Reason {reason} -Confirm:$false", pseudonym);
        Fail($"Export-PacsbinCrosswalk trial x.csv -Reason {reason} -Confirm:$false");
        Assert.Empty(AuditLines);
        Assert.False(File.Exists(Path.Combine(samples.Root, "x.csv")));
    }

    [Fact]
    public void A_source_study_is_refused()
    {
        Deidentify();
        Assert.Empty(Run<ResolvedIdentity>("Get-DicomStudy source | Resolve-PacsbinIdentity trial -Reason Test -Confirm:$false"));
        Assert.Equal(2, session.Errors.Count);
        Assert.Empty(AuditLines);
    }

    [Theory]
    [InlineData("-ProfileName Basic")]
    [InlineData("-Option CleanGraphics")]
    [InlineData("-PixelScript x.script")]
    [InlineData("-Exact")]
    [InlineData("-AllowWord CHEST")]
    public void What_the_project_says_is_not_said_again(string parameter)
    {
        var error = Fail($"Invoke-PacsbinAnonymize source -Destination out -Project trial {parameter}");
        Assert.Equal("InvalidArgument,Pacsbin.PowerShell.InvokePacsbinAnonymizeCommand", error.FullyQualifiedErrorId);
        Assert.Contains(parameter.Split(' ')[0], error.Exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(samples.Destination));
    }

    [Fact]
    public void Profile_options_uid_policy_and_script_are_the_projects()
    {
        File.WriteAllText(Path.Combine(samples.Root, "a.script"), "{ Modality.equals(\"CT\") }\n(0,0,4,1)\n");
        session.Invoke("New-PacsbinProject other -ProfileName Basic -Option RetainFullDates -UidPolicy Retain -PixelScript a.script");
        var studies = Run<DicomStudy>("Invoke-PacsbinAnonymize source -Destination out -Project other");
        Assert.Empty(session.Errors);
        Assert.Equal(["1.2.1", "1.2.2"], studies.Select(s => s.StudyInstanceUid).Order());
        Assert.All(studies, s => Assert.Equal(new DateOnly(2024, 3, 10), s.StudyDate));
        string manifest = File.ReadAllText(Path.Combine(studies[0].Path, "study.json"));
        Assert.Contains("\"name\":\"Basic\"", manifest, StringComparison.Ordinal);
        Assert.Contains("\"regions\":", manifest, StringComparison.Ordinal);
        Assert.Contains("\"project\":\"", manifest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Invoke-PacsbinAnonymize source -Destination out -Project trial -Key $other")]
    [InlineData("Resolve-PacsbinIdentity trial X -Reason Test -Key $other -Confirm:$false")]
    [InlineData("Test-PacsbinAuditLog trial -Key $other")]
    [InlineData("Import-PacsbinCrosswalk trial in.csv -Key $other")]
    [InlineData("Export-PacsbinCrosswalk trial out.csv -Reason Test -Key $other -Confirm:$false")]
    public void A_wrong_key_is_a_mismatch_before_anything_is_written(string script)
    {
        File.WriteAllText(Path.Combine(samples.Root, "in.csv"), "PatientId,Pseudonym\nP-17,S1\n");
        session.Invoke("$other = [securestring]::new(); 'quite another secret'.ToCharArray() | ForEach-Object { $other.AppendChar($_) }");
        var before = Directory.GetFileSystemEntries(samples.Root, "*", SearchOption.AllDirectories).Order();
        var error = Fail(script);
        Assert.StartsWith("KeyMismatch,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.SecurityError, error.CategoryInfo.Category);
        Assert.Equal(before, Directory.GetFileSystemEntries(samples.Root, "*", SearchOption.AllDirectories).Order());
    }

    [Fact]
    public void A_key_that_is_not_stored_is_given()
    {
        session.Invoke("$key = [securestring]::new(); 'correct horse battery'.ToCharArray() | ForEach-Object { $key.AppendChar($_) }; New-PacsbinProject keyless -Key $key");
        Assert.Equal(2, Run<DicomStudy>("Invoke-PacsbinAnonymize source -Destination out -Project keyless -Key $key").Count);
        Assert.Equal(2, Run<ResolvedIdentity>("Get-DicomStudy out | Resolve-PacsbinIdentity keyless -Key $key -Reason Test -Confirm:$false").Count);
        var error = Fail("Test-PacsbinAuditLog keyless");
        Assert.StartsWith("KeyMissing,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_crosswalk_that_is_damaged_ends_the_run()
    {
        File.WriteAllText(Path.Combine(Trial, "crosswalk.db"), new string('x', 5000));
        var error = Fail("Invoke-PacsbinAnonymize source -Destination out -Project trial");
        Assert.Equal("MalformedElement,Pacsbin.PowerShell.InvokePacsbinAnonymizeCommand", error.FullyQualifiedErrorId);
        Assert.Empty(samples.Finished);
    }

    [Fact]
    public void Own_ids_go_round()
    {
        File.WriteAllText(Path.Combine(samples.Root, "subjects.csv"), "PatientId,Pseudonym,DateShiftDays\nP-17,SUBJ-001,-10\n");
        File.WriteAllText(Path.Combine(samples.Root, "table.properties"), "mrn/P-18=SUBJ-002\nptid/P-18=NO\n");
        byte[] before = File.ReadAllBytes(Path.Combine(Trial, "crosswalk.db"));
        Assert.Empty(session.Invoke("Import-PacsbinCrosswalk trial subjects.csv -WhatIf"));
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(Trial, "crosswalk.db")));
        Assert.Equal(new CrosswalkImport(1, 0), Assert.Single(Run<CrosswalkImport>("Import-PacsbinCrosswalk trial subjects.csv")));
        Assert.Equal(new CrosswalkImport(1, 0), Assert.Single(Run<CrosswalkImport>("Import-PacsbinCrosswalk trial table.properties -KeyType mrn")));
        Assert.Equal(["SUBJ-001", "SUBJ-002"], Deidentify().Select(s => s.PatientId!).Order());
        session.Answers.Enqueue("Yes");
        var file = Assert.Single(Run<FileInfo>("Export-PacsbinCrosswalk trial all.csv -Reason 'End of the trial'"));
        string[] lines = File.ReadAllLines(file.FullName);
        Assert.Equal(["PatientId,IssuerOfPatientId,Pseudonym,DateShiftDays", "P-17,,SUBJ-001,-10"], lines[..2]);
        Assert.Single(AuditLines);
        Assert.Equal(new CrosswalkImport(0, 2), Assert.Single(Run<CrosswalkImport>("Import-PacsbinCrosswalk trial all.csv")));
        var error = Fail("Export-PacsbinCrosswalk trial all.csv -Reason 'Again' -Confirm:$false");
        Assert.StartsWith("DestinationExists,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Single(Run<FileInfo>("Export-PacsbinCrosswalk trial all.csv -Reason 'Again' -Force -Confirm:$false"));
    }

    [Fact]
    public void An_import_that_contradicts_is_refused_by_its_line()
    {
        Deidentify();
        File.WriteAllText(Path.Combine(samples.Root, "subjects.csv"), "PatientId,Pseudonym\nNEW,SUBJ-009\nP-17,SUBJ-001\n");
        var error = Fail("Import-PacsbinCrosswalk trial subjects.csv");
        Assert.StartsWith("MalformedElement,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        string message = error.ErrorDetails.Message;
        Assert.Contains("Line 3: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain("P-17", message, StringComparison.Ordinal);
        Assert.DoesNotContain("SUBJ", message, StringComparison.Ordinal);
        Assert.Empty(Run<ResolvedIdentity>("Resolve-PacsbinIdentity trial SUBJ-009 -Reason Test -Confirm:$false"));
        Fail("Import-PacsbinCrosswalk trial subjects.csv -KeyType ptid");
    }

    [Fact]
    public void A_log_that_was_changed_is_shown_with_the_line()
    {
        var pseudonym = Deidentify()[0].PatientId!;
        for (int i = 0; i < 3; i++) session.Invoke("Resolve-PacsbinIdentity trial $args[0] -Reason Test -Confirm:$false", pseudonym);
        File.WriteAllLines(Path.Combine(Trial, "audit.log"), AuditLines[..2]);
        string table = session.Show("Test-PacsbinAuditLog trial");
        Assert.Matches(@"False\s+2\s+3\s+Truncated", table);
    }

    ErrorRecord Fail(string script, params object?[] arguments)
    {
        Assert.Empty(session.Invoke(script, arguments));
        return Assert.Single(session.Errors);
    }

    List<DicomStudy> Deidentify()
    {
        var studies = Run<DicomStudy>("Get-DicomStudy source | Invoke-PacsbinAnonymize -Destination out -Project trial");
        Assert.Empty(session.Errors);
        Assert.Equal(2, studies.Count);
        return studies;
    }

    List<T> Run<T>(string script, params object?[] arguments) => [.. session.Invoke(script, arguments).Select(o => (T)o.BaseObject)];
}
