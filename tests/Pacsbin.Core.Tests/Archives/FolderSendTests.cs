using Pacsbin.Archives;
using Pacsbin.Archives.Media;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Archives;

public sealed class FolderSendTests : FolderSendingTests
{
    [Fact]
    public void Studies_arrive_byte_for_byte_and_their_manifests_stay()
    {
        var studies = MakeStudies(2, 3);
        var told = new List<SendProgress>();
        Send(studies, progress: new Collected(told));
        RequireSent((3, 0), (3, 0));
        RequireCopies(studies);
        Assert.All(studies, s => RequireNoted(s, "Folder"));
        Assert.All(studies, s => Assert.Equal(StudyState.Sent, s.State));
        Assert.Equal(studies.Select(s => (s.StudyInstanceUid, "Folder", s.Path, LengthOf(s))), Sent.Select(s => (s.StudyInstanceUid, s.Archive, s.Path, s.Bytes)));
        Assert.Equal((6, 6, studies.Sum(LengthOf)), (told[^1].Instances, told[^1].TotalInstances, told[^1].Bytes));
        Assert.Equal(told[^1].TotalBytes, told[^1].Bytes);
        Assert.Equal([3, 3], new StudyScanner().Scan([Target], cancellationToken: Token).Studies.Select(s => s.InstanceCount));
    }

    [Fact]
    public void A_rerun_skips_what_is_there_and_completes_what_is_missing()
    {
        var studies = MakeStudies(1, 3);
        Send(studies);
        var file = Path.Join(Target, Names()[1]);
        var written = File.GetLastWriteTimeUtc(Path.Join(Target, Names()[0]));
        File.Delete(file);
        Send(studies);
        RequireSent((1, 2));
        RequireCopies(studies);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Join(Target, Names()[0])));
        Send(studies);
        RequireSent((0, 3));
        Assert.Equal(0, Sent[0].Bytes);
        RequireNoted(studies[0], "Folder", "Folder", "Folder");
    }

    [Fact]
    public void A_study_that_was_not_approved_is_an_error_and_the_others_go()
    {
        Source.Write("1.dcm", Image(1, 1, "ONE"));
        Source.Write("2.dcm", Image(2, 1, "TWO"));
        Run();
        var studies = Found();
        Approve(studies[1]);
        Send([.. Source.Scan().Take(1), .. studies]);
        Assert.Equal([PacsbinError.NotApproved, PacsbinError.NotApproved], NotSent.Select(e => e.Error.Error));
        Assert.Equal(studies[1].StudyInstanceUid, Assert.Single(Sent).StudyInstanceUid);
        RequireCopies(studies[1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_changed_byte_leaves_nothing(bool hasDirectory)
    {
        var studies = MakeStudies(2, 3);
        Flip(Path.Join(studies[0].Path, Manifest.Read(studies[0].Path)!.Files[1].Name), ^1);
        Send(studies, hasDirectory: hasDirectory);
        RequireRejected(studies[0], PacsbinError.NotApproved);
        RequireNoted(studies[0]);
        RequireNoted(studies[1], "Folder");
        if (!hasDirectory)
        {
            RequireCopies(studies[1]);
        }

        Assert.Equal(hasDirectory ? 4 : 3, Names().Length);
        Assert.Empty(Hidden(Target));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_changes_while_others_are_copied_leaves_nothing_of_its_study(bool hasDirectory)
    {
        var studies = MakeStudies(2, 3);
        var last = Path.Join(studies[0].Path, Manifest.Read(studies[0].Path)!.Files[2].Name);
        Send(studies, hasDirectory: hasDirectory, throttleLimit: 1, progress: new At(p => p.Instances == 1, () => Flip(last, ^1)));
        RequireRejected(studies[0], PacsbinError.NotApproved);
        Assert.Equal(studies[1].StudyInstanceUid, Assert.Single(Sent).StudyInstanceUid);
        Assert.Equal(hasDirectory ? 4 : 3, Names().Length);
        Assert.Empty(Hidden(Target));
        RequireNoted(studies[0]);
    }

    [Fact]
    public void A_file_that_the_manifest_does_not_list_keeps_the_study_back()
    {
        var studies = MakeStudies(1, 1);
        File.WriteAllText(Path.Join(studies[0].Path, "notes.txt"), "x");
        Send(studies);
        RequireRejected(studies[0], PacsbinError.NotApproved);
        Assert.Empty(Names());
    }

    [Fact]
    public void A_study_that_another_process_writes_is_an_error()
    {
        var studies = MakeStudies(1, 1);
        using (StagedStudy.Open(Destination, Path.GetFileName(studies[0].Path)))
        {
            Send(studies);
        }

        RequireRejected(studies[0], PacsbinError.ManifestConflict);
        Assert.Empty(Names());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_another_process_keeps_to_itself_is_an_error_of_its_study_alone(bool isLate)
    {
        var studies = MakeStudies(2, 2);
        var path = Path.Join(studies[0].Path, Manifest.Read(studies[0].Path)!.Files[1].Name);
        FileStream? hold = null;
        void Hold() => hold = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        if (!isLate)
        {
            Hold();
        }

        Send(studies, hasDirectory: true, throttleLimit: 1, progress: new At(p => isLate && p.Instances == 1, Hold));
        hold!.Dispose();
        RequireRejected(studies[0], PacsbinError.FileIo);
        Assert.Equal(studies[1].StudyInstanceUid, Assert.Single(Sent).StudyInstanceUid);
        Assert.Equal(3, Names().Length);
        Assert.Empty(Hidden(Target));
    }

    [Fact]
    public void Other_content_is_replaced_only_with_force()
    {
        var studies = MakeStudies(1, 3);
        Send(studies);
        var other = Path.Join(Target, Names()[1]);
        Flip(other, ^1);
        File.WriteAllText(Path.Join(Path.GetDirectoryName(other)!, "1.2.3.dcm"), "old");
        var before = Contents(Target);
        Send(studies);
        RequireRejected(studies[0], PacsbinError.DestinationExists);
        Assert.Equal(before, Contents(Target));
        Send(studies, force: true);
        RequireSent((3, 0));
        RequireCopies(studies);
    }

    [Theory]
    [InlineData("study.json")]
    [InlineData("report.pdf")]
    [InlineData("folder/a.dcm")]
    public void What_is_no_file_of_a_study_is_lost_in_no_case(string name)
    {
        var studies = MakeStudies(1, 1);
        var folder = Path.Join(Target, studies[0].StudyInstanceUid);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Join(folder, name))!);
        File.WriteAllText(Path.Join(folder, name), "x");
        Send(studies, force: true);
        RequireRejected(studies[0], PacsbinError.DestinationExists);
        Assert.Equal("x", File.ReadAllText(Path.Join(folder, name)));
    }

    [Fact]
    public void Nothing_is_written_behind_a_link()
    {
        var studies = MakeStudies(1, 1);
        Directory.CreateDirectory(Target);
        var elsewhere = Directory.CreateDirectory(Temporary["elsewhere"]).FullName;
        var link = Path.Join(Target, studies[0].StudyInstanceUid);
        Directory.CreateSymbolicLink(link, elsewhere);
        Send(studies, force: true);
        RequireRejected(studies[0], PacsbinError.DestinationExists);
        Directory.Delete(link);
        Directory.CreateSymbolicLink(Path.Join(Target, $".{studies[0].StudyInstanceUid}.sent.partial"), elsewhere);
        Send(studies, force: true);
        RequireRejected(studies[0], PacsbinError.DestinationExists);
        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere));
    }

    [Theory]
    [InlineData(".", false)]
    [InlineData("{study}", false)]
    [InlineData("{study}/out", false)]
    [InlineData("{study}/out", true)]
    [InlineData("{study}/out.zip", true)]
    [InlineData("{link}/out", false)]
    public void A_place_in_the_workspace_where_copies_would_pass_for_its_files_is_refused(string place, bool isZip)
    {
        var studies = MakeStudies(1, 1);
        Directory.CreateSymbolicLink(Temporary["link"], studies[0].Path);
        var before = Contents(Destination);
        AimAt(Path.GetFullPath(Path.Join(Destination, place.Replace("{study}", Path.GetFileName(studies[0].Path), StringComparison.Ordinal).Replace("{link}", "../link", StringComparison.Ordinal))));
        Assert.Equal(PacsbinError.DestinationExists, Refusal(() => Send(studies, isZip, force: true)).Error);
        Assert.Equal(before, Contents(Destination));
        RequireNoted(studies[0]);
    }

    [Fact]
    public void A_cancelled_call_leaves_no_final_name_and_its_rerun_goes_on()
    {
        var studies = MakeStudies(1, 5);
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Send(studies, progress: new At(p => p.Instances == 2, cancellation.Cancel), token: cancellation.Token, throttleLimit: 1));
        Assert.Empty(Names());
        Assert.Empty(Sent);
        RequireNoted(studies[0]);
        Send(studies);
        RequireSent((3, 2));
        RequireCopies(studies);
    }

    [Fact]
    public void What_a_killed_process_left_goes_or_is_used()
    {
        var studies = MakeStudies(1, 2);
        var partial = Directory.CreateDirectory(Path.Join(Target, $".{studies[0].StudyInstanceUid}.sent.partial")).FullName;
        var files = Manifest.Read(studies[0].Path)!.Files;
        File.Copy(Path.Join(studies[0].Path, files[0].Name), Path.Join(partial, files[0].Name));
        File.WriteAllBytes(Path.Join(partial, files[1].Name), File.ReadAllBytes(Path.Join(studies[0].Path, files[1].Name))[..^1]);
        File.WriteAllText(Path.Join(partial, "lock"), "");
        File.WriteAllText(Path.Join(partial, "1.2.3.dcm"), "of another time");
        Directory.CreateDirectory(Path.Join(partial, "folder"));
        Send(studies);
        RequireSent((1, 1));
        RequireCopies(studies);
    }

    [Fact]
    public void A_study_that_a_killed_process_was_replacing_is_not_lost()
    {
        var studies = MakeStudies(1, 2);
        Send(studies);
        var final = Path.Join(Target, studies[0].StudyInstanceUid);
        Flip(Path.Join(Target, Names()[0]), ^1);
        var before = Contents(final);
        var aside = Directory.CreateDirectory(Path.Join(Target, $".{studies[0].StudyInstanceUid}.replaced.sent.partial")).FullName;
        Directory.Move(final, Path.Join(aside, "study"));
        Send(studies);
        RequireRejected(studies[0], PacsbinError.DestinationExists);
        Assert.Equal(before, Contents(final));
        Assert.Empty(Hidden(Target));
    }

    private static long LengthOf(DicomStudy study) => Manifest.Read(study.Path)!.Files.Sum(f => f.Length);

    private sealed class Collected(List<SendProgress> told) : IProgress<SendProgress>
    {
        public void Report(SendProgress value) => told.Add(value);
    }
}
