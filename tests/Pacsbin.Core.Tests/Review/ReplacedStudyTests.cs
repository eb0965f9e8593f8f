using Pacsbin.Deidentification;
using Pacsbin.Redaction;
using Pacsbin.Studies;
using Pacsbin.Tests.Studies;
using Xunit;

namespace Pacsbin.Tests.Review;

/// <summary>Forced runs that end at the worst moment: afterwards a study is the old one or the new one, never a mixture.</summary>
public class ReplacedStudyTests : RedactingTests
{
    private const int Files = 3;

    [Fact]
    public void Of_a_run_that_ended_with_all_files_staged_the_rerun_leaves_nothing_of_the_old_copy()
    {
        Source.WithStudy(1, Files);
        Run();
        Assert.Null(EndBeforeFinish(Corner));
        Assert.Equal(new StudyOutcome(0, Files, 0), Forced(Corner)!.Outcome);
        AssertAllErased(Files);
    }

    [Fact]
    public void A_file_that_the_rerun_rejects_does_not_stay_from_the_old_copy()
    {
        Source.WithStudy(1, Files);
        Run();
        Assert.Null(EndWithoutLast(Corner));
        Source.Write(Last, StudyFolder.Instance(1, Files)[..^10]);
        Assert.Equal(new StudyOutcome(0, Files - 1, 1), Forced(Corner)!.Outcome);
        AssertAllErased(Files - 1);
        Assert.Equal(1, Manifest.Read(StudyOf(Destination).Path)!.Rejected.Values.Sum());
    }

    [Fact]
    public void A_file_that_vanished_does_not_stay_from_the_old_copy_and_is_erased_when_it_is_back()
    {
        Source.WithStudy(1, Files);
        Run();
        Assert.Null(EndWithoutLast(Corner));
        Assert.Equal(new StudyOutcome(0, Files - 1, 0), Forced(Corner)!.Outcome);
        AssertAllErased(Files - 1);
        Source.WithStudy(1, Files);
        Assert.Equal(new StudyOutcome(1, Files - 1, 0), Planned(force: false, null, Corner)!.Outcome);
        AssertAllErased(Files);
    }

    [Fact]
    public void A_run_that_rejects_every_file_leaves_the_old_copy()
    {
        Source.WithStudy(1, 1);
        Run();
        var before = WholeStudy(Destination);
        Source.Write("study1/00001.dcm", StudyFolder.Instance(1, 1)[..^10]);
        Assert.Null(Forced(Corner));
        Assert.Equal(before, WholeStudy(Destination));
    }

    [Fact]
    public void Files_that_came_later_and_were_all_staged_are_added_by_the_rerun()
    {
        Source.WithStudy(1, Files - 1);
        Run();
        Source.WithStudy(1, Files);
        var blocker = Path.Join(Assert.Single(Studies(Destination)), Manifest.TemporaryName);
        Assert.Null(Planned(force: false, new Ending(Files, () => Directory.CreateDirectory(blocker))));
        Directory.Delete(blocker);
        Assert.Equal(new StudyOutcome(0, Files, 0), Assert.Single(Run()).Outcome);
        Assert.Equal(Files, WholeStudy(Destination).Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_copy_that_was_set_aside_is_back_before_the_next_run_looks(bool force)
    {
        var burned = Burned();
        Assert.Null(EndBeforeFinish());
        Directory.Move(burned.Path, StudyReplacement.AsideOf(burned.Path));
        var study = Planned(force, null)!;
        Assert.Equal(new StudyOutcome(0, Files, 0), study.Outcome);
        Assert.Equal(force, study.Findings.Any(f => f.Kind == FindingKind.RedactionUndone));
        var after = WholeStudy(Destination);
        Assert.Equal(!force, after.SequenceEqual(burned.Files));
        Assert.All(Manifest.Read(study.Path)!.Files, f => Assert.Equal(force, f.Regions is null));
    }

    [Fact]
    public void A_copy_that_was_set_aside_needs_force_to_be_written_with_other_regions()
    {
        var burned = Burned();
        Assert.Null(EndBeforeFinish(Edge));
        Directory.Move(burned.Path, StudyReplacement.AsideOf(burned.Path));
        Assert.Null(Planned(force: false, null, Edge));
        Assert.Contains(Rejected, r => r.Error == PacsbinError.DestinationExists);
        Assert.Equal(new StudyOutcome(0, Files, 0), Forced(Edge)!.Outcome);
        Assert.All(WholeStudy(Destination).Values, v => Assert.EndsWith(Edge.ToString(), v, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void What_is_left_of_a_copy_whose_successor_is_in_place_goes(int deleted)
    {
        var burned = Burned();
        var aside = StudyReplacement.AsideOf(burned.Path);
        Copy(burned.Path, aside);
        Assert.All(Directory.GetFiles(aside).Take(deleted), File.Delete);
        Assert.Equal(new StudyOutcome(0, Files, 0), Assert.Single(Run()).Outcome);
        Assert.Equal(burned.Files, WholeStudy(Destination));
    }

    [Fact]
    public void What_is_left_of_a_copy_without_its_manifest_is_not_put_back()
    {
        var burned = Burned();
        var aside = StudyReplacement.AsideOf(burned.Path);
        Directory.Move(burned.Path, aside);
        File.Delete(Path.Join(aside, Manifest.FileName));
        Assert.Equal(new StudyOutcome(Files, 0, 0), Assert.Single(Run()).Outcome);
        Assert.Equal(new StudyOutcome(0, Files, 0), Assert.Single(Run()).Outcome);
        WholeStudy(Destination);
    }

    [Fact]
    public void A_copy_that_was_set_aside_behind_a_link_is_refused()
    {
        var burned = Burned();
        var before = Contents(burned.Path);
        var elsewhere = Temporary["elsewhere"];
        Directory.Move(burned.Path, elsewhere);
        Directory.CreateSymbolicLink(StudyReplacement.AsideOf(burned.Path), elsewhere);
        Assert.Empty(Run());
        Assert.All(Rejected, r => Assert.Equal(PacsbinError.DestinationExists, r.Error));
        Assert.Equal(before, Contents(elsewhere));
    }

    [Fact]
    public void A_refused_run_leaves_no_folder()
    {
        Burned();
        Assert.Empty(Run(DeidentificationProfile.Basic));
        WholeStudy(Destination);
    }

    private static string Last => $"study1/{Files:D5}.dcm";

    private (string Path, Dictionary<string, string> Files) Burned()
    {
        Source.WithStudy(1, Files);
        Run();
        Assert.True(Burn(Destination, Corner));
        return (StudyOf(Destination).Path, WholeStudy(Destination));
    }

    private void AssertAllErased(int count)
    {
        var files = WholeStudy(Destination);
        Assert.Equal(count, files.Count);
        Assert.All(files.Values, v => Assert.EndsWith(" " + Corner, v, StringComparison.Ordinal));
    }

    private DicomStudy? Forced(params RedactionRegion[] regions) => Planned(force: true, null, regions);

    /// <summary>A forced run that stages all files; then its manifest cannot be written.</summary>
    private DicomStudy? EndBeforeFinish(params RedactionRegion[] regions)
    {
        var folder = Assert.Single(Studies(Destination));
        var blocker = Path.Join(Destination, $".{Path.GetFileName(folder)}.partial", Manifest.TemporaryName);
        var result = Planned(force: true, new Ending(Files, () => Directory.CreateDirectory(blocker)), regions);
        Directory.Delete(blocker);
        return result;
    }

    /// <summary>A forced run whose last file vanishes after it was found.</summary>
    private DicomStudy? EndWithoutLast(params RedactionRegion[] regions)
    {
        var studies = Source.Scan();
        File.Delete(Source[Last]);
        return Planned(studies, force: true, null, regions);
    }

    private DicomStudy? Planned(bool force, IProgress<RunProgress>? progress, params RedactionRegion[] regions) => Planned(Source.Scan(), force, progress, regions);

    private DicomStudy? Planned(IReadOnlyList<DicomStudy> studies, bool force, IProgress<RunProgress>? progress, params RedactionRegion[] regions)
    {
        Assert.Single(studies).Plan(regions);
        DicomStudy? whole = null;
        using var run = new DeidentificationRun(DeidentificationProfile.Pacsbin, Destination, Key) { Force = force, ThrottleLimit = 1, Rejected = (path, e) => Rejected.Add((path, e.Error)) };
        run.Run(studies, study => whole = study, progress, TestContext.Current.CancellationToken);
        return whole;
    }

    /// <summary>Does something when all files are done, before the study is finished.</summary>
    private sealed class Ending(int files, Action act) : IProgress<RunProgress>
    {
        public void Report(RunProgress value)
        {
            if (value.Files == files)
            {
                act();
            }
        }
    }
}
