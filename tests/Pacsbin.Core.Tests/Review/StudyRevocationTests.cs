using Pacsbin.Review;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Review;

public class StudyRevocationTests : ReviewingTests
{
    [Theory]
    [InlineData(DicomBuilder.ExplicitLittle), InlineData(DicomBuilder.ImplicitLittle), InlineData(DicomBuilder.ExplicitBig), InlineData(DicomBuilder.Deflated), InlineData(Rle)]
    public void A_revoked_study_is_byte_for_byte_what_it_was_before(string syntax)
    {
        Make(Image(1, syntax: syntax), Image(2, "YES ", syntax: syntax), Image(3, "NO", syntax: syntax), Image(4, "", syntax: syntax), Image(5, hasPixels: false));
        var uid = StudyOf(Destination).Series[0].Instances[0].SopInstanceUid;
        Assert.True(Burn(Destination, Corner with { SopInstanceUid = uid }));
        var before = Snapshot(Destination);
        Assert.Equal(ApprovalOutcome.Recorded, Approve(FindingKind.BurnedInSuspected));
        Assert.NotEqual(before, Snapshot(Destination));
        var study = StudyOf(Destination);
        Assert.Equal(RevocationOutcome.Revoked, new StudyRevocation(study).Run(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(StudyState.Deidentified, study.State);
        Assert.Equal(before, Snapshot(Destination));
        Assert.Equal((StudyState.Deidentified, null), Seen());
    }

    [Fact]
    public void A_study_without_pixels_is_approved_and_revoked_without_writing_a_file()
    {
        Make(Image(1, hasPixels: false), Image(2, hasPixels: false));
        var before = Snapshot(Destination);
        var times = Directory.GetFiles(Folder, "*.dcm").ToDictionary(f => f, File.GetLastWriteTimeUtc);
        Assert.Equal(ApprovalOutcome.Recorded, Approve());
        Assert.Equal((StudyState.Approved, null), Seen());
        Assert.Equal(RevocationOutcome.Revoked, Revoke());
        Assert.Equal(before, Snapshot(Destination));
        Assert.All(times, t => Assert.Equal(t.Value, File.GetLastWriteTimeUtc(t.Key)));
    }

    [Fact]
    public void What_is_not_approved_stays_as_it_is()
    {
        Make(2);
        var before = File.ReadAllText(Path.Join(Folder, Manifest.FileName));
        Assert.Equal(RevocationOutcome.NotApproved, Revoke());
        Assert.Equal(before, File.ReadAllText(Path.Join(Folder, Manifest.FileName)));
        Snapshot(Destination);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_changed_or_is_gone_does_not_save_the_approval(bool isGone)
    {
        Make(3);
        var before = Snapshot(Destination);
        Approve();
        var approved = Contents(Folder);
        var path = Path.Join(Folder, Current.Files[1].Name);
        var bytes = File.ReadAllBytes(path);
        Flip(path, ^1);
        if (isGone)
        {
            File.Delete(path);
        }

        Assert.Equal(RevocationOutcome.StampsLeft, Revoke());
        Assert.Equal((path, isGone ? PacsbinError.FileNotFound : PacsbinError.ManifestConflict), Assert.Single(Refused));
        Assert.Equal((StudyState.Deidentified, null), (Current.State, Current.Approval));
        Assert.All(Current.Files, f => Assert.NotNull(f.Stamp));

        // Put back, the file is as good as the others: the approval does not come back with it, and what it claimed can be taken back now.
        File.WriteAllBytes(path, bytes);
        Assert.Equal(approved, Contents(Folder));
        Assert.Equal((StudyState.Deidentified, null), Seen());
        Assert.Equal(RevocationOutcome.Revoked, Revoke());
        Assert.Equal(before, Snapshot(Destination));
    }

    [Fact]
    public void A_void_approval_can_be_revoked()
    {
        Make(2);
        var before = Snapshot(Destination);
        Approve();
        (Current with { Approval = Current.Approval! with { MerkleRoot = new string('0', 64) } }).Write(Folder);
        var study = StudyOf(Destination);
        Assert.Contains(study.Findings, f => f.Kind == FindingKind.ApprovalVoid);
        Assert.Equal(RevocationOutcome.Revoked, new StudyRevocation(study).Run(cancellationToken: TestContext.Current.CancellationToken));
        Assert.DoesNotContain(study.Findings, f => f.Kind == FindingKind.ApprovalVoid);
        Assert.Equal(before, Snapshot(Destination));
    }

    [Fact]
    public void A_cancelled_revocation_changes_nothing_and_goes_on_from_there()
    {
        Make(6);
        var before = Snapshot(Destination);
        Approve();
        var approved = Snapshot(Destination);
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => new StudyRevocation(StudyOf(Destination)) { ThrottleLimit = 1 }.Run(new Once(3, cancellation.Cancel), cancellation.Token));
        Assert.Equal(approved.Where(f => f.Key != Manifest.FileName), Contents(Folder).Where(f => f.Key != Manifest.FileName));
        Assert.Equal((StudyState.Approved, null), Seen());
        Assert.Equal(RevocationOutcome.Revoked, Revoke());
        Assert.Equal(before, Snapshot(Destination));
    }

    [Fact]
    public void Approved_again_it_is_as_it_was_approved()
    {
        Make(3);
        Approve();
        var approved = Snapshot(Destination);
        Revoke();
        Approve();
        Assert.Equal(approved, Snapshot(Destination));
    }
}
