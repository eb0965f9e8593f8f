using Pacsbin.Review.Reports;
using Pacsbin.Studies;
using Pacsbin.Tests.Studies;
using Xunit;

namespace Pacsbin.Tests.Review.Reports;

/// <summary>Where a report goes, and which studies do not get into it.</summary>
public sealed class ReportExportTests : ReportingTests
{
    public static TheoryData<ReportFormat> Formats => [.. Enum.GetValues<ReportFormat>()];

    [Fact]
    public void Empty_workspace_has_a_report_that_says_so()
    {
        Directory.CreateDirectory(Destination);
        var page = Page();
        Assert.Equal("0", Term(page, "Studies"));
        Assert.Contains("There are no studies.", page.Value, StringComparison.Ordinal);
        Assert.Equal(0, Json().GetProperty("studies").GetArrayLength());
        Assert.Empty(Table());
    }

    [Fact]
    public void Run_that_rejected_every_file_leaves_nothing_to_report()
    {
        var file = StudyFolder.Instance(1, 1);
        Source.Write("1.dcm", file);
        var found = Source.Scan();
        File.WriteAllBytes(Source["1.dcm"], file[..(file.Length - 10)]); // cut since it was found
        using (var run = new Pacsbin.Deidentification.DeidentificationRun(Pacsbin.Deidentification.DeidentificationProfile.Pacsbin, Destination, Key) { Rejected = (path, e) => Rejected.Add((path, e.Error)) })
        {
            run.Run(found, _ => Assert.Fail("Nothing is whole."), cancellationToken: TestContext.Current.CancellationToken);
        }

        Assert.Equal(PacsbinError.Truncated, Assert.Single(Rejected).Error);
        Assert.Contains("There are no studies.", Page().Value, StringComparison.Ordinal);
        Assert.Empty(Refused);
    }

    [Fact]
    public void Rejected_files_of_a_study_are_counted_by_reason()
    {
        var file = StudyFolder.Instance(1, 2);
        Source.Write("1.dcm", StudyFolder.Instance(1, 1));
        Source.Write("2.dcm", file);
        var found = Source.Scan();
        File.WriteAllBytes(Source["2.dcm"], file[..(file.Length - 10)]);
        using (var run = new Pacsbin.Deidentification.DeidentificationRun(Pacsbin.Deidentification.DeidentificationProfile.Pacsbin, Destination, Key))
        {
            run.Run(found, _ => { }, cancellationToken: TestContext.Current.CancellationToken);
        }

        Assert.Equal([["Truncated", "1"]], Rows(StudyOf(Page()), "Rejected source files"));
    }

    [Theory, MemberData(nameof(Formats))]
    public void Source_studies_are_one_error_each_and_never_in_the_report(ReportFormat format)
    {
        Source.WithStudy(1, 2).WithStudy(2, 1, "PATIENT-4712");
        Run();
        var report = Report(format, studies: [.. Source.Scan(), .. Found()])!;
        Assert.Equal([(Source["study1"], PacsbinError.FileNotFound), (Source["study2"], PacsbinError.FileNotFound)], Refused);
        foreach (var word in (string[])["PATIENT", "1.2.826.0.1.3680043.99.", "ACCESSION", "Examples", "study1", Source.Path])
        {
            Assert.DoesNotContain(word, report, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void Nothing_but_source_studies_gives_no_report_and_leaves_what_was_there()
    {
        Source.WithStudy(1, 1);
        File.WriteAllText(ReportPath, "mine");
        Assert.Null(Report(studies: Source.Scan()));
        Assert.Equal("mine", File.ReadAllText(ReportPath));
        Assert.Single(Refused);
        Assert.Equal([ReportPath], Directory.GetFiles(Temporary.Path));
    }

    [Theory, MemberData(nameof(Formats))]
    public void Damaged_manifest_is_one_error_and_the_others_are_reported(ReportFormat format)
    {
        Source.WithStudy(1, 2).WithStudy(2, 2).WithStudy(3, 2);
        Run();
        var damaged = Studies(Destination)[1];
        File.WriteAllText(Path.Join(damaged, Manifest.FileName), "{ \"format\": \"pacs");
        var report = Report(format)!;
        Assert.Equal((damaged, PacsbinError.MalformedElement), Assert.Single(Refused));
        Assert.DoesNotContain(Path.GetFileName(damaged), report, StringComparison.Ordinal);
        Assert.All(Enumerable.Range(0, 3).Where(i => i != 1), i => Assert.Contains(ManifestOf(i).StudyInstanceUid, report, StringComparison.Ordinal));
    }

    [Fact]
    public void Manifest_that_was_damaged_after_its_study_was_found_is_one_error()
    {
        Source.WithStudy(1, 1).WithStudy(2, 1);
        Run();
        var found = Found();
        File.WriteAllText(Path.Join(Studies(Destination)[0], Manifest.FileName), "");
        Assert.Single(Parse(Report(studies: found)!).Descendants("article"));
        Assert.Equal((Studies(Destination)[0], PacsbinError.MalformedElement), Assert.Single(Refused));
    }

    [Fact]
    public void Stray_file_beside_copies_is_an_error_and_its_study_is_reported()
    {
        Source.WithStudy(1, 1);
        Run();
        var folder = Studies(Destination)[0];
        File.WriteAllBytes(Path.Join(folder, "stray.dcm"), StudyFolder.Instance(1, 1));
        var page = Page();
        Assert.Equal((folder, PacsbinError.FileNotFound), Assert.Single(Refused));
        Assert.Single(page.Descendants("article"));
        Assert.DoesNotContain("PATIENT", page.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Second_folder_with_the_same_study_is_an_error()
    {
        Source.WithStudy(1, 2);
        Run();
        Run(destination: Temporary["other"]);
        var studies = new StudyScanner().Scan([Destination, Temporary["other"]], cancellationToken: TestContext.Current.CancellationToken).Studies;
        var page = Parse(Report(studies: studies)!);
        Assert.Equal("2", Term(page, "Files"));
        Assert.Equal(PacsbinError.ManifestConflict, Assert.Single(Refused).Error);
    }

    [Theory]
    [InlineData("report.html")]
    [InlineData("study.json")]
    [InlineData("below/report.html")]
    public void No_report_goes_into_the_folder_of_a_study(string name)
    {
        Source.WithStudy(1, 1);
        Run();
        var folder = Studies(Destination)[0];
        Directory.CreateDirectory(Path.Join(folder, "below"));
        var before = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        var error = Assert.Throws<PacsbinException>(() => new ReportExport(Path.Join(folder, name)) { Force = true }.Run(Found(), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(PacsbinError.DestinationExists, error.Error);
        Assert.Equal(before, Directory.GetFiles(folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void No_report_takes_a_name_that_makes_a_folder_look_like_a_study()
    {
        Source.WithStudy(1, 1);
        Run();
        Assert.Equal(PacsbinError.DestinationExists, Assert.Throws<PacsbinException>(() => new ReportExport(Path.Join(Destination, "study.json")).Run(Found(), cancellationToken: TestContext.Current.CancellationToken)).Error);
    }

    [Fact]
    public void File_that_is_there_stays_unless_forced()
    {
        Source.WithStudy(1, 1);
        Run();
        File.WriteAllText(ReportPath, "mine");
        Assert.Equal(PacsbinError.DestinationExists, Assert.Throws<PacsbinException>(() => new ReportExport(ReportPath).Run(Found(), cancellationToken: TestContext.Current.CancellationToken)).Error);
        Assert.Equal("mine", File.ReadAllText(ReportPath));
        Assert.True(new ReportExport(ReportPath) { Force = true }.Run(Found(), cancellationToken: TestContext.Current.CancellationToken));
        Assert.StartsWith("<!DOCTYPE html>", File.ReadAllText(ReportPath), StringComparison.Ordinal);
        Assert.Equal([ReportPath], Directory.GetFiles(Temporary.Path));
    }

    [Fact]
    public void File_that_appears_while_the_report_is_written_stays()
    {
        Source.WithStudy(1, 1);
        Run();
        var error = Assert.Throws<PacsbinException>(() => new ReportExport(ReportPath).Run(Found(), new Acting(() => File.WriteAllText(ReportPath, "theirs")), TestContext.Current.CancellationToken));
        Assert.Equal(PacsbinError.DestinationExists, error.Error);
        Assert.Equal("theirs", File.ReadAllText(ReportPath));
        Assert.Equal([ReportPath], Directory.GetFiles(Temporary.Path));
    }

    [Theory, MemberData(nameof(Formats))]
    public void Cancelled_report_leaves_no_file_and_what_was_there(ReportFormat format)
    {
        Source.WithStudy(1, 1).WithStudy(2, 1);
        Run();
        using var cancellation = new CancellationTokenSource();
        foreach (var isThere in new[] { false, true })
        {
            if (isThere)
            {
                File.WriteAllText(ReportPath, "mine");
            }

            Assert.ThrowsAny<OperationCanceledException>(() => new ReportExport(ReportPath) { Format = format, Force = true }.Run(Found(), new Acting(cancellation.Cancel), cancellation.Token));
            Assert.Equal(isThere ? [ReportPath] : [], Directory.GetFiles(Temporary.Path));
        }

        Assert.Equal("mine", File.ReadAllText(ReportPath));
    }

    [Theory, MemberData(nameof(Formats))]
    public void Only_its_owner_may_read_the_report_while_it_is_written_and_after(ReportFormat format)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows leaves that to the folder.");
        Source.WithStudy(1, 1);
        Run();
        var modes = new List<UnixFileMode>();
        var export = new ReportExport(ReportPath) { Format = format };
        export.Run(Found(), new Acting(Look), TestContext.Current.CancellationToken);
        Assert.Equal(format == ReportFormat.Html ? 2 : 1, modes.Count); // the studies of a page wait in a file of their own
        Look();
        Assert.All(modes, m => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, m));

        void Look() => modes.AddRange(Directory.GetFiles(Temporary.Path).Select(f => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(f)));
    }

    [Theory]
    [InlineData("report [1].html")]
    [InlineData("報告書.html")]
    [InlineData("報告書報告書報告書報告書報告書報告書報告書報告書報告書報告書報告書報告書報告書報告書報告書報告書報告書報告書報告書報告書報告書報告書報告書.html")]
    public void Any_name_that_the_system_takes_will_do(string name)
    {
        Source.WithStudy(1, 1);
        Run();
        Assert.True(new ReportExport(Temporary[name]).Run(Found(), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal([Temporary[name]], Directory.GetFiles(Temporary.Path));
    }

    [Fact]
    public void Folder_that_does_not_exist_is_an_error() =>
        Assert.Equal(PacsbinError.FileNotFound, Assert.Throws<PacsbinException>(() => new ReportExport(Temporary["no/report.html"]).Run([], cancellationToken: TestContext.Current.CancellationToken)).Error);

    private sealed class Acting(Action act) : IProgress<ReportProgress>
    {
        public void Report(ReportProgress value) => act();
    }
}
