using Pacsbin.Studies;
using Pacsbin.Tests.Deidentification;
using Xunit;

namespace Pacsbin.Tests.Studies;

public class StudyRemovalTests : RunningTests
{
    [Fact]
    public void A_study_is_gone_with_its_folder_and_others_stay()
    {
        Source.WithStudy(1, 3).WithStudy(2, 3);
        Run();
        var (first, second) = (Find()[0], Find()[1]);
        var before = Contents(second.Path);
        Remove(first);
        Assert.Equal([second.Path], Directory.GetFileSystemEntries(Destination));
        Assert.Equal(before, Contents(second.Path));
        Assert.Equal(6, Source.Scan().Sum(s => s.InstanceCount));
    }

    [Fact]
    public void Source_studies_are_never_deleted()
    {
        Source.WithStudy(1, 2);
        Run();
        var before = Contents(Source.Path);
        Assert.Equal(PacsbinError.DestinationExists, Refusal(Assert.Single(Source.Scan())));
        Assert.Equal(before, Contents(Source.Path));

        // Beside a copy that the manifest lists, a file that it does not list is a source.
        var folder = Find()[0].Path;
        File.Copy(Source["study1/00001.dcm"], Path.Join(folder, "original.dcm"));
        Assert.All(Find(), s => Assert.Equal(PacsbinError.DestinationExists, Refusal(s)));
        Assert.Equal(4, Directory.GetFiles(folder).Length);
    }

    [Theory]
    [InlineData("notes.txt", false), InlineData(".hidden", false), InlineData("folder", true)]
    public void A_folder_that_holds_anything_else_is_refused(string name, bool isFolder)
    {
        Source.WithStudy(1, 2);
        Run();
        var study = Assert.Single(Find());
        var path = Path.Join(study.Path, name);
        if (isFolder)
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            File.WriteAllText(path, "x");
        }

        var before = Contents(Destination);
        Assert.Equal(PacsbinError.DestinationExists, Refusal(study));
        Assert.Equal(before, Contents(Destination));
        Assert.Equal([study.Path], Directory.GetFileSystemEntries(Destination));
    }

    [Fact]
    public void A_folder_in_the_place_of_a_listed_file_is_refused()
    {
        Source.WithStudy(1, 2);
        Run();
        var study = Assert.Single(Find());
        var path = study.Series[0].Instances[0].Path;
        File.Delete(path);
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Join(path, "inside"), "x");
        Assert.Equal(PacsbinError.DestinationExists, Refusal(study));
        Assert.True(File.Exists(Path.Join(path, "inside")));
    }

    [Fact]
    public void Links_are_not_followed()
    {
        Source.WithStudy(1, 3);
        Run();
        var study = Assert.Single(Find());
        var files = study.Series[0].Instances.Select(i => i.Path).ToList();
        Directory.CreateDirectory(Temporary["kept"]);
        File.WriteAllText(Temporary["kept/inside"], "x");
        File.Delete(files[0]);
        Directory.CreateSymbolicLink(files[0], Temporary["kept"]);
        File.Move(files[1], Temporary["file"]);
        File.CreateSymbolicLink(files[1], Temporary["file"]);
        Remove(study);
        Assert.Empty(Directory.GetFileSystemEntries(Destination));
        Assert.True(File.Exists(Temporary["kept/inside"]));
        Assert.True(File.Exists(Temporary["file"]));
    }

    [Fact]
    public void A_study_folder_that_is_a_link_is_refused()
    {
        Source.WithStudy(1, 2);
        Run();
        var study = Assert.Single(Find());
        Directory.Move(study.Path, Temporary["elsewhere"]);
        Directory.CreateSymbolicLink(study.Path, Temporary["elsewhere"]);
        var before = Contents(Temporary["elsewhere"]);
        Assert.Equal(PacsbinError.DestinationExists, Refusal(study));
        Assert.Equal(before, Contents(Temporary["elsewhere"]));
    }

    [Fact]
    public void A_hidden_folder_that_is_a_link_is_refused()
    {
        Source.WithStudy(1, 2);
        Run();
        var study = Assert.Single(Find());
        Copy(study.Path, Temporary["elsewhere"]);
        var before = Contents(Temporary["elsewhere"]);
        Directory.CreateSymbolicLink(StudyRemoval.AsideOf(study.Path), Temporary["elsewhere"]);
        Assert.Equal(PacsbinError.DestinationExists, Refusal(study));
        Assert.Equal(before, Contents(Temporary["elsewhere"]));
        Assert.True(Directory.Exists(study.Path));
    }

    [Theory]
    [InlineData("../kept.dcm"), InlineData("/tmp/kept.dcm"), InlineData(".."), InlineData("study.json"), InlineData("")]
    public void A_manifest_that_names_a_file_elsewhere_is_no_manifest(string name)
    {
        Source.WithStudy(1, 1);
        Run();
        var study = Assert.Single(Find());
        var kept = Path.Join(Destination, "kept.dcm");
        File.WriteAllText(kept, "x");
        var manifest = Manifest.Read(study.Path)!;
        (manifest with { Files = [.. manifest.Files, manifest.Files[0] with { Name = name }] }).Write(study.Path);
        Assert.Equal(PacsbinError.MalformedElement, Refusal(study));
        Assert.True(File.Exists(kept));
        Assert.Equal(StudyState.Source, Assert.Single(Find()).State);
    }

    [Fact]
    public void A_study_that_another_process_writes_is_a_conflict()
    {
        Source.WithStudy(1, 2);
        Run();
        var study = Assert.Single(Find());
        var before = Contents(study.Path);
        using (StagedStudy.Open(Destination, Path.GetFileName(study.Path)))
        {
            Assert.Equal(PacsbinError.ManifestConflict, Refusal(study));
        }

        Assert.Equal(before, Contents(study.Path));
    }

    [Fact]
    public void What_an_interrupted_run_staged_for_the_study_goes_too()
    {
        Source.WithStudy(1, 2);
        Run();
        var study = Assert.Single(Find());
        using (var staged = StagedStudy.Open(Destination, Path.GetFileName(study.Path)))
        {
            staged.Resume("another run");
            File.WriteAllText(staged.PathOf("half.dcm"), "x");
        }

        Remove(study);
        Assert.Empty(Directory.GetFileSystemEntries(Destination));
    }

    [Fact]
    public void Files_that_are_missing_or_damaged_do_not_keep_the_rest()
    {
        Source.WithStudy(1, 3);
        Run();
        var study = Assert.Single(Find());
        File.Delete(study.Series[0].Instances[0].Path);
        File.WriteAllText(study.Series[0].Instances[1].Path, "damaged");
        Remove(Assert.Single(Find()));
        Assert.Empty(Directory.GetFileSystemEntries(Destination));
    }

    [Theory]
    [InlineData(0), InlineData(2), InlineData(3), InlineData(4)]
    public void What_an_interrupted_removal_left_is_no_study_and_the_run_that_made_it_makes_it_anew(int deleted)
    {
        Source.WithStudy(1, 3);
        Run();
        var study = Assert.Single(Find());
        var expected = Contents(study.Path);
        var aside = StudyRemoval.AsideOf(study.Path);
        Directory.Move(study.Path, aside);
        Assert.All(Directory.GetFiles(aside).OrderBy(f => f.EndsWith(Manifest.FileName, StringComparison.Ordinal)).Take(deleted), File.Delete);
        Assert.Empty(Find());
        Assert.True(StudyRemoval.IsInterrupted(study.Path));
        Assert.Equal(new StudyOutcome(3, 0, 0), Assert.Single(Run()).Outcome);
        Assert.Equal([study.Path], Directory.GetFileSystemEntries(Destination));
        Assert.Equal(expected, Contents(study.Path));
    }

    [Fact]
    public void A_cancelled_removal_is_finished_by_the_same_call()
    {
        Source.WithStudy(1, 3);
        Run();
        var study = Assert.Single(Find());
        Directory.Move(study.Path, StudyRemoval.AsideOf(study.Path));
        Remove(study);
        Assert.Empty(Directory.GetFileSystemEntries(Destination));

        Run();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => StudyRemoval.Remove(study, cancelled.Token));
        Assert.Equal([study.Path], Directory.GetFileSystemEntries(Destination));
    }

    [Fact]
    public void What_came_into_the_hidden_folder_is_not_deleted()
    {
        Source.WithStudy(1, 2);
        Run();
        var study = Assert.Single(Find());
        var aside = StudyRemoval.AsideOf(study.Path);
        Directory.Move(study.Path, aside);
        File.WriteAllText(Path.Join(aside, "notes.txt"), "x");
        Assert.Equal(PacsbinError.DestinationExists, Assert.Throws<PacsbinException>(() => StudyRemoval.Resume(Destination)).Error);
        Assert.Equal(4, Directory.GetFiles(aside).Length);
    }

    private IReadOnlyList<DicomStudy> Find() => new StudyScanner().Scan([Destination], cancellationToken: TestContext.Current.CancellationToken).Studies;

    private static void Remove(DicomStudy study) => StudyRemoval.Remove(study, TestContext.Current.CancellationToken);

    private static PacsbinError Refusal(DicomStudy study) => Assert.Throws<PacsbinException>(() => Remove(study)).Error;

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        Assert.All(Directory.GetFiles(from), f => File.Copy(f, Path.Join(to, Path.GetFileName(f))));
    }
}
