using Pacsbin.Deidentification;
using Pacsbin.Redaction;
using Pacsbin.Review;
using Pacsbin.Studies;
using Pacsbin.Tests.Studies;
using Xunit;

namespace Pacsbin.Tests.Review;

public class StudyRedactionTests : RedactingTests
{
    private const int Files = 6;

    /// <summary>How many files had been moved when the call before ended, as a killed process or a failing disk leaves them.</summary>
    public static TheoryData<int> Moves => [.. Enumerable.Range(0, Files)];

    [Theory, MemberData(nameof(Moves))]
    public void A_call_that_ended_between_two_moves_is_finished_by_the_same_call(int moved)
    {
        var expected = Expected(Corner);
        BurnUntil(moved);
        Assert.Single(Directory.GetDirectories(Destination, ".*.partial"));
        Assert.True(Burn(Destination, Corner));
        Assert.Equal(expected, WholeStudy(Destination));
    }

    [Theory, MemberData(nameof(Moves))]
    public void A_call_that_ended_between_two_moves_is_finished_by_a_call_with_another_region(int moved)
    {
        var expected = Expected(Corner, Edge);
        BurnUntil(moved);
        Assert.True(Burn(Destination, Edge));
        Assert.Equal(expected, WholeStudy(Destination));
    }

    [Theory, MemberData(nameof(Moves))]
    public void A_call_that_ended_between_two_moves_is_finished_by_the_run_that_made_the_study(int moved)
    {
        var expected = Expected(Corner);
        BurnUntil(moved);
        Assert.Equal(new StudyOutcome(0, Files, 0), Assert.Single(Run()).Outcome);
        Assert.Equal(expected, WholeStudy(Destination));
    }

    [Fact]
    public void A_call_that_was_cancelled_leaves_the_study_as_it_is_and_another_region_starts_anew()
    {
        var expected = Expected(Edge);
        var before = Contents(StudyOf(Destination).Path);
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            new StudyRedaction(StudyOf(Destination), [Corner]) { ThrottleLimit = 1 }.Run(new Once(3, cancellation.Cancel), cancellation.Token));
        Assert.Equal(before, Contents(StudyOf(Destination).Path));
        Assert.True(Burn(Destination, Edge));
        Assert.Equal(expected, WholeStudy(Destination));
    }

    [Fact]
    public void A_call_that_was_cancelled_goes_on_from_there()
    {
        var expected = Expected(Corner);
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            new StudyRedaction(StudyOf(Destination), [Corner]) { ThrottleLimit = 1 }.Run(new Once(3, cancellation.Cancel), cancellation.Token));
        var staging = Assert.Single(Directory.GetDirectories(Destination, ".*.partial"));
        var times = Directory.GetFiles(staging, "*.dcm").ToDictionary(f => Path.GetFileName(f), File.GetLastWriteTimeUtc);
        Assert.Equal(3, times.Count);
        Assert.True(Burn(Destination, Corner));
        Assert.Equal(expected, WholeStudy(Destination));
        Assert.All(times, t => Assert.Equal(t.Value, File.GetLastWriteTimeUtc(Path.Join(StudyOf(Destination).Path, t.Key))));
    }

    [Fact]
    public void A_staged_manifest_that_a_power_failure_cut_is_made_again()
    {
        var expected = Expected(Corner);
        BurnUntil(3);
        var staging = Assert.Single(Directory.GetDirectories(Destination, ".*.partial"));
        File.WriteAllText(Path.Join(staging, Manifest.FileName), "{ \"format\": \"pacs");
        Assert.True(Burn(Destination, Edge with { SopInstanceUid = "1.2.3.no" }) is false);
        Assert.Equal(expected, WholeStudy(Destination));
    }

    [Theory]
    [InlineData("{\"name\":null}\n\"moving\"\n")]
    [InlineData("{\n\"moving\"\n")]
    [InlineData("{\"name\":\"../../../../etc/passwd\",\"length\":1,\"xxh128\":\"00\",\"findings\":null}\n\"moving\"\n")]
    public void A_journal_that_nobody_wrote_changes_nothing(string journal)
    {
        Source.WithStudy(1, 2);
        Run();
        var before = WholeStudy(Destination);
        var study = StudyOf(Destination);
        var staging = Directory.CreateDirectory(Path.Join(Destination, $".{Path.GetFileName(study.Path)}.partial")).FullName;
        File.WriteAllText(Path.Join(staging, StagingJournal.FileName), journal);
        Assert.Equal(new StudyOutcome(0, 2, 0), Assert.Single(Run()).Outcome);
        Assert.Equal(before, WholeStudy(Destination));
    }

    [Fact]
    public void A_full_disk_is_an_error_of_each_file_and_the_study_stays()
    {
        Source.WithStudy(1, 2);
        Run();
        var before = WholeStudy(Destination);
        var staging = Path.Join(Destination, $".{Path.GetFileName(StudyOf(Destination).Path)}.partial");
        // A folder where a file is to be written is refused as a full disk is: by an IOException.
        var study = StudyOf(Destination);
        var redaction = new StudyRedaction(study, [Corner]) { ThrottleLimit = 1, Rejected = (path, e) => Refused.Add((path, e.Error)) };
        Assert.False(redaction.Run(new Once(1, () => Directory.CreateDirectory(Path.Join(staging, Path.GetFileName(study.Series[0].Instances[1].Path)))), TestContext.Current.CancellationToken));
        Assert.Equal((study.Series[0].Instances[1].Path, PacsbinError.FileIo), Assert.Single(Refused));
        Assert.Equal(before, Manifest.Read(study.Path)!.Files.ToDictionary(f => f.Name, f => $"{f.Xxh128} "));
        Assert.Equal(new StudyOutcome(0, 2, 0), Assert.Single(Run()).Outcome);
    }

    [Fact]
    public void A_manifest_that_cannot_be_written_shows_before_anything_is_moved()
    {
        Source.WithStudy(1, Files);
        Run();
        var study = StudyOf(Destination);
        var before = WholeStudy(Destination);
        var blocker = Path.Join(study.Path, Manifest.FileName + ".new");
        var error = Assert.Throws<PacsbinException>(() => Burn(Destination, new Once(Files, () => Directory.CreateDirectory(blocker)), Corner));
        Assert.Contains(error.Error, new[] { PacsbinError.FileIo, PacsbinError.FileAccessDenied });
        Directory.Delete(blocker);
        Assert.Equal(before, WholeStudy(Destination));
    }

    [Fact]
    public void A_study_that_was_approved_is_not_any_more()
    {
        Source.WithStudy(1, 1);
        Run();
        var study = StudyOf(Destination);
        (Manifest.Read(study.Path)! with { State = StudyState.Approved }).Write(study.Path);
        study = StudyOf(Destination);
        Assert.True(new StudyRedaction(study, [Corner]).Run(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal((StudyState.Deidentified, StudyState.Deidentified), (study.State, Manifest.Read(study.Path)!.State));
    }

    [Fact]
    public void A_manifest_that_names_a_file_twice_is_refused()
    {
        Source.WithStudy(1, 1);
        Run();
        var study = StudyOf(Destination);
        var manifest = Manifest.Read(study.Path)!;
        (manifest with { Files = [manifest.Files[0], manifest.Files[0]] }).Write(study.Path);
        Assert.Equal(PacsbinError.MalformedElement, Assert.Throws<PacsbinException>(() => new StudyRedaction(study, [Corner])).Error);
    }

    [Fact]
    public void A_forced_run_that_was_killed_while_it_wrote_the_manifest_does_not_hinder_the_next()
    {
        Source.WithStudy(1, 1);
        Run();
        File.WriteAllText(Path.Join(StudyOf(Destination).Path, Manifest.FileName + ".new"), "{");
        Assert.Equal(new StudyOutcome(1, 0, 0), Assert.Single(Run(force: true)).Outcome);
        Assert.Empty(Rejected);
        WholeStudy(Destination);
    }

    [Fact]
    public void What_a_forced_run_staged_that_was_interrupted_does_not_get_into_a_study_that_is_only_added_to()
    {
        Source.WithStudy(1, 100);
        Run();
        Assert.True(Burn(Destination, Corner));
        var burned = WholeStudy(Destination);
        using (var cancellation = new CancellationTokenSource())
        using (var run = new DeidentificationRun(DeidentificationProfile.Pacsbin, Destination, Key) { ThrottleLimit = 1, Force = true })
        {
            Assert.ThrowsAny<OperationCanceledException>(() => run.Run(Source.Scan(), _ => { }, new Cancelling(cancellation), cancellation.Token));
        }

        Source.Write("study1/more.dcm", StudyFolder.Instance(1, 101));
        Assert.Equal(new StudyOutcome(1, 100, 0), Assert.Single(Run()).Outcome);
        var after = WholeStudy(Destination);
        Assert.Equal(101, after.Count);
        Assert.All(burned, b => Assert.Equal(b.Value, after[b.Key]));
    }

    [Fact]
    public void A_study_that_lacks_a_file_is_refused_because_the_file_would_come_back_unredacted()
    {
        Source.WithStudy(1, 3);
        Run();
        var study = StudyOf(Destination);
        var before = WholeStudy(Destination);
        File.Delete(study.Series[0].Instances[1].Path);
        Assert.Equal(PacsbinError.ManifestConflict, Assert.Throws<PacsbinException>(() => Burn(Destination, Corner)).Error);
        Assert.Equal(new StudyOutcome(1, 2, 0), Assert.Single(Run()).Outcome);
        Assert.Equal(before, WholeStudy(Destination));
        Assert.True(Burn(Destination, Corner));
    }

    private sealed class Cancelling(CancellationTokenSource source) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => source.Cancel();
    }

    /// <summary>Makes the study, and another one that regions are burned into one after the other without disturbance.</summary>
    private Dictionary<string, string> Expected(params RedactionRegion[] regions)
    {
        Source.WithStudy(1, Files);
        Run();
        Copy(Destination, Temporary["expected"]);
        Assert.All(regions, r => Assert.True(Burn(Temporary["expected"], r)));
        return WholeStudy(Temporary["expected"]);
    }

    /// <summary>Burns the corner in until a number of files are moved; then a folder is in the way of the next.</summary>
    private void BurnUntil(int moved)
    {
        var path = StudyOf(Destination).Series.SelectMany(s => s.Instances).Select(i => i.Path).ElementAt(moved);
        var blocked = new Once(Files, () =>
        {
            File.Move(path, path + ".aside");
            Directory.CreateDirectory(path);
        });
        Assert.Throws<PacsbinException>(() => Burn(Destination, blocked, Corner));
        Directory.Delete(path);
        File.Move(path + ".aside", path);
    }
}
