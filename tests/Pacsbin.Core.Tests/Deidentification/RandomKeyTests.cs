using Pacsbin.Deidentification;
using Pacsbin.Projects;
using Pacsbin.Studies;
using Pacsbin.Tests.Studies;
using Xunit;

namespace Pacsbin.Tests.Deidentification;

/// <summary>How long the random key of a run lasts: as long as a rerun can use it.</summary>
public sealed class RandomKeyTests : RunningTests
{
    private const string StudyUid = "1.2.826.0.1.3680043.99.1";

    [Fact]
    public void A_run_that_ends_well_keeps_no_key()
    {
        Source.WithStudy(1, 2);
        var (_, path) = Prepare();
        Assert.False(KeepsKey());
        Assert.False(File.Exists(path));
        Assert.Empty(Rejected);
    }

    [Fact]
    public void A_cancelled_run_keeps_its_key_for_the_rerun()
    {
        Source.WithStudy(1, 100);
        var (_, path) = Prepare();
        RunInterrupted(key: null);
        Assert.Equal(32, new FileInfo(path).Length);
        Assert.False(KeepsKey());
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_study_that_another_run_is_writing_keeps_the_key()
    {
        Source.WithStudy(1, 2);
        var (pseudonymizer, path) = Prepare();
        using (pseudonymizer)
        using (StagedStudy.Open(Destination, pseudonymizer.Uid(StudyUid)))
        {
            Assert.True(KeepsKey());
            Assert.Contains(Rejected, r => r.Error == PacsbinError.ManifestConflict);
            Assert.True(File.Exists(path));
        }

        Assert.False(KeepsKey());
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_file_that_could_not_be_written_keeps_the_key()
    {
        Source.WithStudy(1, 3);
        var (pseudonymizer, path) = Prepare();
        using (pseudonymizer)
        {
            var obstacle = Path.Combine(Destination, $".{pseudonymizer.Uid(StudyUid)}.partial", pseudonymizer.Uid(StudyUid + ".2.2") + ".dcm");
            Directory.CreateDirectory(obstacle);
            Assert.True(KeepsKey());
            Assert.True(File.Exists(path));
            Directory.Delete(obstacle);
        }

        Assert.False(KeepsKey());
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_destination_that_cannot_be_written_keeps_the_key()
    {
        Source.WithStudy(1, 2);
        File.WriteAllText(Destination, "no folder");
        var (_, path) = Prepare();
        Assert.True(KeepsKey());
        Assert.True(File.Exists(path));
        File.Delete(Destination);
        Assert.False(KeepsKey());
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_source_that_is_gone_keeps_the_key()
    {
        Source.WithStudy(1, 2);
        var scanned = Source.Scan();
        var (_, path) = Prepare();
        File.Move(Source["study1/00001.dcm"], Temporary["away.dcm"]);
        Assert.True(KeepsKey(scanned));
        Assert.Contains(Rejected, r => r.Error == PacsbinError.FileNotFound);
        Assert.True(File.Exists(path));
        Assert.False(KeepsKey());
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_damaged_manifest_does_not_keep_the_key()
    {
        Source.WithStudy(1, 2);
        var (pseudonymizer, path) = Prepare();
        using (pseudonymizer)
        {
            var study = Directory.CreateDirectory(Path.Join(Destination, pseudonymizer.Uid(StudyUid))).FullName;
            File.WriteAllText(Path.Join(study, Manifest.FileName), "{");
        }

        Assert.False(KeepsKey());
        Assert.NotEmpty(Rejected);
        Assert.All(Rejected, r => Assert.Equal(PacsbinError.MalformedElement, r.Error));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_study_that_is_there_already_does_not_keep_the_key()
    {
        Source.WithStudy(1, 2);
        var (_, path) = Prepare();
        Run(DeidentificationProfile.Basic, File.ReadAllBytes(path));
        Assert.False(KeepsKey());
        Assert.NotEmpty(Rejected);
        Assert.All(Rejected, r => Assert.Equal(PacsbinError.DestinationExists, r.Error));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_study_folder_that_is_a_link_does_not_keep_the_key()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        Source.WithStudy(1, 2);
        var (pseudonymizer, path) = Prepare();
        using (pseudonymizer)
        {
            Directory.CreateDirectory(Destination);
            Directory.CreateSymbolicLink(Path.Join(Destination, pseudonymizer.Uid(StudyUid)), Directory.CreateDirectory(Temporary["elsewhere"]).FullName);
        }

        Assert.False(KeepsKey());
        Assert.NotEmpty(Rejected);
        Assert.All(Rejected, r => Assert.Equal(PacsbinError.DestinationExists, r.Error));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_rejected_file_does_not_keep_the_key()
    {
        Source.WithStudy(1, 2);
        Source.Write("study1/cut", StudyFolder.Instance(1, 3)[..^10]);
        var (_, path) = Prepare();
        Assert.False(KeepsKey());
        Assert.Single(Rejected);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_key_of_ones_own_is_none_that_is_kept()
    {
        Source.WithStudy(1, 2);
        File.WriteAllText(Destination, "no folder");
        using var run = new DeidentificationRun(DeidentificationProfile.Pacsbin, Destination, Key);
        run.Run(Source.Scan(), _ => { }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.False(run.IsKeyKept);
    }

    /// <summary>Leaves a key as an interrupted run does, to know it.</summary>
    private (Pseudonymizer Pseudonymizer, string Path) Prepare()
    {
        using var key = RunKey.Acquire(Destination);
        return (new Pseudonymizer([.. key.Key]), key.FilePath!);
    }

    private bool KeepsKey(IReadOnlyList<DicomStudy>? studies = null)
    {
        using var run = new DeidentificationRun(DeidentificationProfile.Pacsbin, Destination) { Rejected = (path, e) => Rejected.Add((path, e.Error)) };
        run.Run(studies ?? Source.Scan(), _ => { }, cancellationToken: TestContext.Current.CancellationToken);
        return run.IsKeyKept;
    }
}
