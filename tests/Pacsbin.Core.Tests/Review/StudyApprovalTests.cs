using System.Security.Cryptography;
using Pacsbin.Deidentification;
using Pacsbin.Redaction;
using Pacsbin.Review;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Review;

public class StudyApprovalTests : ReviewingTests
{
    [Fact]
    public void An_approval_is_recorded_with_the_hashes_of_the_bytes_that_are_there()
    {
        Make(5);
        var before = DateTimeOffset.UtcNow;
        var study = StudyOf(Destination);
        var approval = new StudyApproval(study, Reviewer) { Comment = "Alle Schichten gesehen. 山田", Accepted = [FindingKind.InvalidDate, FindingKind.InvalidDate] };
        Assert.Equal(ApprovalOutcome.Recorded, approval.Run(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(StudyState.Approved, study.State);
        var manifest = Current;
        Assert.Equal(StudyState.Approved, manifest.State);
        var record = manifest.Approval!;
        Assert.Equal((Reviewer, "Alle Schichten gesehen. 山田", $"PacsbinPS {Deidentifier.Version}"), (record.Reviewer, record.Comment, record.Tool));
        Assert.Equal([FindingKind.InvalidDate], record.Accepted);
        Assert.InRange(record.Time, before, DateTimeOffset.UtcNow);
        Assert.Equal(TimeSpan.Zero, record.Time.Offset);
        Assert.All(manifest.Files, f => Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Join(Folder, f.Name)))), f.Sha256));
        Snapshot(Destination);
        Assert.Equal((StudyState.Approved, null), Seen());
        Assert.Equal(manifest.Approval!.MerkleRoot, StudyApproval.Verify(Folder, cancellationToken: TestContext.Current.CancellationToken).Approval!.MerkleRoot);
    }

    [Fact]
    public void Without_a_comment_and_accepted_kinds_none_are_stored()
    {
        Make(1);
        Approve();
        Assert.Equal((null, null), (Current.Approval!.Comment, Current.Approval.Accepted));
        var json = File.ReadAllText(Path.Join(Folder, Manifest.FileName));
        Assert.DoesNotContain("comment", json, StringComparison.Ordinal);
        Assert.DoesNotContain(Environment.MachineName, json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, DicomBuilder.ExplicitLittle)]
    [InlineData("", DicomBuilder.ExplicitLittle)]
    [InlineData("YES ", DicomBuilder.ExplicitLittle)]
    [InlineData("NO", DicomBuilder.ImplicitLittle)]
    [InlineData("YES ", DicomBuilder.ImplicitLittle)]
    [InlineData(null, DicomBuilder.ExplicitBig)]
    [InlineData("YES ", DicomBuilder.Deflated)]
    [InlineData("YES ", Rle)]
    public void A_stamped_file_differs_only_in_what_is_stamped(string? annotation, string syntax)
    {
        Make(Image(1, annotation, syntax: syntax), Image(2, syntax: syntax));
        Copy(Folder, Temporary["before"]);
        Assert.Equal(ApprovalOutcome.Recorded, Approve(FindingKind.BurnedInSuspected));
        foreach (var file in Current.Files)
        {
            var (before, after) = (Path.Join(Temporary["before"], file.Name), Path.Join(Folder, file.Name));
            var codes = CodesOf(after);
            var added = codes.Length - 1;
            var item = $"(0012,0064)[{added}].";
            string[] expected = ["(0012,0064)", $"{item}(0008,0100)", $"{item}(0008,0102)", $"{item}(0008,0104)"];
            Assert.Equal(file.Stamp!.BurnedInAnnotation == "NO" ? expected : [.. expected, "(0028,0301)"], Differences(before, after));
            Assert.Equal([.. CodesOf(before), "113101 DCM Clean Pixel Data Option"], codes);
            Assert.Equal("NO", TextOf(after, 0x00280301));
        }
    }

    [Fact]
    public void The_manifest_remembers_what_was_there_before()
    {
        Make(Image(1), Image(2, "YES "), Image(3, "NO"), Image(4, ""), Image(5, "PERHAPS "), Image(6, hasPixels: false));
        Assert.Equal(ApprovalOutcome.Recorded, Approve(FindingKind.BurnedInSuspected));
        Assert.Equal([null, "", "", "NO", "YES"], Current.Files.Where(f => f.Stamp is not null).Select(f => f.Stamp!.BurnedInAnnotation).Order(StringComparer.Ordinal));
        Assert.All(Current.Files.Where(f => f.Stamp is not null), f => Assert.True(f.Stamp!.CodeAdded));
        Assert.DoesNotContain("PERHAPS", File.ReadAllText(Path.Join(Folder, Manifest.FileName)), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_say_so_already_and_files_without_pixels_are_not_written()
    {
        Make(Image(1), Image(2, hasPixels: false));
        var none = Current.Files.Single(f => TextOf(Path.Join(Folder, f.Name), 0x00280004) is null);
        Assert.True(Burn(Destination, Corner));
        var before = Contents(Folder);
        var times = Directory.GetFiles(Folder, "*.dcm").ToDictionary(f => f, File.GetLastWriteTimeUtc);
        Assert.Equal(ApprovalOutcome.Recorded, Approve());
        Assert.Equal(before, Contents(Folder));
        Assert.All(times, t => Assert.Equal(t.Value, File.GetLastWriteTimeUtc(t.Key)));
        Assert.All(Current.Files, f => Assert.Null(f.Stamp));
        Assert.All(Current.Files, f => Assert.NotNull(f.Sha256));
        Assert.Null(TextOf(Path.Join(Folder, none.Name), 0x00280301));
        Snapshot(Destination);
        Assert.Equal((StudyState.Approved, null), Seen());
    }

    [Fact]
    public void A_suspicion_of_text_keeps_a_study_from_being_approved_until_it_is_accepted()
    {
        Make(Image(1, modality: "US"), Image(2, modality: "US"), Image(3));
        var before = Snapshot(Destination);
        var error = Refusal(() => Approve());
        Assert.Equal(PacsbinError.NotApproved, error.Error);
        Assert.Contains("BurnedInSuspected in 2 files", error.Message, StringComparison.Ordinal);
        Assert.Equal(PacsbinError.NotApproved, Refusal(() => Approve(FindingKind.RedactionMissing)).Error);
        Assert.Equal(before, Snapshot(Destination));
        Assert.Equal(ApprovalOutcome.Recorded, Approve(FindingKind.BurnedInSuspected));
        Assert.Equal([FindingKind.BurnedInSuspected], Current.Approval!.Accepted);
    }

    [Fact]
    public void A_region_settles_the_suspicion_against_its_own_file_only()
    {
        Make(Image(1, modality: "US"), Image(2, modality: "US"));
        var uids = StudyOf(Destination).Series.SelectMany(s => s.Instances).Select(i => i.SopInstanceUid).ToList();
        Assert.True(Burn(Destination, Corner with { SopInstanceUid = uids[0] }));
        Assert.Contains("BurnedInSuspected in 1 file.", Refusal(() => Approve()).Message, StringComparison.Ordinal);
        Assert.True(Burn(Destination, Corner with { SopInstanceUid = uids[1] }));
        Assert.Equal(ApprovalOutcome.Recorded, Approve());
    }

    [Theory]
    [InlineData(false, "1-2")]
    [InlineData(false, "2-3")]
    [InlineData(false, "1-1", "3-3")]
    [InlineData(true, "1-3")]
    [InlineData(true, "3-3", "1-2")]
    [InlineData(true, "1-1", "2-2", "3-3")]
    public void A_region_of_some_frames_does_not_settle_the_others(bool isSettled, params string[] frames)
    {
        Make(Image(1, modality: "US", frames: 3));
        foreach (var range in frames)
        {
            var ends = range.Split('-').Select(int.Parse).ToArray();
            Assert.True(Burn(Destination, Corner with { FirstFrame = ends[0], LastFrame = ends[1] }));
        }

        if (isSettled)
        {
            Assert.Equal(ApprovalOutcome.Recorded, Approve());
        }
        else
        {
            Assert.Equal(PacsbinError.NotApproved, Refusal(() => Approve()).Error);
        }
    }

    [Theory]
    [InlineData(FindingKind.RegionErasedNothing, false)]
    [InlineData(FindingKind.RedactionUndone, false)]
    [InlineData(FindingKind.RedactionMissing, false)]
    [InlineData(FindingKind.BurnedInSuspected, true)]
    public void A_region_settles_no_finding_about_regions_or_hidden_bits(FindingKind kind, bool hasTag)
    {
        Make(2);
        Assert.True(Burn(Destination, Corner));
        var manifest = Current;
        var finding = new Finding(kind, hasTag ? Pacsbin.Dicom.Tags.PixelData : null, "For a test.");
        (manifest with { Files = [manifest.Files[0] with { Findings = [finding] }, manifest.Files[1]] }).Write(Folder);
        Assert.Contains($"{kind} in 1 file.", Refusal(() => Approve()).Message, StringComparison.Ordinal);
        Assert.Equal(ApprovalOutcome.Recorded, Approve(kind));
    }

    [Fact]
    public void Findings_of_other_kinds_do_not_keep_a_study_back()
    {
        Make(1);
        var manifest = Current;
        var others = Enum.GetValues<FindingKind>().Except([FindingKind.BurnedInSuspected, FindingKind.RedactionMissing, FindingKind.RedactionUndone, FindingKind.RegionErasedNothing, FindingKind.IdentifierLeft]);
        (manifest with { Files = [manifest.Files[0] with { Findings = [.. others.Select(k => new Finding(k))] }] }).Write(Folder);
        Assert.Equal(ApprovalOutcome.Recorded, Approve());
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(500, false)]
    [InlineData(-1, false)]
    public void A_file_that_is_not_as_it_was_written_is_refused_and_nothing_changes(int at, bool isLastFile)
    {
        Make(3);
        var path = Path.Join(Folder, Current.Files[isLastFile ? ^1 : 1].Name);
        Flip(path, at < 0 ? ^-at : at);
        var before = Contents(Destination);
        var manifest = File.ReadAllText(Path.Join(Folder, Manifest.FileName));
        Assert.Equal(ApprovalOutcome.Refused, Approve());
        Assert.Equal((path, PacsbinError.ManifestConflict), Assert.Single(Refused));
        Assert.Equal(before, Contents(Destination));
        Assert.Equal(manifest, File.ReadAllText(Path.Join(Folder, Manifest.FileName)));
    }

    [Fact]
    public void A_file_that_cannot_be_read_as_DICOM_any_more_is_a_conflict_too()
    {
        Make(2);
        var study = StudyOf(Destination);
        var path = Path.Join(Folder, Current.Files[0].Name);
        File.WriteAllBytes(path, new byte[new FileInfo(path).Length]);
        Assert.Equal(ApprovalOutcome.Refused, Approve(study));
        Assert.Equal((path, PacsbinError.ManifestConflict), Assert.Single(Refused));
        Assert.Equal(PacsbinError.ManifestConflict, Refusal(() => Approve()).Error);
    }

    [Fact]
    public void A_study_that_lacks_a_file_or_was_found_in_part_is_refused()
    {
        Make(3);
        var study = StudyOf(Destination);
        var part = Assert.Single(new StudyScanner().Scan([study.Series[0].Instances[0].Path], cancellationToken: TestContext.Current.CancellationToken).Studies);
        Assert.Equal(PacsbinError.ManifestConflict, Refusal(() => Approve(part)).Error);
        File.Delete(study.Series[0].Instances[1].Path);
        Assert.Equal(PacsbinError.ManifestConflict, Refusal(() => Approve(study)).Error);
        Assert.Equal(PacsbinError.ManifestConflict, Refusal(() => Approve()).Error);
        Assert.Equal((StudyState.Deidentified, null), (Current.State, Current.Approval));
    }

    [Fact]
    public void A_study_that_stands_in_two_folders_is_refused()
    {
        Make(2);
        Copy(Destination, Temporary["other"]);
        var both = Assert.Single(new StudyScanner().Scan([Destination, Temporary["other"]], cancellationToken: TestContext.Current.CancellationToken).Studies);
        Assert.Equal(PacsbinError.ManifestConflict, Refusal(() => Approve(both)).Error);
    }

    [Theory]
    [InlineData("other.dcm", false)]
    [InlineData("notes.txt", false)]
    [InlineData(".hidden", false)]
    [InlineData("MUELLER", true)]
    public void Anything_beside_the_files_of_the_manifest_is_refused(string name, bool isFolder)
    {
        Make(2);
        var path = Path.Join(Folder, name);
        if (isFolder)
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            File.WriteAllText(path, "x");
        }

        var error = Refusal(() => Approve());
        Assert.Equal(PacsbinError.NotApproved, error.Error);
        Assert.DoesNotContain(name, error.Message, StringComparison.Ordinal);
        Assert.Equal((StudyState.Deidentified, null), (Current.State, Current.Approval));
    }

    [Fact]
    public void What_is_approved_and_unchanged_keeps_its_approval_unless_forced()
    {
        Make(3);
        Approve();
        var (first, before) = (Current, Contents(Folder));
        var study = StudyOf(Destination);
        Assert.Equal(ApprovalOutcome.Unchanged, new StudyApproval(study, "Another") { Comment = "Again" }.Run(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal((StudyState.Approved, first.Approval), (study.State, Current.Approval));
        Assert.Equal(ApprovalOutcome.Recorded, new StudyApproval(study, "Another") { Comment = "Again", Force = true }.Run(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(before, Contents(Folder));
        Assert.Equal(("Another", "Again", first.Approval!.MerkleRoot), (Current.Approval!.Reviewer, Current.Approval.Comment, Current.Approval.MerkleRoot));
        Assert.Equal(first.Files, Current.Files);
        Snapshot(Destination);
        Assert.Equal((StudyState.Approved, null), Seen());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_approved_and_has_changed_is_not_approved_again(bool force)
    {
        Make(2);
        Approve();
        Flip(Path.Join(Folder, Current.Files[0].Name), ^1);
        var approved = File.ReadAllText(Path.Join(Folder, Manifest.FileName));
        Assert.Equal(ApprovalOutcome.Refused, new StudyApproval(StudyOf(Destination), Reviewer) { Force = force }.Run(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(approved, File.ReadAllText(Path.Join(Folder, Manifest.FileName)));
        Assert.Equal(StudyState.Deidentified, Seen().State);
    }

    [Fact]
    public void A_hash_in_the_manifest_that_was_fitted_to_a_changed_file_does_not_help()
    {
        Make(2);
        Approve();
        var path = Path.Join(Folder, Current.Files[0].Name);
        Flip(path, ^1);
        (Current with { Files = [Current.Files[0] with { Xxh128 = Hash(path) }, Current.Files[1]] }).Write(Folder);
        Assert.Equal(PacsbinError.NotApproved, Refusal(() => StudyApproval.Verify(Folder, cancellationToken: TestContext.Current.CancellationToken)).Error);
        Assert.Equal(ApprovalOutcome.Refused, Approve());
        Assert.Equal(ApprovalOutcome.Refused, new StudyApproval(StudyOf(Destination), Reviewer) { Force = true }.Run(cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Source_studies_are_refused()
    {
        Make(1);
        var source = Assert.Single(Source.Scan());
        Assert.Equal(PacsbinError.NotApproved, Refusal(() => Approve(source)).Error);
        Assert.Equal(PacsbinError.FileNotFound, Refusal(() => new StudyRevocation(source).Run(cancellationToken: TestContext.Current.CancellationToken)).Error);
        Assert.Equal(["0000.dcm"], Directory.GetFileSystemEntries(Source.Path).Select(f => Path.GetFileName(f)));
    }

    [Fact]
    public void A_cancelled_approval_changes_nothing_and_goes_on_from_there()
    {
        Make(6);
        var before = Contents(Folder);
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => new StudyApproval(StudyOf(Destination), Reviewer) { ThrottleLimit = 1 }.Run(new Once(3, cancellation.Cancel), cancellation.Token));
        Assert.Equal(before, Contents(Folder));
        var staged = Directory.GetFiles(Assert.Single(Directory.GetDirectories(Destination, ".*.partial")), "*.dcm").ToDictionary(f => Path.GetFileName(f), File.GetLastWriteTimeUtc);
        Assert.Equal(3, staged.Count);
        Assert.Equal(ApprovalOutcome.Recorded, Approve());
        Assert.All(staged, s => Assert.Equal(s.Value, File.GetLastWriteTimeUtc(Path.Join(Folder, s.Key))));
        Snapshot(Destination);
    }

    [Fact]
    public void What_an_interrupted_approval_staged_does_not_get_into_a_study_that_was_redacted_since()
    {
        Make(6);
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => new StudyApproval(StudyOf(Destination), Reviewer) { ThrottleLimit = 1 }.Run(new Once(3, cancellation.Cancel), cancellation.Token));
        Assert.True(Burn(Destination, Corner));
        var burned = Contents(Folder);
        Assert.Equal(ApprovalOutcome.Recorded, Approve());
        Assert.Equal(burned, Contents(Folder));
    }

    [Fact]
    public void A_file_that_changes_while_it_is_approved_is_refused()
    {
        Make(4);
        var path = Path.Join(Folder, Current.Files[3].Name);
        var approval = new StudyApproval(StudyOf(Destination), Reviewer) { ThrottleLimit = 1, Rejected = (p, e) => Refused.Add((p, e.Error)) };
        Assert.Equal(ApprovalOutcome.Refused, approval.Run(new Once(2, () => Flip(path, ^1)), TestContext.Current.CancellationToken));
        Assert.Equal((path, PacsbinError.ManifestConflict), Assert.Single(Refused));
        Assert.Empty(Directory.GetDirectories(Destination, ".*.partial"));
    }

    [Fact]
    public void Text_that_is_no_text_is_stored_as_far_as_it_is()
    {
        Make(1);
        new StudyApproval(StudyOf(Destination), "a\ud800b") { Comment = "line\u0000\n\"<\u2028" }.Run(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(("a\ufffdb", "line\u0000\n\"<\u2028"), (Current.Approval!.Reviewer, Current.Approval.Comment));
        Assert.Equal((StudyState.Approved, null), Seen());
    }

    [Fact]
    public void The_profile_without_pixel_options_needs_a_review_as_well()
    {
        Source.Write("1.dcm", Image(1, "YES "));
        Run(DeidentificationProfile.Basic);
        Assert.Equal(ApprovalOutcome.Recorded, Approve(FindingKind.BurnedInSuspected));
        Assert.Equal(new ReviewStamp("YES", true), Assert.Single(Current.Files).Stamp);
    }
}
