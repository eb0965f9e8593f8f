using Pacsbin.Archives.Media;
using System.IO.Compression;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Archives;

public sealed class ZipSendTests : FolderSendingTests
{
    public ZipSendTests() => AimAt(Temporary["out [1] 山田/studies [2].zip"]);

    private string Above => Path.GetDirectoryName(Target)!;

    [Fact]
    public void One_archive_has_all_studies_byte_for_byte()
    {
        var studies = MakeStudies(2, 3);
        Send(studies, isZip: true);
        RequireSent((3, 0), (3, 0));
        RequireEntries(studies);
        Assert.All(studies, s => RequireNoted(s, "Zip"));
        Assert.Equal([Target], Directory.EnumerateFileSystemEntries(Above));
        Assert.Equal([3, 3], new StudyScanner().Scan([Target], cancellationToken: Token).Studies.Select(s => s.InstanceCount));
    }

    [Fact]
    public void Other_makers_read_it()
    {
        var studies = MakeStudies(2, 3);
        Send(studies, isZip: true);
        var unzip = Peer.Run("unzip", ["-t", Target]);
        Assert.True(unzip.ExitCode == 0, unzip.Output + unzip.Error);
        var python = Peer.Run(Peer.Python, ["-c", "import sys,zipfile,hashlib\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nfor i in z.infolist(): print(i.filename, hashlib.sha256(z.read(i)).hexdigest(), i.date_time[0])", Target]);
        Assert.Equal("", python.Error);
        Assert.Equal(
            studies.SelectMany(s => Manifest.Read(s.Path)!.Files.Select(f => $"{s.StudyInstanceUid}/{f.Name} {f.Sha256} 1980")).Order(StringComparer.Ordinal),
            python.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void The_same_studies_give_the_same_bytes_in_any_order()
    {
        var studies = MakeStudies(2, 3);
        Send(studies, isZip: true, hasDirectory: true);
        var first = File.ReadAllBytes(Target);
        studies.Reverse();
        Send(studies, isZip: true, hasDirectory: true, force: true);
        Assert.Equal(first, File.ReadAllBytes(Target));
    }

    [Fact]
    public void An_archive_that_is_there_is_replaced_only_with_force()
    {
        var studies = MakeStudies(1, 1);
        Directory.CreateDirectory(Above);
        File.WriteAllText(Target, "old");
        Assert.Equal(PacsbinError.DestinationExists, Refusal(() => Send(studies, isZip: true)).Error);
        Assert.Equal("old", File.ReadAllText(Target));
        RequireNoted(studies[0]);
        Send(studies, isZip: true, force: true);
        RequireEntries(studies);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_study_with_a_changed_byte_is_not_in_it(int instances)
    {
        var studies = MakeStudies(3, 3);
        var file = Path.Join(studies[1].Path, Manifest.Read(studies[1].Path)!.Files[2].Name);
        if (instances == 0)
        {
            Flip(file, ^1);
        }

        Send(studies, isZip: true, progress: new At(p => instances > 0 && p.Instances == 4, () => Flip(file, ^1)));
        RequireRejected(studies[1], PacsbinError.NotApproved);
        Assert.Equal([studies[0].StudyInstanceUid, studies[2].StudyInstanceUid], Sent.Select(s => s.StudyInstanceUid));
        Assert.Equal([3, 3], Sent.Select(s => s.Stored));
        Assert.All(Sent, s => Assert.True(s.IsVerified));
        RequireEntries(studies[0], studies[2]);
        RequireNoted(studies[1]);
    }

    [Fact]
    public void Without_an_approved_study_there_is_no_archive()
    {
        var studies = MakeStudies(1, 2);
        Send([], isZip: true);
        Flip(Path.Join(studies[0].Path, Manifest.Read(studies[0].Path)!.Files[0].Name), ^1);
        Send(studies, isZip: true);
        RequireRejected(studies[0], PacsbinError.NotApproved);
        Assert.False(Directory.Exists(Above));
    }

    [Fact]
    public void A_cancelled_call_leaves_nothing_and_leftovers_of_a_killed_one_go()
    {
        var studies = MakeStudies(1, 5);
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Send(studies, isZip: true, progress: new At(p => p.Instances == 2, cancellation.Cancel), token: cancellation.Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Above));
        RequireNoted(studies[0]);
        File.WriteAllText(Path.Join(Above, $".{Path.GetFileName(Target)}.{Guid.NewGuid():N}.partial"), "half");
        Send(studies, isZip: true);
        RequireEntries(studies);
        Assert.Equal([Target], Directory.EnumerateFileSystemEntries(Above));
    }

    [Fact]
    public void Two_studies_with_one_uid_do_not_get_mixed()
    {
        var studies = MakeStudies(1, 1);
        Copy(Destination, Temporary["second"]);
        var second = new StudyScanner().Scan([Temporary["second"]], cancellationToken: Token).Studies;
        Send([.. studies, .. second], isZip: true);
        RequireRejected(second[0], PacsbinError.DestinationExists);
        RequireEntries(studies);
    }

    private void RequireEntries(params IEnumerable<DicomStudy> studies)
    {
        using var zip = ZipFile.OpenRead(Target);
        var expected = studies.SelectMany(s => Manifest.Read(s.Path)!.Files.Select(f => (Name: $"{s.StudyInstanceUid}/{f.Name}", Source: Path.Join(s.Path, f.Name)))).ToList();
        Assert.Equal(expected.Select(e => e.Name), zip.Entries.Select(e => e.FullName));
        foreach (var (name, source) in expected)
        {
            using var content = new MemoryStream();
            using var stream = zip.GetEntry(name)!.Open();
            stream.CopyTo(content);
            Assert.Equal(File.ReadAllBytes(source), content.ToArray());
        }
    }
}
