using Pacsbin.Deidentification;
using Pacsbin.Review;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Review;

/// <summary>Whatever happens to an approved study afterwards: a scan and a check before sending notice it.</summary>
public class VoidApprovalTests : ReviewingTests
{
    private const int Files = 5;

    [Theory]
    [InlineData(0, 0), InlineData(0, 1), InlineData(0, 2), InlineData(2, 1), InlineData(4, 0), InlineData(4, 2)]
    public void A_byte_that_changes_makes_the_approval_void_even_if_size_and_times_are_put_back(int file, int place)
    {
        MakeApproved();
        var path = Path.Join(Folder, Current.Files[file].Name);
        Flip(path, place switch { 0 => 0, 1 => (int)new FileInfo(path).Length / 2, _ => ^1 });
        AssertVoid("A file is not the one that was approved.", $"{Path.GetFileName(path)}: the file is not the one that was approved.");
    }

    [Fact]
    public void A_file_that_is_missing_makes_the_approval_void()
    {
        MakeApproved();
        var name = Current.Files[1].Name;
        File.Delete(Path.Join(Folder, name));
        AssertVoid("A file is missing.", $"{name}: the file is missing.");
    }

    [Fact]
    public void A_file_in_the_place_of_another_makes_the_approval_void()
    {
        MakeApproved();
        var (one, other) = (Path.Join(Folder, Current.Files[0].Name), Path.Join(Folder, Current.Files[1].Name));
        Assert.Equal(new FileInfo(one).Length, new FileInfo(other).Length);
        File.Copy(other, one, overwrite: true);
        AssertVoid("A file is not the one that was approved.", null);
    }

    [Fact]
    public void A_file_of_another_study_in_its_place_makes_both_that_and_the_rest_void()
    {
        MakeApproved();
        File.WriteAllBytes(Path.Join(Folder, Current.Files[0].Name), Pacsbin.Tests.Studies.StudyFolder.Instance(9, 9));
        var studies = new StudyScanner().Scan([Destination], cancellationToken: TestContext.Current.CancellationToken).Studies;
        Assert.Equal(2, studies.Count);
        Assert.All(studies, s => Assert.Equal((StudyState.Deidentified, 1), (s.State, s.Findings.Count(f => f.Kind == FindingKind.ApprovalVoid))));
    }

    [Fact]
    public void A_change_that_the_quick_hash_of_the_manifest_was_made_to_cover_makes_the_approval_void()
    {
        MakeApproved();
        var first = Current.Files[0];
        var path = Path.Join(Folder, first.Name);
        Flip(path, ^1);
        (Current with { Files = [first with { Xxh128 = Hash(path) }, .. Current.Files.Skip(1)] }).Write(Folder);
        AssertVoid("A file is not the one that was approved.", $"{first.Name}: the file is not the one that was approved.");
    }

    [Fact]
    public void A_file_that_joins_the_folder_makes_the_approval_void()
    {
        MakeApproved();
        File.WriteAllText(Path.Join(Folder, "notes.txt"), "not reviewed");
        AssertVoid("The folder holds files that were not approved.", null);
    }

    [Fact]
    public void A_link_to_a_file_is_not_the_file()
    {
        MakeApproved();
        var path = Path.Join(Folder, Current.Files[0].Name);
        File.Move(path, Temporary["elsewhere.dcm"]);
        File.CreateSymbolicLink(path, Temporary["elsewhere.dcm"]);
        AssertVoid("A file is not the one that was approved.", null);
    }

    [Fact]
    public void A_file_that_cannot_be_read_as_DICOM_makes_the_approval_void()
    {
        MakeApproved();
        File.WriteAllBytes(Path.Join(Folder, Current.Files[0].Name), [1, 2, 3]);
        AssertVoid("A file is not the one that was approved.", null);
    }

    public static TheoryData<string> Edits => ["no approval", "root", "hash", "no hash", "upper case", "less", "more", "name", "order of digits"];

    [Theory, MemberData(nameof(Edits))]
    public void A_manifest_that_was_edited_makes_the_approval_void(string edit)
    {
        MakeApproved();
        var manifest = Current;
        var first = manifest.Files[0];
        Manifest With(ManifestFile file) => manifest with { Files = [file, .. manifest.Files.Skip(1)] };
        (edit switch
        {
            "no approval" => manifest with { Approval = null },
            "root" => manifest with { Approval = manifest.Approval! with { MerkleRoot = new string('0', 64) } },
            "hash" => With(first with { Sha256 = new string('0', 64) }),
            "no hash" => With(first with { Sha256 = null }),
            "upper case" => With(first with { Sha256 = first.Sha256!.ToUpperInvariant() }),
            "less" => manifest with { Files = [.. manifest.Files.Skip(1)] },
            "more" => manifest with { Files = [.. manifest.Files, first with { Name = "more.dcm" }] },
            "name" => With(first with { Name = "0.dcm" }),
            _ => With(first with { Sha256 = string.Concat(first.Sha256!.Reverse()) }),
        }).Write(Folder);
        AssertVoid(edit == "no approval" ? "The manifest has no approval." : "The manifest is not the one that was approved.", null);
    }

    [Fact]
    public void An_approval_that_nobody_gave_is_void()
    {
        Make(2);
        (Current with { State = StudyState.Approved }).Write(Folder);
        AssertVoid("The manifest has no approval.", "The manifest has no approval.");
    }

    [Fact]
    public void Sent_studies_are_compared_as_well()
    {
        MakeApproved();
        (Current with { State = StudyState.Sent }).Write(Folder);
        Assert.Equal((StudyState.Sent, null), Seen());
        Flip(Path.Join(Folder, Current.Files[0].Name), ^1);
        AssertVoid("A file is not the one that was approved.", null);
    }

    [Fact]
    public void A_study_that_nobody_approved_has_no_approval_that_could_be_void()
    {
        Make(2);
        Flip(Path.Join(Folder, Current.Files[0].Name), ^1);
        var progress = new List<ScanProgress>();
        var study = Assert.Single(new StudyScanner().Scan([Destination], new Collecting(progress), TestContext.Current.CancellationToken).Studies);
        Assert.Empty(study.Findings);
        Assert.All(progress, p => Assert.Equal(0, p.Approved));
        Assert.Equal(PacsbinError.NotApproved, Refusal(() => StudyApproval.Verify(Folder, cancellationToken: TestContext.Current.CancellationToken)).Error);
    }

    [Fact]
    public void The_comparison_tells_its_progress_and_can_be_cancelled()
    {
        MakeApproved();
        var progress = new List<ScanProgress>();
        new StudyScanner { ThrottleLimit = 1 }.Scan([Destination], new Collecting(progress), TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(1, Files), progress.Select(p => p.Approved).Where(a => a > 0));
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => new StudyScanner { ThrottleLimit = 1 }.Scan([Destination], new Cancelling(cancellation), cancellation.Token));
        using var other = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => StudyApproval.Verify(Folder, 1, new Once(2, other.Cancel), other.Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_approval_that_is_revoked_or_given_anew_while_a_scan_compares_is_not_void(bool isGivenAnew)
    {
        MakeApproved();
        var progress = new Deed(() =>
        {
            Assert.Equal(RevocationOutcome.Revoked, new StudyRevocation(Known!).Run(cancellationToken: TestContext.Current.CancellationToken));
            if (isGivenAnew)
            {
                Assert.True(new StudyRedaction(Known!, [Corner]).Run(cancellationToken: TestContext.Current.CancellationToken));
                Assert.Equal(ApprovalOutcome.Recorded, new StudyApproval(Known!, Reviewer).Run(cancellationToken: TestContext.Current.CancellationToken));
            }
        });
        Known = StudyOf(Destination);
        var study = Assert.Single(new StudyScanner { ThrottleLimit = 1 }.Scan([Destination], progress, TestContext.Current.CancellationToken).Studies);
        Assert.Equal(1, progress.Count);
        Assert.Equal(isGivenAnew ? StudyState.Approved : StudyState.Deidentified, study.State);
        Assert.Empty(study.Findings);
    }

    [Fact]
    public void Two_workspaces_with_one_study_show_the_lower_state()
    {
        MakeApproved();
        Copy(Destination, Temporary["workspace2"]);
        Flip(Path.Join(Temporary["workspace2"], Path.GetFileName(Folder), Current.Files[0].Name), ^1);
        var study = Assert.Single(new StudyScanner().Scan([Destination, Temporary["workspace2"]], cancellationToken: TestContext.Current.CancellationToken).Studies);
        Assert.Equal((StudyState.Deidentified, FindingKind.ApprovalVoid), (study.State, Assert.Single(study.Findings).Kind));
    }

    [Fact]
    public void Burning_in_takes_the_approval_back_and_what_it_claimed_of_the_burned_files()
    {
        MakeApproved();
        var uid = StudyOf(Destination).Series[0].Instances[0].SopInstanceUid;
        Assert.True(Burn(Destination, Corner with { SopInstanceUid = uid }));
        AssertTakenBack();
        var burned = Assert.Single(Current.Files, f => f.Regions is not null);
        Assert.Equal((null, null), (burned.Sha256, burned.Stamp));
        Assert.Equal(RevocationOutcome.Revoked, Revoke());
        Assert.All(Current.Files, f => Assert.Equal(f.Name == burned.Name ? "NO" : null, TextOf(Path.Join(Folder, f.Name), 0x00280301)));
        Assert.Equal(ApprovalOutcome.Recorded, Approve());
        Assert.Equal((StudyState.Approved, null), Seen());
    }

    [Fact]
    public void A_file_that_joins_takes_the_approval_back()
    {
        MakeApproved();
        Source.Write("more.dcm", Image(Files + 1));
        Assert.Equal(new StudyOutcome(1, Files, 0), Assert.Single(Run()).Outcome);
        AssertTakenBack();
        Assert.Equal(ApprovalOutcome.Recorded, Approve());
        Assert.All(Current.Files, f => Assert.NotNull(f.Stamp));
    }

    [Fact]
    public void A_file_that_comes_back_takes_the_approval_back()
    {
        MakeApproved();
        File.Delete(Path.Join(Folder, Current.Files[0].Name));
        Assert.Equal(new StudyOutcome(1, Files - 1, 0), Assert.Single(Run()).Outcome);
        AssertTakenBack();
    }

    [Fact]
    public void A_run_that_writes_nothing_leaves_the_approval()
    {
        MakeApproved();
        var before = File.ReadAllText(Path.Join(Folder, Manifest.FileName));
        Assert.Equal(new StudyOutcome(0, Files, 0), Assert.Single(Run()).Outcome);
        Assert.Equal(before, File.ReadAllText(Path.Join(Folder, Manifest.FileName)));
        Assert.Equal((StudyState.Approved, null), Seen());
    }

    [Fact]
    public void A_forced_run_takes_the_approval_back()
    {
        MakeApproved();
        Assert.Equal(new StudyOutcome(Files, 0, 0), Assert.Single(Run(force: true)).Outcome);
        AssertTakenBack();
        Assert.All(Current.Files, f => Assert.Equal((null, null), (f.Sha256, f.Stamp)));
    }

    private DicomStudy? Known { get; set; }

    private void MakeApproved()
    {
        Make(Files);
        Assert.Equal(ApprovalOutcome.Recorded, Approve());
    }

    private void AssertTakenBack()
    {
        Assert.Equal((StudyState.Deidentified, null), (Current.State, Current.Approval));
        Assert.Equal((StudyState.Deidentified, null), Seen());
        Snapshot(Destination);
        Assert.Equal(PacsbinError.NotApproved, Refusal(() => StudyApproval.Verify(Folder, cancellationToken: TestContext.Current.CancellationToken)).Error);
    }

    private void AssertVoid(string detail, string? reason)
    {
        Assert.Equal((StudyState.Deidentified, detail), Seen());
        var error = Refusal(() => StudyApproval.Verify(Folder, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(PacsbinError.NotApproved, error.Error);
        Assert.Contains(reason ?? ": ", error.Message, StringComparison.Ordinal);
    }

    private sealed class Collecting(List<ScanProgress> reports) : IProgress<ScanProgress>
    {
        public void Report(ScanProgress value)
        {
            lock (reports)
            {
                reports.Add(value);
            }
        }
    }

    /// <summary>Does something once, when the first file of an approved study was compared.</summary>
    private sealed class Deed(Action act) : IProgress<ScanProgress>
    {
        public int Count { get; private set; }

        public void Report(ScanProgress value)
        {
            if (value.Approved > 0 && Count == 0)
            {
                Count++;
                act();
            }
        }
    }

    private sealed class Cancelling(CancellationTokenSource source) : IProgress<ScanProgress>
    {
        public void Report(ScanProgress value)
        {
            if (value.Approved == 2)
            {
                source.Cancel();
            }
        }
    }
}
