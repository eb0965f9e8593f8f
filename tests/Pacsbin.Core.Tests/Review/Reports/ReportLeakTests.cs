using System.Text;
using System.Text.RegularExpressions;
using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Pacsbin.Redaction;
using Pacsbin.Review;
using Pacsbin.Review.Reports;
using Pacsbin.Studies;
using Pacsbin.Tests.Deidentification;
using Xunit;

namespace Pacsbin.Tests.Review.Reports;

/// <summary>Nothing that identifies a source is in a report, whatever the profile keeps in the copies.</summary>
public sealed partial class ReportLeakTests : ReportingTests
{
    public static TheoryData<ReportFormat, bool> Cases
    {
        get
        {
            var cases = new TheoryData<ReportFormat, bool>();
            foreach (var format in Enum.GetValues<ReportFormat>())
            {
                cases.Add(format, false);
                cases.Add(format, true);
            }

            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void No_text_of_the_sample_studies_is_in_a_report(ReportFormat format, bool keepsMuch)
    {
        var samples = Path.Join(TestData.Repository, "examples", "data");
        var sources = new StudyScanner().Scan([samples], cancellationToken: TestContext.Current.CancellationToken).Studies;
        var profile = !keepsMuch ? DeidentificationProfile.Pacsbin : DeidentificationProfile.Basic.With(
            ProfileOptions.CleanPixelData | ProfileOptions.RetainFullDates | ProfileOptions.RetainDeviceIdentity | ProfileOptions.RetainInstitutionIdentity | ProfileOptions.RetainPatientCharacteristics);
        using (var run = new DeidentificationRun(profile, Destination, Key))
        {
            run.Run(sources, _ => { }, cancellationToken: TestContext.Current.CancellationToken);
        }

        foreach (var study in Found().Where(s => s.Modality.Contains("US")))
        {
            Assert.True(new StudyRedaction(study, [new RedactionRegion(1, 0, 143, 13)]).Run(cancellationToken: TestContext.Current.CancellationToken));
        }

        // What a report on another study has too is the report's own.
        Source.WithStudy(1, 1);
        Run(profile, destination: Temporary["other"]);
        var own = Encoding.UTF8.GetBytes(Picture().Replace(Report(format, studies: new StudyScanner().Scan([Temporary["other"]], cancellationToken: TestContext.Current.CancellationToken).Studies)!, ""));
        var identifiers = Identifiers(samples);
        identifiers.RemoveWhere(w => TokenSearch.Find(own, w) is not null);
        identifiers.Remove("Report"); // a finding says that it is one
        Assert.True(identifiers.Count > 100, $"Only {identifiers.Count} identifiers.");
        Assert.All(["Testperson", "Theodora", "Sample", "Oskar", "ELS-0815", "19620714", "20240311", "Marlow", "Osei", "Elsewhere"], w => Assert.Contains(w, identifiers));
        var report = Report(format)!;
        Assert.Equal(3, Found().Count(s => report.Contains(s.StudyInstanceUid, StringComparison.Ordinal)));
        var searched = new List<byte[]> { Encoding.UTF8.GetBytes(Picture().Replace(report, "")) };
        searched.AddRange(Picture().Matches(report).Select(m => Convert.FromBase64String(m.Groups[1].Value)));
        Assert.Equal(format == ReportFormat.Html ? 3 : 1, searched.Count); // CT and the erased ultrasound have a sheet, the report has none
        Assert.All(searched.Skip(1), png => Assert.Equal("PNG", Encoding.ASCII.GetString(png[1..4])));
        foreach (var bytes in searched)
        {
            Assert.All(identifiers, word => Assert.True(TokenSearch.Find(bytes, word) is null, $"'{word}' of the sample studies is in the report."));
        }
    }

    /// <summary>Every text of the sources that could tell who or where: whole values, and the words of names and descriptions.</summary>
    private static HashSet<string> Identifiers(string folder)
    {
        var words = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var path in Directory.EnumerateFiles(folder, "*.dcm", SearchOption.AllDirectories))
        {
            using var file = DicomFile.Open(path);
            Collect(file.Dataset, words);
        }

        return words;
    }

    private static void Collect(DicomDataset dataset, HashSet<string> words)
    {
        for (var i = 0; i < dataset.Count; i++)
        {
            var element = dataset[i];
            foreach (var item in element.Sequence?.Items ?? [])
            {
                Collect(item, words);
            }

            if (element.Vr == Vr.UI && Encoding.ASCII.GetString(element.Value.Span).TrimEnd('\0') is var uid && uid.StartsWith("1.2.826.", StringComparison.Ordinal))
            {
                words.Add(uid);
            }
            else if (element.Vr == Vr.DA || element.Vr == Vr.PN || element.Vr == Vr.LO || element.Vr == Vr.SH || element.Vr == Vr.ST || element.Vr == Vr.LT || element.Vr == Vr.UT)
            {
                var text = dataset.Text(element.Tag.Value) ?? "";

                // Shorter numbers are in moments and hashes by chance.
                words.UnionWith(Word().Matches(text).Select(m => m.Value).Where(w => w.Length >= (w.All(char.IsAsciiDigit) ? 8 : 4)));
            }
        }
    }

    [GeneratedRegex("[\\p{L}\\p{N}-]+")]
    private static partial Regex Word();

    [GeneratedRegex("data:image/png;base64,([A-Za-z0-9+/=]*)")]
    private static partial Regex Picture();
}
