using System.Diagnostics;
using Pacsbin.Review.Reports;
using Pacsbin.Studies;
using Pacsbin.Tests.Dicom;
using Pacsbin.Tests.Studies;
using Xunit;

namespace Pacsbin.Tests.Review.Reports;

[Collection(nameof(AloneInTheProcess))]
public sealed class ReportMemoryTests : ReportingTests
{
    private const int FilesPerStudy = 1000;
    private const long MostGrowth = 16 << 20;

    public static TheoryData<ReportFormat> Formats => [.. Enum.GetValues<ReportFormat>()];

    [Theory, MemberData(nameof(Formats))]
    public void Memory_does_not_grow_with_the_number_of_studies(ReportFormat format)
    {
        var studies = MakeStudies(100);
        Measure(studies[..10], format);
        var few = Measure(studies[..10], format);
        var many = Measure(studies, format);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{format}: {studies.Count} studies of {FilesPerStudy} files in {many.Time.TotalSeconds:0.0} s, {new FileInfo(ReportPath).Length >> 20} MiB; held {few.Held >> 10} KiB with 10 studies, {many.Held >> 10} KiB with 100");
        Assert.InRange(many.Held, 0, few.Held + MostGrowth);
        Assert.Equal(100, System.Text.RegularExpressions.Regex.Count(File.ReadAllText(ReportPath), "2\\.25\\.7\\d{3}\\.1\\.dcm"));
    }

    /// <summary>The most bytes that are alive after a study, above those before the first, and the time without looking.</summary>
    private (long Held, TimeSpan Time) Measure(IReadOnlyList<DicomStudy> studies, ReportFormat format)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        new ReportExport(ReportPath) { Format = format, Force = true }.Run(studies, cancellationToken: TestContext.Current.CancellationToken);
        watch.Stop();
        long held = 0;
        new ReportExport(ReportPath) { Format = format, Force = true }
            .Run(studies, new Looking(done => held = done.Studies % 10 == 0 ? Math.Max(held, GC.GetTotalMemory(forceFullCollection: true) - before) : held), TestContext.Current.CancellationToken);
        return (held, watch.Elapsed);
    }

    /// <summary>Studies as a scan finds them, with whole manifests; only the image in the middle, which is drawn, is on the disk.</summary>
    private List<DicomStudy> MakeStudies(int count)
    {
        Source.WithStudy(1, 1);
        Run();
        var template = ManifestOf();
        var image = Path.Join(Studies(Destination)[0], template.Files[0].Name);
        var result = new List<DicomStudy>();
        for (var s = 0; s < count; s++)
        {
            var uid = $"2.25.7{s:D3}";
            var folder = Directory.CreateDirectory(Temporary[$"many/{uid}"]).FullName;
            ManifestFile[] files = [.. Enumerable.Range(1, FilesPerStudy).Select(f => template.Files[0] with
            {
                Name = $"{uid}.{f}.dcm",
                Actions = new(100, 50, 10, 5, 12, 7),
                Sha256 = new string('d', 64),
            })];
            (template with { StudyInstanceUid = uid, Files = files, State = StudyState.Approved, Approval = Approve(template).Approval }).Write(folder);
            File.Copy(image, Path.Join(folder, files[FilesPerStudy / 2].Name));
            var study = new DicomStudy(uid, folder) { State = StudyState.Approved };
            study.PatientIndexOf(new StudyPatient(new PatientKey("", $"PSEUDO{s:D4}"), null));
            var series = study.SeriesOf(uid + ".0", "MR", 3);
            foreach (var file in files)
            {
                series.Add(new DicomInstance(new SourceFile(folder, file.Name, file.Length), file.Name[..^4], null, 0));
            }

            result.Add(study);
        }

        return result;
    }

    private sealed class Looking(Action<ReportProgress> look) : IProgress<ReportProgress>
    {
        public void Report(ReportProgress value) => look(value);
    }
}
