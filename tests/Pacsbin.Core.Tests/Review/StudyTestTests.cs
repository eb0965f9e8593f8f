using System.Text;
using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Pacsbin.Review;
using Pacsbin.Studies;
using Pacsbin.Tests.Deidentification;
using Pacsbin.Tests.Studies;
using Xunit;

namespace Pacsbin.Tests.Review;

public class StudyTestTests : RunningTests
{
    [Theory]
    [InlineData("Pacsbin", ProfileOptions.None)]
    [InlineData("Basic", ProfileOptions.None)]
    [InlineData("Pacsbin", ProfileOptions.RetainUids | ProfileOptions.RetainSafePrivate)]
    [InlineData("Basic", ProfileOptions.RetainFullDates | ProfileOptions.RetainInstitutionIdentity)]
    public void A_study_as_the_product_makes_it_passes(string name, ProfileOptions options)
    {
        var study = Make((name == "Basic" ? DeidentificationProfile.Basic : DeidentificationProfile.Pacsbin).With(options));
        var result = Test(study, Source.Scan());
        Assert.Empty(result.Problems);
        Assert.True(result.IsPassed && result.IsSearched);
        Assert.Equal((study.StudyInstanceUid, 3), (result.StudyInstanceUid, result.Files));
    }

    [Fact]
    public void A_date_that_was_moved_to_that_of_another_source_is_no_leak()
    {
        var study = Make();
        var moved = TextOf(Files(study)[0], 0x00080020)!;
        Source.Write("study2/1.dcm", StudyFolder.Instance(2, 1, "PATIENT-0042", date: moved));
        Assert.Empty(Test(study, Source.Scan()).Problems);
    }

    [Fact]
    public void Without_a_source_identifiers_are_not_searched_and_the_result_says_so() => Assert.False(Test(Make()).IsSearched);

    [Fact]
    public void A_changed_a_missing_and_an_added_file_are_told()
    {
        var study = Make();
        var files = Files(study);
        var bytes = File.ReadAllBytes(files[0]);
        bytes[^1] ^= 1;
        File.WriteAllBytes(files[0], bytes);
        File.Delete(files[1]);
        File.WriteAllText(Path.Join(study.Path, "notes.txt"), "of a visitor");
        var problems = Test(study).Problems;
        Assert.Equal(
            [(StudyProblemKind.HashMismatch, Path.GetFileName(files[0])), (StudyProblemKind.FileMissing, Path.GetFileName(files[1])), (StudyProblemKind.FileUnlisted, "notes.txt")],
            problems.Select(p => (p.Kind, p.File)));
    }

    [Fact]
    public void An_identifier_that_came_into_a_copy_later_is_told_with_its_place_and_without_its_value()
    {
        var study = Make();
        Change(Files(study)[0], d => d.Set(new DicomElement(new Tag(0x00080070), Vr.LO, Encoding.UTF8.GetBytes("for M\u00FCller"))));
        var problem = Assert.Single(Test(study, Source.Scan()).Problems, p => p.Kind == StudyProblemKind.IdentifierLeft);
        Assert.Equal(new Tag(0x00080070), problem.Tag);
        Assert.DoesNotContain("ller", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_profile_would_not_leave_is_told()
    {
        var study = Make();
        Change(Files(study)[0], d =>
        {
            d.Set(new DicomElement(new Tag(0x00081030), Vr.LO, "anything"u8.ToArray()));
            d.Set(new DicomElement(new Tag(0x00091001), Vr.LO, "private "u8.ToArray()));
            d.Set(new DicomElement(new Tag(0x0020000E), Vr.UI, "1.2.3"u8.ToArray()));
            d.Set(new DicomElement(Tags.PatientIdentityRemoved, Vr.CS, "NO"u8.ToArray()));
            d.Remove(Tags.DeidentificationMethodCodeSequence);
        });
        Assert.Equal(
            [0x00081030u, 0x00091001u, Tags.PatientIdentityRemoved.Value, Tags.DeidentificationMethodCodeSequence.Value, 0x0020000Eu],
            Test(study).Problems.Where(p => p.Kind == StudyProblemKind.NotConformant).Select(p => p.Tag!.Value.Value));
    }

    [Fact]
    public void References_to_images_that_are_not_in_the_workspace_are_told()
    {
        var study = Make();
        var files = Files(study);
        Change(files[0], d => d.Set(Reference(Path.GetFileNameWithoutExtension(files[1]))));
        Change(files[2], d => d.Set(Reference("2.25.4711")));
        var problem = Assert.Single(Test(study).Problems, p => p.Kind == StudyProblemKind.ReferenceUnresolved);
        Assert.Equal(Path.GetFileName(files[2]), problem.File);
    }

    [Fact]
    public void A_suspicion_of_burned_in_text_is_told_and_is_no_failure()
    {
        var study = Make();
        var file = Files(study)[0];
        Change(file, d => d.Set(new DicomElement(Tags.BurnedInAnnotation, Vr.CS, "YES "u8.ToArray())), keepsHash: true);
        var result = Test(study);
        Assert.Equal([(StudyProblemKind.BurnedInSuspected, Path.GetFileName(file))], result.Problems.Select(p => (p.Kind, p.File)));
        Assert.True(result.IsPassed);
    }

    [Fact]
    public void A_file_that_is_no_dicom_any_more_is_told()
    {
        var study = Make();
        File.WriteAllText(Files(study)[0], new string('x', 500));
        Assert.Contains(Test(study).Problems, p => p.Kind == StudyProblemKind.Unreadable && p.Detail == nameof(PacsbinError.NotDicom));
    }

    [Fact]
    public void A_manifest_of_a_profile_that_is_not_known_is_an_error()
    {
        var study = Make();
        var manifest = Manifest.Read(study.Path)!;
        (manifest with { Profile = manifest.Profile with { Options = ["3"] } }).Write(study.Path);
        Assert.Equal(PacsbinError.InvalidProfile, Assert.Throws<PacsbinException>(() => Test(study)).Error);
    }

    private static DicomElement Reference(string instance)
    {
        var item = new DicomDataset();
        item.Set(new DicomElement(new Tag(0x00081150), Vr.UI, "1.2.840.10008.5.1.4.1.1.4"u8.ToArray()));
        item.Set(new DicomElement(new Tag(0x00081155), Vr.UI, Encoding.ASCII.GetBytes(instance)));
        var sequence = new DicomSequence();
        sequence.Items.Add(item);
        return new DicomElement(new Tag(0x00081140), Vr.SQ, sequence);
    }

    private DicomStudy Make(DeidentificationProfile? profile = null)
    {
        Source.WithStudy(1, 3);
        var study = Assert.Single(Run(profile));
        Assert.Empty(Rejected);
        return study;
    }

    private static string[] Files(DicomStudy study) => [.. Directory.GetFiles(study.Path, "*.dcm").Order(StringComparer.Ordinal)];

    private static StudyTestResult Test(DicomStudy study, IReadOnlyList<DicomStudy>? sources = null) =>
        new StudyTest { Sources = sources ?? [] }.Run(study, cancellationToken: TestContext.Current.CancellationToken);

    private static void Change(string path, Action<DicomDataset> change, bool keepsHash = false)
    {
        using var written = new MemoryStream();
        using (var file = DicomFile.Open(path))
        {
            change(file.Dataset);
            file.Save(written);
        }

        File.WriteAllBytes(path, written.ToArray());
        if (keepsHash)
        {
            var folder = Path.GetDirectoryName(path)!;
            var manifest = Manifest.Read(folder)!;
            (manifest with
            {
                Files = [.. manifest.Files.Select(f => f.Name == Path.GetFileName(path) ? f with { Length = written.Length, Xxh128 = Hash(path) } : f)],
            }).Write(folder);
        }
    }
}
