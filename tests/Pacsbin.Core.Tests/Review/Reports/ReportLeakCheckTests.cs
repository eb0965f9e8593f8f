using Pacsbin.Deidentification;
using Pacsbin.Projects;
using Pacsbin.Review;
using Pacsbin.Review.Reports;
using Pacsbin.Studies;
using Pacsbin.Tests.Projects;
using Xunit;

namespace Pacsbin.Tests.Review.Reports;

/// <summary>A report is refused if a person wrote an identifier into what it tells.</summary>
public sealed class ReportLeakCheckTests : ReportingTests
{
    public static TheoryData<string, string, string?> Written => new()
    {
        { "Batch of M\u00FCller", "Seen.", "title" },
        { "Batch", "That of Mrs M\u00DCLLER is fine.", "comment" },
        { "Batch", "PATIENT-4711", "comment" },
        { "Batch", "See 1.2.826.0.1.3680043.99.1", "comment" },
        { "Batch", "Accession ACCESSION-0815", "comment" },
        { "Batch", "Seen on a Monday.", null },
    };

    [Theory, MemberData(nameof(Written))]
    public void What_sources_say_is_not_reported(string title, string comment, string? field)
    {
        Source.WithStudy(1, 2);
        Run();
        Change(m => Approve(m, comment: comment));
        AssertRefused(field, () => Write(title, Source.Scan(), null));
        Write(title, [], null); // without sources nobody can tell
    }

    [Theory, MemberData(nameof(Written))]
    public void What_a_crosswalk_knows_is_not_reported(string title, string comment, string? field)
    {
        using var trial = new TrialFolder();
        using var project = trial.Open();
        Source.WithStudy(1, 2);
        using (var run = new DeidentificationRun(DeidentificationProfile.Pacsbin, Destination, project: project))
        {
            run.Run(Source.Scan(), _ => { }, cancellationToken: TestContext.Current.CancellationToken);
        }

        Change(m => Approve(m, comment: comment));
        using var crosswalk = Crosswalk.Open(project);
        AssertRefused(field, () => Write(title, [], crosswalk));
        Assert.Empty(trial.AuditLines()); // nobody was told anything
    }

    [Fact]
    public void A_physician_of_the_study_may_have_reviewed_it()
    {
        Source.WithStudy(1, 1);
        File.WriteAllBytes(Source["study1/00001.dcm"], new DicomBuilder()
            .Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.4\0").Element(0x00080018, "UI", "1.2.826.0.1.3680043.99.1.2.1").Element(0x00080090, "PN", "Viewer^Rosa ")
            .Element(0x00100020, "LO", "PATIENT-4711").Element(0x0020000D, "UI", "1.2.826.0.1.3680043.99.1").ToFile());
        Run();
        Change(m => Approve(m, reviewer: "Rosa Viewer"));
        Write("Batch", Source.Scan(), null);
        File.Delete(ReportPath);
        Change(m => Approve(m, comment: "As Rosa Viewer said."));
        AssertRefused("comment", () => Write("Batch", Source.Scan(), null));
    }

    private void Write(string title, IReadOnlyList<DicomStudy> sources, Crosswalk? crosswalk) =>
        Assert.True(new ReportExport(ReportPath) { Title = title, Force = true, Sources = sources, Crosswalk = crosswalk }.Run(Found(), cancellationToken: TestContext.Current.CancellationToken));

    private void AssertRefused(string? field, Action write)
    {
        if (field is null)
        {
            write();
            return;
        }

        var error = Assert.Throws<PacsbinException>(write);
        Assert.Equal(PacsbinError.IdentifierLeft, error.Error);
        Assert.Contains(field, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("4711", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ller", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(Directory.GetFiles(Temporary.Path));
    }
}
