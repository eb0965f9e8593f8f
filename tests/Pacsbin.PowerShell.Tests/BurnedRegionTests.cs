using System.Management.Automation;
using Pacsbin.Dicom;
using Pacsbin.Studies;

namespace Pacsbin.Tests;

/// <summary>Regions that are burned into a study of a workspace at once.</summary>
public sealed class BurnedRegionTests : IDisposable
{
    const string Id = ",Pacsbin.PowerShell.AddRedactionRegionCommand";
    readonly ImageStudies images = new();
    readonly ModuleSession session;

    public BurnedRegionTests()
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
    [InlineData("Get-DicomStudy out | Add-RedactionRegion -Region '0,0,10,2'")]
    [InlineData("Add-RedactionRegion out -Region '0,0,10,2'")]
    [InlineData("Add-RedactionRegion -Path ./o*t -Region '0,0,10,2' -ThrottleLimit 1")]
    [InlineData("$written | Add-RedactionRegion -X 0 -Y 0 -Width 10 -Height 2")]
    [InlineData("$s = Get-DicomStudy out; Add-RedactionRegion -Study $s, $s -Region '0,0,10,2', '0,0,10,2'")]
    public void Pixels_are_erased_and_the_manifest_says_so(string script)
    {
        Deidentify(2);
        SetState(StudyState.Approved);
        var uids = images.Written.Select(UidOf).ToList();
        var study = Assert.Single(Run(script));
        Assert.Empty(session.Errors);
        Assert.Empty(session.Warnings);
        Assert.Equal(StudyState.Deidentified, study.State);
        Assert.Equal(uids, images.Written.Select(UidOf));
        Assert.All(images.Written, f => Assert.Equal(20, ImageStudies.Erased(f)));
        var manifest = images.RequireWhole();
        Assert.Equal(StudyState.Deidentified, manifest.State);
        Assert.All(manifest.Files, f => Assert.Equal("0,0,10,2", Assert.Single(f.Regions!).ToString()));
    }

    [Fact]
    public void Only_the_pixels_and_the_attributes_that_tell_of_them_change()
    {
        Deidentify(1);
        string kept = Path.Combine(images.Root, "kept.dcm");
        File.Copy(images.Written[0], kept);
        Run("Add-RedactionRegion out -Region '0,0,10,2'");
        using var before = DicomFile.Open(kept);
        using var after = DicomFile.Open(images.Written[0]);
        var changed = Enumerable.Range(0, after.Dataset.Count).Select(i => after.Dataset[i])
            .Where(e => e.Sequence is null && (!before.Dataset.TryGet(e.Tag, out var same) || !same.Value.Span.SequenceEqual(e.Value.Span))).Select(e => e.Tag.ToString());
        Assert.Equal(["(0028,0301)", "(7fe0,0010)"], changed.Select(t => t.ToLowerInvariant()));
        Assert.Equal(before.Dataset.Count + 1, after.Dataset.Count);
        Assert.True(after.Dataset.TryGet(new Tag(0x00120064), out var codes));
        Assert.True(before.Dataset.TryGet(new Tag(0x00120064), out var old));
        Assert.Equal(old.Sequence!.Items.Count + 1, codes.Sequence!.Items.Count);
    }

    [Fact]
    public void Only_the_files_that_are_meant_change()
    {
        Deidentify(3);
        var before = images.Contents();
        string meant = images.Written[1];
        Run($"Get-DicomStudy out | Add-RedactionRegion -Region '0,0,10,2' -SopInstanceUid {Path.GetFileNameWithoutExtension(meant)}");
        Assert.Empty(session.Errors);
        Assert.Equal([meant, Path.Combine(images.StudyFolder, "study.json")], images.Contents().Where(f => before[f.Key] != f.Value).Select(f => f.Key).Order(StringComparer.Ordinal));
        Assert.Equal([0, 1, 0], images.RequireWhole().Files.Select(f => f.Regions?.Count ?? 0));
    }

    [Fact]
    public void Twice_the_same_changes_nothing_more()
    {
        Deidentify(2);
        Run("Add-RedactionRegion out -Region '0,0,10,2', '5,5,9,9' -Shape Ellipse");
        var once = images.Contents();
        Assert.Single(Run("Add-RedactionRegion out -Region '0,0,10,2', '5,5,9,9' -Shape Ellipse"));
        Assert.Equal(once, images.Contents());
        Assert.All(images.RequireWhole().Files, f => Assert.Equal(2, f.Regions!.Count));
    }

    [Fact]
    public void Others_are_added_to_what_is_burned_in()
    {
        Deidentify(1);
        Run("Add-RedactionRegion out -Region '0,0,10,2'; Add-RedactionRegion out -Region '0,0,1,1' -Outside");
        Assert.Equal(600, ImageStudies.Erased(images.Written[0]));
        Assert.Equal(2, images.RequireWhole().Files[0].Regions!.Count);
    }

    [Fact]
    public void WhatIf_changes_nothing()
    {
        Deidentify(1);
        SetState(StudyState.Approved);
        var before = images.Contents();
        Assert.Empty(Run("Add-RedactionRegion out -Region '0,0,10,2' -WhatIf"));
        Assert.Equal($"What if: Performing the operation \"Erase 0,0,10,2\" on target \"study with 1 file in {images.StudyFolder}\".", Assert.Single(session.HostLines));
        Assert.Equal(before, images.Contents());
    }

    [Fact]
    public async Task One_file_that_cannot_be_erased_leaves_all_as_they_are()
    {
        images.Add("1.dcm", instance: 1);
        await ImageStudies.ToJpeg2000(images.Add("2.dcm", instance: 2));
        images.Add("3.dcm", instance: 3);
        Run("Invoke-PacsbinAnonymize source -Destination out -Key $key");
        SetState(StudyState.Approved);
        var before = images.Contents();
        Assert.Empty(Run("Add-RedactionRegion out -Region '0,0,10,2'"));
        var error = Assert.Single(session.Errors);
        Assert.Equal(("UnsupportedTransferSyntax" + Id, ErrorCategory.NotImplemented), (error.FullyQualifiedErrorId, error.CategoryInfo.Category));
        Assert.Contains((string)error.TargetObject, images.Written);
        Assert.EndsWith("nothing was erased, because not all images that are meant can be.", Assert.Single(session.Warnings), StringComparison.Ordinal);
        Assert.Equal(before, images.Contents());
        Assert.Equal(StudyState.Approved, images.RequireWhole().State);
    }

    [Fact]
    public void Region_beyond_one_image_leaves_all_as_they_are()
    {
        images.Add("1.dcm", instance: 1);
        images.Add("2.dcm", instance: 2, rows: 10);
        Run("Invoke-PacsbinAnonymize source -Destination out -Key $key");
        var before = images.Contents();
        Assert.Empty(Run("Add-RedactionRegion out -Region '0,0,10,20'"));
        Assert.Equal("RegionOutsideImage" + Id, Assert.Single(session.Errors).FullyQualifiedErrorId);
        Assert.Equal(before, images.Contents());
        Assert.Single(Run("Add-RedactionRegion out -Region '0,0,10,20' -Clip"));
        Assert.Equal([100, 200], images.Written.Select(ImageStudies.Erased).Order());
    }

    [Fact]
    public void Region_that_erases_nothing_is_a_warning_and_changes_nothing()
    {
        Deidentify(2);
        var before = images.Contents();
        Assert.Single(Run("Add-RedactionRegion out -Region '500,500,10,20' -Clip"));
        Assert.Contains("nothing", Assert.Single(session.Warnings), StringComparison.Ordinal);
        Run("Add-RedactionRegion out -Region '0,0,1,1' -Frame 7 -Clip");
        Assert.Single(session.Warnings);
        Assert.Equal(before, images.Contents());
    }

    [Fact]
    public void File_that_is_not_what_the_manifest_lists_is_a_conflict()
    {
        Deidentify(2);
        byte[] bytes = File.ReadAllBytes(images.Written[0]);
        bytes[^1] ^= 1;
        File.WriteAllBytes(images.Written[0], bytes);
        var before = images.Contents();
        Assert.Empty(Run("Add-RedactionRegion out -Region '0,0,10,2'"));
        var error = Assert.Single(session.Errors);
        Assert.Equal(("ManifestConflict" + Id, ErrorCategory.ResourceBusy, images.Written[0]), (error.FullyQualifiedErrorId, error.CategoryInfo.Category, (string)error.TargetObject));
        Assert.Equal(before, images.Contents());
    }

    [Fact]
    public void Study_that_another_process_writes_is_a_conflict()
    {
        Deidentify(1);
        var before = images.Contents();
        string staging = Path.Combine(images.Destination, $".{Path.GetFileName(images.StudyFolder)}.partial");
        Directory.CreateDirectory(staging);
        using (new FileStream(Path.Combine(staging, "journal"), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Empty(Run("Get-DicomStudy out | Add-RedactionRegion -Region '0,0,10,2'"));
            Assert.Equal("ManifestConflict" + Id, Assert.Single(session.Errors).FullyQualifiedErrorId);
        }

        Directory.Delete(staging, recursive: true);
        Assert.Equal(before, images.Contents());
    }

    [Fact]
    public async Task Two_processes_on_one_study_both_burn_or_one_says_that_it_did_not()
    {
        Deidentify(60);
        var other = HostProcess.Run("-Command", $"$s = Get-DicomStudy -LiteralPath '{images.Destination}'; foreach ($i in 1..8) {{ $s | Add-RedactionRegion -Region '0,0,10,2' -ErrorVariable e -ErrorAction SilentlyContinue | Out-Null; foreach ($x in $e) {{ $x.FullyQualifiedErrorId }} }}");
        var own = new List<string>();
        while (!other.IsCompleted)
        {
            Run("Get-DicomStudy out | Add-RedactionRegion -Region '20,0,10,1'");
            own.AddRange(session.Errors.Select(e => e.FullyQualifiedErrorId));
        }

        var result = await other;
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.All(result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Concat(own), e => Assert.Equal("ManifestConflict" + Id, e));
        var manifest = images.RequireWhole();
        Assert.All(manifest.Files, f => Assert.Equal(f.Regions!.Sum(r => r.Width * r.Height), ImageStudies.Erased(Path.Combine(images.StudyFolder, f.Name))));
        Assert.Single(manifest.Files.Select(f => f.Regions!.Count).Distinct());
    }

    [Fact]
    public void Folder_that_cannot_be_written_is_an_error_and_the_study_stays()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "Permissions do not bind this user.");
        if (OperatingSystem.IsWindows()) return;
        Deidentify(2);
        SetState(StudyState.Approved);
        var before = images.Contents();
        foreach (string folder in new[] { images.Destination, images.StudyFolder })
        {
            var mode = File.GetUnixFileMode(folder);
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            try
            {
                Assert.Empty(Run("Add-RedactionRegion out -Region '0,0,10,2'"));
                var error = Assert.Single(session.Errors);
                Assert.Equal(("FileAccessDenied" + Id, ErrorCategory.PermissionDenied), (error.FullyQualifiedErrorId, error.CategoryInfo.Category));
            }
            finally
            {
                File.SetUnixFileMode(folder, mode);
            }

            Assert.Equal(before, images.Contents());
            images.RequireWhole();
        }
    }

    [Fact]
    public async Task Stopped_while_erasing_the_study_is_unchanged_and_the_same_command_goes_on()
    {
        for (int i = 1; i <= 400; i++) images.Add($"{i}.dcm", instance: i, rows: 100, columns: 100, frames: 4);
        Run("Invoke-PacsbinAnonymize source -Destination out -Key $key");
        var before = images.Contents();
        var staging = Path.Combine(images.Destination, $".{Path.GetFileName(images.StudyFolder)}.partial");
        var erasing = Task.Run(async () =>
        {
            while (!Directory.Exists(staging) || Directory.GetFiles(staging).Length < 10) await Task.Delay(1, TestContext.Current.CancellationToken);
        }, TestContext.Current.CancellationToken);
        var stopping = await session.InvokeAndStop("Add-RedactionRegion out -Region '0,0,10,2' -ThrottleLimit 1", erasing);
        Assert.InRange(stopping, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(before, images.Contents().Where(f => !f.Key.StartsWith(staging, StringComparison.Ordinal)).ToDictionary());
        Assert.Single(Run("Add-RedactionRegion out -Region '0,0,10,2'"));
        Assert.All(images.Written, f => Assert.Equal(80, ImageStudies.Erased(f)));
        images.RequireWhole();
    }

    [Fact]
    public void Study_without_its_manifest_is_an_error()
    {
        Deidentify(1);
        Run("$s = Get-DicomStudy out");
        File.Delete(Path.Combine(images.StudyFolder, "study.json"));
        Assert.Empty(Run("$s | Add-RedactionRegion -Region '0,0,10,2'"));
        Assert.Equal("FileNotFound" + Id, Assert.Single(session.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void Same_run_over_the_workspace_does_not_undo_what_was_burned_in()
    {
        Deidentify(2);
        Run("Add-RedactionRegion out -Region '0,0,10,2'");
        var burned = images.Contents();
        Assert.Equal(new StudyOutcome(0, 2, 0), Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out -Key $key")).Outcome);
        Assert.Equal(burned, images.Contents());
        File.Delete(images.Written[1]); // a copy that was lost comes back with what was burned into it
        Assert.Equal(new StudyOutcome(1, 1, 0), Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out -Key $key")).Outcome);
        Assert.All(images.Written, f => Assert.Equal(20, ImageStudies.Erased(f)));
        Assert.All(images.RequireWhole().Files, f => Assert.Equal("0,0,10,2", Assert.Single(f.Regions!).ToString()));
    }

    [Fact]
    public void Forced_run_undoes_it_and_says_so()
    {
        Deidentify(1);
        Run("Add-RedactionRegion out -Region '0,0,10,2'");
        var study = Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out -Key $key -Force"));
        Assert.Equal(0, ImageStudies.Erased(images.Written[0]));
        Assert.Contains("burned in", Assert.Single(session.Warnings), StringComparison.Ordinal);
        Assert.Contains(study.Findings, f => f.Kind == FindingKind.RedactionUndone);
        Assert.Contains(images.RequireWhole().Files[0].Findings!, f => f.Kind == FindingKind.RedactionUndone);

        Run("Add-RedactionRegion out -Region '0,0,10,2'");
        Run("Get-DicomStudy source | Add-RedactionRegion -Region '0,0,10,2' | Invoke-PacsbinAnonymize -Destination out -Key $key -Force");
        Assert.Empty(session.Warnings);
        Assert.Equal(20, ImageStudies.Erased(images.Written[0]));
    }

    [Fact]
    public async Task Forced_run_again_keeps_no_file_of_the_old_copy_that_cannot_be_erased()
    {
        Deidentify(3);
        Run("$s = Get-DicomStudy source | Add-RedactionRegion -Region '0,0,10,2'");
        string last = Path.Combine(images.Source, "3.dcm");
        File.Move(last, last + ".away");
        Assert.Empty(Run("$s | Invoke-PacsbinAnonymize -Destination out -Key $key -Force"));
        File.Move(last + ".away", last);
        await ImageStudies.ToJpeg2000(last);
        var study = Assert.Single(Run("Get-DicomStudy source | Add-RedactionRegion -Region '0,0,10,2' | Invoke-PacsbinAnonymize -Destination out -Key $key -Force"));
        Assert.Equal(new StudyOutcome(0, 2, 1), study.Outcome);
        Assert.Equal([20, 20], images.Written.Select(ImageStudies.Erased));
        Assert.All(images.RequireWhole().Files, f => Assert.Equal("0,0,10,2", Assert.Single(f.Regions!).ToString()));
        Assert.Single(Directory.GetFileSystemEntries(images.Destination));
    }

    [Fact]
    public void File_that_joins_later_is_a_finding_and_the_study_has_to_be_found_again()
    {
        Deidentify(1);
        Run("$stale = Get-DicomStudy out; Add-RedactionRegion out -Region '0,0,10,2'");
        images.Add("2.dcm", instance: 2);
        var study = Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out -Key $key"));
        Assert.Contains(study.Findings, f => f.Kind == FindingKind.RedactionMissing);
        Assert.Equal([0, 20], images.Written.Select(ImageStudies.Erased).Order());
        Assert.Empty(Run("$stale | Add-RedactionRegion -Region '0,0,10,2'"));
        Assert.Equal("ManifestConflict" + Id, Assert.Single(session.Errors).FullyQualifiedErrorId);
        Assert.Single(Run("Get-DicomStudy out | Add-RedactionRegion -Region '0,0,10,2'"));
        Assert.Equal([20, 20], images.Written.Select(ImageStudies.Erased));
    }

    void Deidentify(int count)
    {
        for (int i = 1; i <= count; i++) images.Add($"{i}.dcm", instance: i);
        Run("$written = Invoke-PacsbinAnonymize source -Destination out -Key $key");
        Assert.Equal(count, images.Written.Length);
    }

    void SetState(StudyState state)
    {
        (images.Manifest with { State = state }).Write(images.StudyFolder);
    }

    List<DicomStudy> Run(string script) => [.. session.Invoke(script).Select(s => s.BaseObject).OfType<DicomStudy>()];

    static string? UidOf(string path)
    {
        using var file = DicomFile.Open(path);
        return file.Dataset.GetString(new Tag(0x00080018));
    }
}
