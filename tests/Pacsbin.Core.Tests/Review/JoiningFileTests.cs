using Pacsbin.Deidentification;
using Pacsbin.Redaction;
using Pacsbin.Review;
using Pacsbin.Studies;
using Pacsbin.Tests.Studies;
using Xunit;

namespace Pacsbin.Tests.Review;

/// <summary>Files that come into a study of a workspace after regions were burned into it, and what is known of files that go on to another workspace.</summary>
public class JoiningFileTests : RedactingTests
{
    [Fact]
    public void A_file_that_joins_a_study_with_burned_regions_is_a_finding_that_stays()
    {
        Source.WithStudy(1, 2);
        Run();
        Assert.True(Burn(Destination, Corner));
        Source.WithStudy(1, 3);
        for (var round = 0; round < 3; round++)
        {
            var study = Assert.Single(Run());
            Assert.Contains(study.Findings, f => f.Kind == FindingKind.RedactionMissing);
            var file = Assert.Single(Manifest.Read(study.Path)!.Files, f => f.Findings?.Any(i => i.Kind == FindingKind.RedactionMissing) == true);
            Assert.Null(file.Regions);
            if (round == 1)
            {
                File.Delete(Path.Join(study.Path, file.Name)); // comes back with its finding
            }
        }
    }

    [Fact]
    public void A_file_that_the_plan_sees_to_is_no_finding()
    {
        Source.WithStudy(1, 2);
        Planned(Destination, Source.Scan(), Corner);
        Source.WithStudy(1, 3);
        var study = Planned(Destination, Source.Scan(), Corner);
        Assert.Equal(new StudyOutcome(1, 2, 0), study.Outcome);
        AssertNoneMissing(study);
        Assert.All(Manifest.Read(study.Path)!.Files, f => Assert.Equal(Corner, Assert.Single(f.Regions!)));
    }

    [Fact]
    public void A_file_without_pixels_is_no_finding()
    {
        Source.WithStudy(1, 1);
        Run();
        Assert.True(Burn(Destination, Corner));
        Source.Write("study1/report.dcm", new DicomBuilder()
            .Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.88.11").Element(0x00080018, "UI", "1.2.3.4.5\0").Element(0x00080060, "CS", "SR")
            .Element(0x00100020, "LO", "PATIENT-4711").Element(0x0020000D, "UI", "1.2.826.0.1.3680043.99.1").Element(0x0020000E, "UI", "1.2.3.4\0").ToFile());
        var study = Assert.Single(Run());
        Assert.Equal(1, study.Outcome!.Written);
        Assert.DoesNotContain(study.Findings, f => f.Kind == FindingKind.RedactionMissing);
    }

    [Fact]
    public void Regions_for_all_images_need_all_files_of_the_study_as_it_is_now()
    {
        Source.WithStudy(1, 2);
        Run();
        var stale = StudyOf(Destination);
        Source.WithStudy(1, 3);
        Run();
        var before = WholeStudy(Destination);
        var series = stale.Series[0].SeriesInstanceUid;
        foreach (var region in new[] { Corner, Corner with { SeriesInstanceUid = series } })
        {
            Assert.Equal(PacsbinError.ManifestConflict, Assert.Throws<PacsbinException>(() => Burn(stale, region)).Error);
            Assert.Equal(before, WholeStudy(Destination));
        }

        Assert.True(Burn(stale, Corner with { SopInstanceUid = stale.Series[0].Instances[0].SopInstanceUid }));
        Assert.True(Burn(StudyOf(Destination), Corner));
        Assert.All(WholeStudy(Destination).Values, v => Assert.EndsWith(" " + Corner, v, StringComparison.Ordinal));
    }

    [Fact]
    public void What_was_erased_in_one_workspace_is_known_in_the_next()
    {
        Source.WithStudy(1, 2);
        Run();
        var first = StudyOf(Destination);
        var manifest = Manifest.Read(first.Path)!;
        (manifest with { Files = [manifest.Files[0] with { Device = "Scanner (line 3)" }, manifest.Files[1]] }).Write(first.Path);
        Assert.True(Burn(Destination, Corner));
        var next = Temporary["next"];
        var study = Planned(next, [StudyOf(Destination)], Edge);
        var files = Manifest.Read(study.Path)!.Files;
        Assert.All(files, f => Assert.Equal([Corner, Edge], f.Regions!));
        Assert.Equal("Scanner (line 3)", Assert.Single(files, f => f.Device is not null).Device);
        AssertNoneMissing(study);

        var again = Planned(next, [StudyOf(Destination)], force: true, Edge);
        Assert.Equal(new StudyOutcome(2, 0, 0), again.Outcome);
        AssertNoneMissing(again);
        Assert.All(Manifest.Read(study.Path)!.Files, f => Assert.Equal([Corner, Edge], f.Regions!));
    }

    private static void AssertNoneMissing(DicomStudy study) =>
        Assert.DoesNotContain(study.Findings, f => f.Kind is FindingKind.RedactionMissing or FindingKind.RedactionUndone or FindingKind.RegionErasedNothing);

    private static bool Burn(DicomStudy study, RedactionRegion region) =>
        new StudyRedaction(study, [region]).Run(cancellationToken: TestContext.Current.CancellationToken);

    private static DicomStudy Planned(string destination, IReadOnlyList<DicomStudy> studies, params RedactionRegion[] regions) => Planned(destination, studies, false, regions);

    private static DicomStudy Planned(string destination, IReadOnlyList<DicomStudy> studies, bool force, params RedactionRegion[] regions)
    {
        Assert.Single(studies).Plan(regions);
        DicomStudy? whole = null;
        using var run = new DeidentificationRun(DeidentificationProfile.Pacsbin, destination, Key) { Force = force };
        run.Run(studies, study => whole = study, cancellationToken: TestContext.Current.CancellationToken);
        return whole!;
    }
}
