using System.Text;
using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Pacsbin.Studies;
using Pacsbin.Tests.Studies;
using Xunit;

namespace Pacsbin.Tests.Deidentification;

public class DeidentificationRunTests : RunningTests
{
    [Fact]
    public void Each_study_becomes_a_folder_with_its_files_and_their_hashes()
    {
        Source.WithStudy(1, 3).WithStudy(2, 2, "PATIENT-0042");
        var before = Contents(Source.Path);
        var result = Run();
        Assert.Empty(Rejected);
        Assert.Equal(Studies(Destination), result.Select(s => s.Path).Order(StringComparer.Ordinal));
        Assert.Equal([2, 3], result.Select(s => s.InstanceCount).Order());
        Assert.All(result, s => Assert.Equal(StudyState.Deidentified, s.State));
        Assert.Equal(before, Contents(Source.Path));
        foreach (var study in result)
        {
            var manifest = Manifest.Read(study.Path)!;
            Assert.Equal(Path.GetFileName(study.Path), manifest.StudyInstanceUid);
            Assert.Equal(study.InstanceCount, manifest.Files.Count);
            Assert.Equal(manifest.Files.Select(f => f.Name).Append(Manifest.FileName).Order(StringComparer.Ordinal), Directory.GetFiles(study.Path).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
            Assert.All(manifest.Files, f => Assert.Equal(f.Xxh128, Hash(Path.Combine(study.Path, f.Name))));
            Assert.All(manifest.Files, f => Assert.Equal(f.Length, new FileInfo(Path.Combine(study.Path, f.Name)).Length));
            Assert.All(manifest.Files, f => Assert.Equal(f.Name, TextOf(Path.Combine(study.Path, f.Name), 0x00080018) + ".dcm"));
            Assert.Equal(manifest.Files.Sum(f => f.Length), study.Length);
            Assert.Equal(new StudyOutcome(study.InstanceCount, 0, 0), study.Outcome);
        }
    }

    [Fact]
    public void Nothing_of_the_source_is_in_a_manifest_or_a_name()
    {
        Source.WithStudy(1, 2);
        Source.Write("study1/cut.dcm", StudyFolder.Instance(1, 7)[..^10]);
        Run();
        var study = Assert.Single(Studies(Destination));
        var text = File.ReadAllText(Path.Combine(study, Manifest.FileName)) + string.Concat(Contents(Destination).Keys);
        string[] values = ["4711", "PATIENT", "ller", "山田", "ACCESSION", "0815", "Hospital", "knee", "20240229", "1.2.826", "3680043", "study1", "00001", "cut", Source.Path, Path.GetFileName(Source.Path)];
        Assert.All(values, value => Assert.DoesNotContain(value, text, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void A_rerun_skips_what_is_whole_and_writes_nothing()
    {
        Source.WithStudy(1, 3);
        var first = Assert.Single(Run());
        var times = Directory.GetFiles(first.Path).ToDictionary(f => f, File.GetLastWriteTimeUtc);
        var second = Assert.Single(Run());
        Assert.Equal(new StudyOutcome(0, 3, 0), second.Outcome);
        Assert.Equal(times, Directory.GetFiles(first.Path).ToDictionary(f => f, File.GetLastWriteTimeUtc));
        Assert.Equal(first.Length, second.Length);
        Assert.Equal([first.Path], Directory.GetDirectories(Destination));
    }

    [Fact]
    public void Files_that_came_later_are_added_to_the_study()
    {
        Source.WithStudy(1, 2);
        Run();
        Source.WithStudy(1, 5);
        var study = Assert.Single(Run());
        Assert.Equal(new StudyOutcome(3, 2, 0), study.Outcome);
        Assert.Equal(5, Manifest.Read(study.Path)!.Files.Count);
        Assert.Equal([study.Path], Directory.GetDirectories(Destination));
    }

    [Fact]
    public void An_interrupted_run_leaves_nothing_that_looks_finished_and_a_rerun_goes_on_from_there()
    {
        Source.WithStudy(1, 100);
        RunInterrupted(Key);
        Assert.Empty(Studies(Destination));
        var study = Assert.Single(Run());
        Assert.Equal(new StudyOutcome(36, 64, 0), study.Outcome);
        Run(destination: Temporary["other"]);
        Assert.Equal(Contents(Temporary["other"]), Contents(Destination));
    }

    [Fact]
    public void A_random_key_lasts_until_its_run_is_finished_and_no_longer()
    {
        Source.WithStudy(1, 100);
        RunInterrupted(key: null);
        var study = Assert.Single(Run(hasRandomKey: true));
        Assert.Equal(new StudyOutcome(36, 64, 0), study.Outcome);
        var another = Assert.Single(Run(hasRandomKey: true));
        Assert.NotEqual(study.StudyInstanceUid, another.StudyInstanceUid);
        Assert.NotEqual(study.PatientId, another.PatientId);
    }

    [Fact]
    public void A_file_cut_after_it_was_journalled_is_written_again()
    {
        Source.WithStudy(1, 100);
        RunInterrupted(Key);
        var staged = Directory.GetFiles(Assert.Single(Directory.GetDirectories(Destination)), "*.dcm").Order(StringComparer.Ordinal).ToList();
        File.WriteAllBytes(staged[0], File.ReadAllBytes(staged[0])[..^1]);
        File.WriteAllBytes(staged[1], new byte[new FileInfo(staged[1]).Length]);
        File.Delete(staged[2]);
        Assert.Equal(new StudyOutcome(39, 61, 0), Assert.Single(Run()).Outcome);
        Run(destination: Temporary["other"]);
        Assert.Equal(Contents(Temporary["other"]), Contents(Destination));
    }

    [Fact]
    public void A_run_with_other_settings_needs_force()
    {
        Source.WithStudy(1, 2);
        var first = Assert.Single(Run(DeidentificationProfile.Pacsbin));
        Assert.Empty(Run(DeidentificationProfile.Basic));
        Assert.All(Rejected, r => Assert.Equal(PacsbinError.DestinationExists, r.Error));
        Assert.NotEmpty(Rejected);
        var second = Assert.Single(Run(DeidentificationProfile.Basic, force: true));
        Assert.Equal(first.Path, second.Path);
        Assert.Equal("Basic", Manifest.Read(second.Path)!.Profile.Name);
        Assert.Equal(new StudyOutcome(2, 0, 0), second.Outcome);
    }

    [Fact]
    public void A_study_that_another_run_is_writing_is_left_to_it()
    {
        Source.WithStudy(1, 2).WithStudy(2, 1);
        using var pseudonymizer = new Pacsbin.Projects.Pseudonymizer(Key);
        using (StagedStudy.Open(Destination, pseudonymizer.Uid("1.2.826.0.1.3680043.99.1")))
        {
            Assert.Equal(1, Assert.Single(Run()).InstanceCount);
            Assert.Equal(2, Rejected.Count(r => r.Error == PacsbinError.ManifestConflict));
        }

        Assert.Contains(Run(), s => s.InstanceCount == 2);
    }

    [Fact]
    public void The_same_file_twice_is_one_and_another_under_its_uid_is_rejected()
    {
        Source.Write("a", StudyFolder.Instance(1, 1));
        Source.Write("b", StudyFolder.Instance(1, 1));
        var study = Assert.Single(Run());
        Assert.Equal(1, study.InstanceCount);
        Assert.Contains(study.Findings, f => f.Kind == FindingKind.DuplicateInstance);
        Assert.Empty(Rejected);

        Source.Write("c", StudyFolder.Instance(1, 1, date: "20240301"));
        Run(force: true);
        Assert.NotEmpty(Rejected); // which of them comes first is not said
        Assert.All(Rejected, r => Assert.Equal(PacsbinError.DestinationExists, r.Error));
    }

    [Fact]
    public void A_file_without_patient_moves_with_the_patient_of_its_study()
    {
        Source.Write("a", StudyFolder.Instance(1, 1, "PATIENT-4711"));
        Source.Write("b", StudyFolder.Instance(1, 2, patient: null));
        Source.Write("c", StudyFolder.Instance(1, 3, "PATIENT-4711", issuer: "HOSPITAL"));
        Source.Write("d", StudyFolder.Instance(2, 1, "PATIENT-4711", issuer: "HOSPITAL"));
        var files = Run().SelectMany(s => s.Series).SelectMany(s => s.Instances).Select(i => i.Path).ToList();
        Assert.Equal(4, files.Count);
        Assert.Single(files.Select(f => TextOf(f, 0x00080020)).Distinct());
        Assert.Single(files.Select(f => TextOf(f, 0x00100020)).Distinct());
        Assert.Single(files.Select(f => TextOf(f, 0x00100010)).Distinct());
        Assert.NotEqual("20240229", TextOf(files[0], 0x00080020));
    }

    [Fact]
    public void Several_patients_of_a_study_each_keep_their_own_pseudonym()
    {
        Source.Write("a", StudyFolder.Instance(1, 1, "ANN"));
        Source.Write("b", StudyFolder.Instance(1, 2, "BOB"));
        var study = Assert.Single(Run());
        Assert.Contains(study.Findings, f => f.Kind == FindingKind.SeveralPatients);
        Assert.Equal(2, Directory.GetFiles(study.Path, "*.dcm").Select(f => TextOf(f, 0x00100020)).Distinct().Count());
    }

    [Fact]
    public void A_rejected_file_does_not_keep_the_others_back()
    {
        Source.WithStudy(1, 2);
        Source.Write("study1/cut", StudyFolder.Instance(1, 3)[..^10]);
        var study = Assert.Single(Run());
        Assert.Equal((Source["study1/cut"], PacsbinError.Truncated), Assert.Single(Rejected));
        Assert.Equal(new StudyOutcome(2, 0, 1), study.Outcome);
        Assert.Equal(1, Manifest.Read(study.Path)!.Rejected[PacsbinError.Truncated]);
    }

    [Fact]
    public void A_destination_that_cannot_be_written_is_an_error_for_each_file_and_no_crash()
    {
        Source.WithStudy(1, 2);
        File.WriteAllText(Temporary["file"], "no folder");
        Assert.Empty(Run(destination: Temporary["file"]));
        Assert.All(Rejected, r => Assert.True(r.Error is PacsbinError.FileIo or PacsbinError.FileNotFound or PacsbinError.FileAccessDenied, $"{r.Error}"));
        Assert.Equal(2, Rejected.Count(r => r.Path.EndsWith(".dcm", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_study_of_which_a_file_could_not_be_written_waits_for_a_rerun()
    {
        Source.WithStudy(1, 3);
        using var pseudonymizer = new Pacsbin.Projects.Pseudonymizer(Key);
        var (study, file) = (pseudonymizer.Uid("1.2.826.0.1.3680043.99.1"), pseudonymizer.Uid("1.2.826.0.1.3680043.99.1.2.2"));
        var obstacle = Path.Combine(Destination, $".{study}.partial", file + ".dcm");
        Directory.CreateDirectory(obstacle); // as a full disk would, it lets one file fail
        Assert.Empty(Run());
        Assert.Empty(Studies(Destination));
        Assert.Equal(2, Rejected.Count); // the file, and the study that waits for it
        Assert.All(Rejected, r => Assert.True(r.Error is PacsbinError.FileIo or PacsbinError.FileAccessDenied, $"{r.Error}"));
        Directory.Delete(obstacle);
        Assert.Equal(new StudyOutcome(1, 2, 0), Assert.Single(Run()).Outcome);
    }

    [Fact]
    public void Entries_of_an_archive_come_out_like_files()
    {
        Source.WithStudy(1, 2);
        var archive = Temporary["studies.zip"];
        System.IO.Compression.ZipFile.CreateFromDirectory(Source.Path, archive);
        Run();
        var plain = Contents(Destination);
        Directory.Delete(Source["study1"], recursive: true);
        File.Move(archive, Source["studies.zip"]);
        Run(destination: Temporary["other"]);
        Assert.Equal(plain, Contents(Temporary["other"]));
    }

    [Fact]
    public void A_uid_that_leads_elsewhere_names_no_file_outside_the_workspace()
    {
        var bytes = Encoding.Latin1.GetString(StudyFolder.Instance(1, 1)).Replace("1.2.826.0.1.3680043.99.1", "../../../../../../escape", StringComparison.Ordinal);
        Source.Write("a", Encoding.Latin1.GetBytes(bytes));
        foreach (var profile in new[] { DeidentificationProfile.Pacsbin, DeidentificationProfile.Pacsbin.With(ProfileOptions.RetainUids) })
        {
            Run(profile, destination: Temporary["inner/workspace"]);
        }

        Assert.All(Directory.EnumerateFileSystemEntries(Temporary.Path, "*", SearchOption.AllDirectories), f => Assert.DoesNotContain("escape", f, StringComparison.Ordinal));
        Assert.Equal(["inner"], Directory.GetFileSystemEntries(Temporary.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Progress_ends_with_all_files()
    {
        Source.WithStudy(1, 70);
        var reports = new List<RunProgress>();
        using var run = new DeidentificationRun(DeidentificationProfile.Pacsbin, Destination, Key) { ThrottleLimit = 1 };
        run.Run(Source.Scan(), _ => { }, new Listener(reports.Add), TestContext.Current.CancellationToken);
        Assert.Equal(70, reports[^1].Files);
        Assert.Equal(70, reports[^1].TotalFiles);
    }

    private sealed class Listener(Action<RunProgress> listen) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => listen(value);
    }
}
