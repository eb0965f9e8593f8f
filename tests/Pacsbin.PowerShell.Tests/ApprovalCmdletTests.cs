using System.Management.Automation;
using Pacsbin.Dicom;
using Pacsbin.Studies;

namespace Pacsbin.Tests;

/// <summary>Approve-PacsbinStudy and Revoke-PacsbinApproval, and what Get-DicomStudy shows of it.</summary>
public sealed class ApprovalCmdletTests : IDisposable
{
    const string Approving = ",Pacsbin.PowerShell.ApprovePacsbinStudyCommand";
    readonly ImageStudies images = new("研究 [1]");
    readonly ModuleSession session;

    public ApprovalCmdletTests()
    {
        session = new ModuleSession(images.Root);
        session.Set("key", PlannedRegionTests.Secret());
    }

    public void Dispose()
    {
        session.Dispose();
        images.Dispose();
    }

    [Theory]
    [InlineData("Get-DicomStudy out | Approve-PacsbinStudy")]
    [InlineData("$written | Approve-PacsbinStudy -ThrottleLimit 1")]
    [InlineData("Approve-PacsbinStudy out")]
    [InlineData("Approve-PacsbinStudy -Path ./o*t")]
    [InlineData("'out' | Approve-PacsbinStudy")]
    [InlineData("Approve-PacsbinStudy -LiteralPath $folder")]
    [InlineData("$s = Get-DicomStudy out; Approve-PacsbinStudy -Study $s, $s")]
    public void Study_becomes_approved(string script)
    {
        Deidentify(2);
        session.Set("folder", images.StudyFolder);
        var study = Assert.Single(Run(script));
        Assert.Empty(session.Errors);
        Assert.Empty(session.Warnings);
        Assert.Equal(StudyState.Approved, study.State);
        var manifest = images.RequireWhole();
        Assert.Equal((StudyState.Approved, Environment.UserName, null), (manifest.State, manifest.Approval!.Reviewer, manifest.Approval.Comment));
        Assert.All(images.Written, f => Assert.Equal("NO", AnnotationOf(f)));
        var seen = Assert.Single(Run("Get-DicomStudy out"));
        Assert.Equal(StudyState.Approved, seen.State);
        Assert.Empty(seen.Findings);
    }

    [Fact]
    public void Reviewer_and_comment_are_stored_as_typed()
    {
        Deidentify(1);
        session.Set("comment", "Two lines\nand a \"quote\"");
        Run("Approve-PacsbinStudy out -Reviewer '田中 <R>' -Comment $comment");
        Assert.Empty(session.Errors);
        Assert.Equal(("田中 <R>", "Two lines\nand a \"quote\""), (images.Manifest.Approval!.Reviewer, images.Manifest.Approval.Comment));
    }

    [Theory]
    [InlineData("-Reviewer ' '")]
    [InlineData("-Reviewer ''")]
    [InlineData("-Comment ''")]
    [InlineData("-AcceptFinding Nothing")]
    [InlineData("-AcceptFinding @()")]
    public void Parameters_without_sense_end_the_command(string parameters)
    {
        Deidentify(1);
        var before = images.Contents();
        Assert.Empty(Run($"Approve-PacsbinStudy out {parameters}"));
        Assert.Single(session.Errors);
        Assert.Equal(before, images.Contents());
    }

    [Fact]
    public void WhatIf_changes_nothing()
    {
        Deidentify(2);
        var before = images.Contents();
        Assert.Empty(Run("Approve-PacsbinStudy out -Reviewer Me -WhatIf"));
        Assert.Equal($"What if: Performing the operation \"Approve as Me\" on target \"study with 2 files in {images.StudyFolder}\".", Assert.Single(session.HostLines));
        Run("Approve-PacsbinStudy out");
        var approved = images.Contents();
        Assert.Empty(Run("Revoke-PacsbinApproval out -WhatIf"));
        Assert.Equal($"What if: Performing the operation \"Revoke the approval\" on target \"study with 2 files in {images.StudyFolder}\".", Assert.Single(session.HostLines));
        Assert.Equal(approved, images.Contents());
        Assert.NotEqual(before, approved);
    }

    [Fact]
    public void Confirm_asks_for_each_study()
    {
        images.Add("1.dcm", study: 1, modality: "MR");
        images.Add("2.dcm", study: 2, modality: "MR");
        Run("Invoke-PacsbinAnonymize source -Destination out -Key $key");
        session.Answers.Enqueue("No");
        session.Answers.Enqueue("Yes");
        Assert.Single(Run("Get-DicomStudy out | Approve-PacsbinStudy -Confirm"));
        Assert.Equal([StudyState.Deidentified, StudyState.Approved], Run("Get-DicomStudy out").Select(s => s.State));
    }

    [Fact]
    public void Suspicion_of_text_is_an_error_until_it_is_accepted_or_erased()
    {
        Deidentify(2, "US");
        Assert.Empty(Run("Get-DicomStudy out | Approve-PacsbinStudy"));
        var error = Assert.Single(session.Errors);
        Assert.Equal(("NotApproved" + Approving, ErrorCategory.InvalidOperation, images.StudyFolder), (error.FullyQualifiedErrorId, error.CategoryInfo.Category, (string)error.TargetObject));
        Assert.Contains("BurnedInSuspected in 2 files", error.Exception.Message, StringComparison.Ordinal);
        Assert.Single(Run("Get-DicomStudy out | Approve-PacsbinStudy -AcceptFinding RedactionMissing, BurnedInSuspected"));
        Assert.Equal([FindingKind.BurnedInSuspected, FindingKind.RedactionMissing], images.Manifest.Approval!.Accepted);
        Run("Get-DicomStudy out | Add-RedactionRegion -Region '0,0,10,2'");
        Assert.Equal((StudyState.Deidentified, null), (images.Manifest.State, images.Manifest.Approval));
        Assert.Single(Run("Get-DicomStudy out | Approve-PacsbinStudy"));
        Assert.Null(images.RequireWhole().Approval!.Accepted);
    }

    [Fact]
    public void Changed_file_is_an_error_with_its_path_and_nothing_changes()
    {
        Deidentify(3);
        Flip(images.Written[1]);
        var before = images.Contents();
        Assert.Empty(Run("Approve-PacsbinStudy out"));
        var error = Assert.Single(session.Errors);
        Assert.Equal(("ManifestConflict" + Approving, ErrorCategory.ResourceBusy, images.Written[1]), (error.FullyQualifiedErrorId, error.CategoryInfo.Category, (string)error.TargetObject));
        Assert.EndsWith("nothing was approved, because not all files are as they were written.", Assert.Single(session.Warnings), StringComparison.Ordinal);
        Assert.Equal(before, images.Contents());
    }

    [Fact]
    public void Source_study_is_an_error()
    {
        Deidentify(1);
        Assert.Empty(Run("Get-DicomStudy source | Approve-PacsbinStudy"));
        Assert.Equal("NotApproved" + Approving, Assert.Single(session.Errors).FullyQualifiedErrorId);
        Assert.Empty(Run("Get-DicomStudy source | Revoke-PacsbinApproval"));
        Assert.Equal("FileNotFound,Pacsbin.PowerShell.RevokePacsbinApprovalCommand", Assert.Single(session.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void Approved_and_unchanged_study_is_a_warning_and_goes_on()
    {
        Deidentify(2);
        Run("Approve-PacsbinStudy out -Reviewer First");
        var before = images.Contents();
        Assert.Equal(StudyState.Approved, Assert.Single(Run("Get-DicomStudy out | Approve-PacsbinStudy -Reviewer Second")).State);
        Assert.EndsWith("-Force records a new approval.", Assert.Single(session.Warnings), StringComparison.Ordinal);
        Assert.Equal(before, images.Contents());
        Assert.Single(Run("Get-DicomStudy out | Approve-PacsbinStudy -Reviewer Second -Force"));
        Assert.Empty(session.Warnings);
        Assert.Equal("Second", images.RequireWhole().Approval!.Reviewer);
        Assert.Equal(before.Where(f => f.Key.EndsWith(".dcm", StringComparison.Ordinal)), images.Contents().Where(f => f.Key.EndsWith(".dcm", StringComparison.Ordinal)));
    }

    [Fact]
    public void Changed_byte_shows_when_studies_are_found()
    {
        Deidentify(2);
        Run("Approve-PacsbinStudy out");
        Flip(images.Written[0]);
        var study = Assert.Single(Run("Get-DicomStudy out"));
        Assert.Equal((StudyState.Deidentified, FindingKind.ApprovalVoid), (study.State, Assert.Single(study.Findings).Kind));
        Assert.Contains(session.Progress, p => p.StatusDescription.Contains("approved files compared", StringComparison.Ordinal));
    }

    [Fact]
    public void Revoked_study_is_what_it_was_before()
    {
        Deidentify(2);
        var before = images.Contents();
        Run("Approve-PacsbinStudy out");
        Assert.NotEqual(before, images.Contents());
        var study = Assert.Single(Run("Get-DicomStudy out | Revoke-PacsbinApproval"));
        Assert.Empty(session.Errors);
        Assert.Empty(session.Warnings);
        Assert.Equal(StudyState.Deidentified, study.State);
        Assert.Equal(before, images.Contents());
        Assert.Single(Run("Revoke-PacsbinApproval out"));
        Assert.EndsWith("the study is not approved.", Assert.Single(session.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Revoking_what_was_changed_says_which_file_and_withdraws_the_approval()
    {
        Deidentify(2);
        Run("Approve-PacsbinStudy out");
        Flip(images.Written[1]);
        Assert.Single(Run("Get-DicomStudy out | Revoke-PacsbinApproval"));
        Assert.Equal(images.Written[1], (string)Assert.Single(session.Errors).TargetObject);
        Assert.Single(session.Warnings);
        Assert.Equal((StudyState.Deidentified, null), (images.Manifest.State, images.Manifest.Approval));
    }

    [Fact]
    public async Task Table_shows_the_state()
    {
        Deidentify(1);
        Run("Approve-PacsbinStudy out");
        Assert.Contains(" Approved ", await Row(), StringComparison.Ordinal);
        Flip(images.Written[0]);
        Assert.Contains(" Deidentified ", await Row(), StringComparison.Ordinal);

        async Task<string> Row()
        {
            var result = await HostProcess.Run("-Command", $"Get-DicomStudy -LiteralPath '{images.Destination}'");
            return result.Output.Split('\n').Single(l => l.Contains(" MR ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Progress_is_shown()
    {
        Deidentify(3);
        Run("Approve-PacsbinStudy out");
        Assert.Contains(session.Progress, p => p.Activity == "Approving a study");
        Run("Revoke-PacsbinApproval out");
        Assert.Contains(session.Progress, p => p.Activity == "Revoking an approval");
    }

    [Theory]
    [InlineData(400, 100, 4)]
    [InlineData(1, 4000, 6)]
    public async Task Stopped_approval_changes_nothing_and_the_same_command_goes_on(int files, int edge, int frames)
    {
        for (int i = 1; i <= files; i++) images.Add($"{i}.dcm", instance: i, rows: edge, columns: edge, frames: frames, modality: "MR");
        Run("Invoke-PacsbinAnonymize source -Destination out -Key $key");
        var before = images.Contents();
        var staging = Path.Combine(images.Destination, $".{Path.GetFileName(images.StudyFolder)}.partial");
        var approving = Task.Run(async () =>
        {
            while (!Directory.Exists(staging) || Directory.GetFiles(staging).Length < Math.Min(files + 1, 10)) await Task.Delay(1, TestContext.Current.CancellationToken);
        }, TestContext.Current.CancellationToken);
        var stopping = await session.InvokeAndStop("Approve-PacsbinStudy out -ThrottleLimit 1", approving);
        Assert.InRange(stopping, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(before, images.Contents().Where(f => !f.Key.StartsWith(staging, StringComparison.Ordinal)).ToDictionary());
        Assert.Single(Run("Approve-PacsbinStudy out"));
        Assert.Equal(StudyState.Approved, images.RequireWhole().State);

        // The search reads all bytes of what is approved, and stops as well.
        var started = new TaskCompletionSource();
        session.Set("started", started);
        stopping = await session.InvokeAndStop("$started.SetResult(); while ($true) { $null = Get-DicomStudy out -ThrottleLimit 1 }", started.Task);
        Assert.InRange(stopping, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    void Deidentify(int count, string modality = "MR")
    {
        for (int i = 1; i <= count; i++) images.Add($"{i}.dcm", instance: i, modality: modality);
        Run("$written = Invoke-PacsbinAnonymize source -Destination out -Key $key");
        Assert.Equal(count, images.Written.Length);
    }

    static void Flip(string path)
    {
        var time = File.GetLastWriteTimeUtc(path);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        File.SetLastWriteTimeUtc(path, time);
    }

    static string? AnnotationOf(string path)
    {
        using var file = DicomFile.Open(path);
        return file.Dataset.GetString(new Tag(0x00280301));
    }

    List<DicomStudy> Run(string script) => [.. session.Invoke(script).Select(s => s.BaseObject).OfType<DicomStudy>()];
}
