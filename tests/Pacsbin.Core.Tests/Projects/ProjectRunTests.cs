using System.Text;
using Pacsbin.Deidentification;
using Pacsbin.Projects;
using Pacsbin.Studies;
using Pacsbin.Tests.Deidentification;
using Pacsbin.Tests.Studies;
using Xunit;

namespace Pacsbin.Tests.Projects;

public sealed class ProjectRunTests : RunningTests
{
    private readonly TrialFolder folder;

    public ProjectRunTests() => folder = new TrialFolder(Temporary["project"]);

    [Fact]
    public void Everything_in_the_workspace_can_be_resolved()
    {
        Source.Write("a", StudyFolder.Instance(1, 1, "ANN", issuer: "HOSPITAL", birthDate: "19700131"));
        Source.Write("b", StudyFolder.Instance(1, 2, "ANN"));
        Source.Write("c", StudyFolder.Instance(2, 1, "ANN", issuer: "HOSPITAL"));
        Source.Write("d", StudyFolder.Instance(3, 1, "BOB"));
        var studies = RunProject();
        Assert.Equal(3, studies.Count);
        Assert.Empty(Rejected);
        foreach (var study in studies)
        {
            var identity = Assert.Single(folder.Resolve(study.StudyInstanceUid));
            Assert.Equal(study.PatientId, identity.Pseudonym);
            Assert.Null(identity.SeriesInstanceUid);
            foreach (var series in study.Series)
            {
                var found = Assert.Single(folder.Resolve(series.SeriesInstanceUid));
                Assert.Equal(identity with { SeriesInstanceUid = identity.StudyInstanceUid + ".1" }, found);
                foreach (var instance in series.Instances)
                {
                    var original = Assert.Single(folder.Resolve(instance.SopInstanceUid));
                    Assert.Equal(found with { SopInstanceUid = original.SopInstanceUid }, original);
                    Assert.StartsWith(identity.StudyInstanceUid + ".2.", original.SopInstanceUid, StringComparison.Ordinal);
                }
            }
        }

        var ann = studies.First(s => s.InstanceCount == 2).PatientId!;
        var all = folder.Resolve(ann);
        Assert.Equal(["1.2.826.0.1.3680043.99.1", "1.2.826.0.1.3680043.99.2"], all.Select(i => i.StudyInstanceUid));
        Assert.All(all, i => Assert.Equal(("ANN", "HOSPITAL", "ANN-M\u00FCller^\u5C71\u7530", "ACCESSION-0815"), (i.PatientId, i.IssuerOfPatientId, i.PatientName, i.AccessionNumber)));
        Assert.Equal(["19700131", null], all.Select(i => i.PatientBirthDate));
        var shifted = DateOnly.ParseExact(TextOf(studies.First(s => s.PatientId == ann).Series[0].Instances[0].Path, 0x00080020)!, "yyyyMMdd");
        Assert.Equal(new DateOnly(2024, 2, 29), shifted.AddDays(-all[0].DateShiftDays));
        Assert.Equal(nameof(ResolvedIdentity), all[0].ToString());
    }

    [Fact]
    public void Files_are_those_that_the_key_alone_would_make()
    {
        Source.WithStudy(1, 3).WithStudy(2, 2, "PATIENT-0042");
        RunProject();
        Run(key: TrialFolder.Key, destination: Temporary["without"]);
        Assert.Equal(Contents(Temporary["without"]), Contents(Destination));
        Assert.All(Studies(Destination), s => Assert.Equal(ProjectId, Manifest.Read(s)!.Project));
        Assert.All(Studies(Temporary["without"]), s => Assert.Null(Manifest.Read(s)!.Project));
    }

    [Fact]
    public void A_study_that_was_made_without_the_project_is_not_taken_for_its_own()
    {
        Source.WithStudy(1, 1);
        Run(key: TrialFolder.Key);
        Assert.Empty(RunProject());
        Assert.All(Rejected, r => Assert.Equal(PacsbinError.DestinationExists, r.Error));
        Assert.Single(RunProject(force: true));
        Assert.Equal(new StudyOutcome(0, 1, 0), Assert.Single(RunProject()).Outcome);
    }

    [Fact]
    public void Own_ids_are_in_the_files()
    {
        Source.Write("a", StudyFolder.Instance(1, 1, "ANN"));
        folder.With(c => c.Import(PatientCsv.Parse("PatientId,Pseudonym,DateShiftDays\nANN,SUBJ-001,-366\n", "")));
        var file = Assert.Single(RunProject()).Series[0].Instances[0].Path;
        Assert.Equal(("SUBJ-001", "SUBJ-001", "20230228"), (TextOf(file, 0x00100020), TextOf(file, 0x00100010), TextOf(file, 0x00080020)));
        Assert.Equal("ANN", Assert.Single(folder.Resolve("SUBJ-001")).PatientId);
    }

    [Fact]
    public void Spaces_around_a_patient_id_make_no_other_patient_but_another_issuer_does()
    {
        Source.Write("a", StudyFolder.Instance(1, 1, "PAT1"));
        Source.Write("b", StudyFolder.Instance(2, 1, "PAT1 "));
        Source.Write("c", StudyFolder.Instance(3, 1, " PAT1"));
        Source.Write("d", StudyFolder.Instance(4, 1, "PAT22"));
        Source.Write("e", StudyFolder.Instance(5, 1, "PAT1", issuer: "OTHER"));
        var studies = RunProject().ToDictionary(s => folder.Resolve(s.StudyInstanceUid).Single().StudyInstanceUid![^1] - '0');
        Assert.Single(Enumerable.Range(1, 3).Select(s => studies[s].PatientId).Distinct());
        Assert.Equal(3, studies.Values.Select(s => s.PatientId).Distinct().Count());
        Assert.Equal([2, 3], studies.Where(s => Has(s.Value, FindingKind.PatientIdSpaces)).Select(s => s.Key).Order());
        Assert.Equal([1, 2, 3, 5], studies.Where(s => Has(s.Value, FindingKind.PatientWithOtherIssuer)).Select(s => s.Key).Order());
        Assert.All(studies.Values, s => Assert.Equal(
            s.Findings.Where(f => f.Kind >= FindingKind.PatientIdSpaces), Manifest.Read(s.Path)!.Files.SelectMany(f => f.Findings ?? []).Where(f => f.Kind >= FindingKind.PatientIdSpaces)));
        Run(destination: Temporary["anonymized"]);
        Assert.All(Studies(Temporary["anonymized"]), s => Assert.DoesNotContain(Manifest.Read(s)!.Files, f => f.Findings?.Any(x => x.Kind >= FindingKind.PatientIdSpaces) == true));
    }

    [Fact]
    public void A_patient_whose_id_is_the_pseudonym_of_another_is_a_finding()
    {
        folder.With(c => c.Import(PatientCsv.Parse("PatientId,Pseudonym\nDONOR,Subj-7\nDONOR2,SUBJ-8\n", "")));
        var derived = folder.PseudonymOf("ANN").Id;
        Assert.NotEqual(derived, derived.ToLowerInvariant());
        string[] ids = ["ANN", "DONOR", "sUBJ-7", "subj-8", derived.ToLowerInvariant(), "SUBJ-9"];
        for (var i = 0; i < ids.Length; i++)
        {
            Source.Write($"{i}", StudyFolder.Instance(i + 1, 1, ids[i]));
        }

        var studies = RunProject().ToDictionary(s => folder.Resolve(s.StudyInstanceUid).Single().PatientId!);
        Assert.Empty(Rejected);
        Assert.Equal(ids.Order(), studies.Keys.Order());
        Assert.Equal(ids[2..5].Order(), studies.Where(s => Has(s.Value, FindingKind.PatientIdIsPseudonym)).Select(s => s.Key).Order());
        Assert.All(ids[2..5], id => Assert.NotEqual(id, studies[id].PatientId, StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public void An_item_that_names_another_patient_has_the_pseudonym_of_the_crosswalk()
    {
        folder.With(c => c.Import(PatientCsv.Parse("PatientId,Pseudonym,DateShiftDays\nDONOR,SUBJ-007,-99\nANN,SUBJ-008,-1\n", "")));
        Source.Write("a", WithItem("ANN", "DONOR"));
        Source.Write("DICOMDIR", new DicomBuilder()
            .Sequence(0x00041220, undefined: false, record => record.Element(0x00041430, "CS", "PATIENT ").Element(0x00100010, "PN", "D^O ").Element(0x00100020, "LO", "DONOR "),
                record => record.Element(0x00041430, "CS", "STUDY ").Element(0x00080020, "DA", "20240229"))
            .Element(0x00080016, "UI", "1.2.840.10008.1.3.10").Element(0x00080018, "UI", "1.2.826.0.1.3680043.99.7777\0").ToFile());
        var studies = RunProject(includeDirectories: true);
        Assert.Empty(Rejected);
        var files = studies.SelectMany(s => s.Series).SelectMany(s => s.Instances).Select(i => Encoding.ASCII.GetString(File.ReadAllBytes(i.Path))).ToList();
        Assert.Equal(2, files.Count(f => f.Contains("SUBJ-007", StringComparison.Ordinal)));
        Assert.Single(files, f => f.Contains("SUBJ-008", StringComparison.Ordinal));
        Assert.Single(files, f => f.Contains("20231122", StringComparison.Ordinal)); // 99 days before
        Assert.DoesNotContain(files, f => f.Contains("20240229", StringComparison.Ordinal));
        Assert.All(studies, s => Assert.All(s.Series[0].Instances, i => Assert.NotEmpty(folder.Resolve(i.SopInstanceUid))));
    }

    [Fact]
    public void A_patient_whom_only_an_item_names_is_in_the_crosswalk()
    {
        Source.Write("a", WithItem("ANN", "DONOR"));
        RunProject();
        Assert.Equal(["patient |ANN|", "patient |DONOR|"], folder.Dump().Where(l => l.StartsWith("patient ", StringComparison.Ordinal)).Select(l => l[..(l.LastIndexOf('|', l.LastIndexOf('|') - 1) + 1)]));
    }

    [Fact]
    public void A_study_without_patient_id_can_be_resolved_by_what_else_its_files_say()
    {
        Source.Write("a", StudyFolder.Instance(1, 1, patient: null, birthDate: "19700131"));
        var study = Assert.Single(RunProject());
        var identity = Assert.Single(folder.Resolve(study.StudyInstanceUid));
        Assert.Equal((null, null, "19700131", "ACCESSION-0815"), (identity.PatientId, identity.IssuerOfPatientId, identity.PatientBirthDate, identity.AccessionNumber));
        Assert.Equal(identity, Assert.Single(folder.Resolve(study.PatientId!)));
    }

    [Fact]
    public void A_rerun_covers_what_was_there_already()
    {
        Source.WithStudy(1, 3).WithStudy(2, 2, "PATIENT-0042");
        RunProject();
        var dump = folder.Dump();
        folder.BeginAnew();
        Assert.All(RunProject(), s => Assert.Equal(0, s.Outcome!.Written));
        Assert.Equal(dump, folder.Dump());
    }

    [Fact]
    public void A_journal_that_a_killed_process_left_in_a_finished_study_goes()
    {
        Source.WithStudy(1, 3);
        var study = Assert.Single(RunProject());
        File.WriteAllText(Path.Join(study.Path, "journal"), "left between the rename and the end");
        Assert.Equal(new StudyOutcome(0, 3, 0), Assert.Single(RunProject()).Outcome);
        Assert.Equal(4, Directory.GetFiles(study.Path).Length);
    }

    [Fact]
    public void A_file_that_comes_later_adds_to_what_is_known()
    {
        Source.Write("b", StudyFolder.Instance(1, 2, "ANN"));
        RunProject();
        Source.Write("a", StudyFolder.Instance(1, 1, "ANN", birthDate: "19700131"));
        var study = Assert.Single(RunProject());
        Assert.Equal("19700131", Assert.Single(folder.Resolve(study.StudyInstanceUid)).PatientBirthDate);
        var dump = folder.Dump();
        folder.BeginAnew();
        Directory.Delete(Destination, recursive: true);
        RunProject();
        Assert.Equal(dump, folder.Dump());
    }

    [Fact]
    public void What_an_interrupted_run_left_of_a_source_that_is_gone_does_not_get_into_the_study()
    {
        Source.WithStudy(1, 100);
        using (var cancellation = new CancellationTokenSource())
        using (var project = folder.Open())
        using (var run = new DeidentificationRun(DeidentificationProfile.Pacsbin, Destination, project: project) { ThrottleLimit = 1 })
        {
            Assert.ThrowsAny<OperationCanceledException>(() => run.Run(Source.Scan(), _ => { }, new CancelAtOnce(cancellation), cancellation.Token));
        }

        File.Delete(Source["study1/00001.dcm"]);
        var study = Assert.Single(RunProject());
        Assert.Equal(new StudyOutcome(36, 63, 0), study.Outcome);
        Assert.Equal(99, Manifest.Read(study.Path)!.Files.Count);
        Assert.Equal(100, Directory.GetFiles(study.Path).Length);
        Assert.Equal(99, folder.Dump().Count(l => l.StartsWith("instance ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Uids_that_stay_can_be_resolved_too()
    {
        Source.WithStudy(1, 1);
        Assert.Single(RunProject(DeidentificationProfile.Pacsbin.With(ProfileOptions.RetainUids)));
        Assert.Equal("PATIENT-4711", Assert.Single(folder.Resolve("1.2.826.0.1.3680043.99.1")).PatientId);
        RunProject(destination: Temporary["replaced"]);
        Assert.Equal("PATIENT-4711", Assert.Single(folder.Resolve(Path.GetFileName(Assert.Single(Studies(Temporary["replaced"]))))).PatientId);
        Assert.Equal("PATIENT-4711", Assert.Single(folder.Resolve("1.2.826.0.1.3680043.99.1")).PatientId);
    }

    [Fact]
    public void With_a_crosswalk_that_cannot_be_read_nothing_is_written()
    {
        Source.WithStudy(1, 1);
        File.WriteAllText(folder["crosswalk.db"], new string('x', 5000));
        Assert.Equal(PacsbinError.MalformedElement, Assert.Throws<PacsbinException>(() => RunProject()).Error);
        Assert.False(Directory.Exists(Destination));
    }

    [Fact]
    public void A_file_that_is_rejected_has_no_row()
    {
        Source.WithStudy(1, 2);
        Source.Write("study1/cut", StudyFolder.Instance(1, 3)[..^10]);
        Assert.Equal(new StudyOutcome(2, 0, 1), Assert.Single(RunProject()).Outcome);
        Assert.Equal(2, folder.Dump().Count(l => l.StartsWith("instance ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Nothing_of_a_source_and_no_key_is_in_any_file_in_clear()
    {
        Source.Write("a", StudyFolder.Instance(1, 1, "PATIENT-4711", issuer: "StKatharina", birthDate: "19700131"));
        Source.Write("b", StudyFolder.Instance(2, 1, "PATIENT-0042"));
        using var project = folder.Open();
        using var open = Crosswalk.Open(project); // keeps SQLite's log and its index there
        var studies = RunProject();
        foreach (var study in studies)
        {
            Assert.NotEmpty(open.Resolve(study.PatientId!, "Test"));
            Assert.NotEmpty(open.Resolve(study.StudyInstanceUid, "Test"));
        }

        open.Resolve("PATIENT-4711", "Test");
        open.Resolve("1.2.826.0.1.3680043.99.1", "Test");
        string[] files = [.. Directory.GetFiles(folder.Path), .. studies.Select(s => Path.Join(s.Path, Manifest.FileName))];
        Assert.Superset(new HashSet<string?> { "audit.log", "crosswalk.db", "crosswalk.db-shm", "crosswalk.db-wal", "project.json", "study.json" }, files.Select(Path.GetFileName).ToHashSet());
        Assert.True(new FileInfo(folder["crosswalk.db-wal"]).Length > 1000);
        string[] values =
        [
            "PATIENT-4711", "PATIENT-0042", "M\u00FCller", "\u5C71\u7530", "StKatharina", "ACCESSION-0815", "19700131", "20240229", "1.2.826.0.1.3680043.99.1", "1.2.826.0.1.3680043.99.2.2.1",
            Convert.ToHexString(TrialFolder.Key), Convert.ToBase64String(TrialFolder.Key), Source.Path,
        ];
        byte[][] tokens =
        [
            TrialFolder.Key,
            .. values.SelectMany(v => new[] { v, v.ToUpperInvariant(), v.ToLowerInvariant() })
                .SelectMany(v => new[] { Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.Latin1 }.Where(e => e.GetString(e.GetBytes(v)) == v).Select(e => e.GetBytes(v))),
        ];
        foreach (var file in files)
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            Assert.All(tokens, t => Assert.True(bytes.AsSpan().IndexOf(t) < 0, $"{Path.GetFileName(file)} holds token {Array.IndexOf(tokens, t)}."));
        }
    }

    /// <summary>Measured alone: what else the machine does would be measured too.</summary>
    [Fact(Explicit = true)]
    public void A_project_costs_little()
    {
        for (var study = 1; study <= 4; study++)
        {
            Source.WithStudy(study, 1000, $"PATIENT-{study}");
        }

        var (without, with) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var round = 0; round < 4; round++)
        {
            without = Min(without, Measure(() => Run(key: TrialFolder.Key)));
            folder.BeginAnew();
            with = Min(with, Measure(() => RunProject()));
        }

        TestContext.Current.SendDiagnosticMessage($"4,000 files take {without.TotalMilliseconds:F0} ms of processor time without a project, {with.TotalMilliseconds:F0} ms with one.");
        Assert.True(with < 1.3 * without);

        TimeSpan Measure(Action run)
        {
            var before = Environment.CpuUsage.TotalTime;
            run();
            var after = Environment.CpuUsage.TotalTime;
            Directory.Delete(Destination, recursive: true);
            return after - before;
        }

        static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
    }

    private string ProjectId => ProjectSettings.Read(folder.Path).Id;

    private static bool Has(DicomStudy study, FindingKind kind) => study.Findings.Any(f => f.Kind == kind);

    private static byte[] WithItem(string patient, string other) => new DicomBuilder()
        .Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.4\0").Element(0x00080018, "UI", "1.2.826.0.1.3680043.99.1.2.1")
        .Element(0x00100010, "PN", $"{patient}^Y").Element(0x00100020, "LO", patient)
        .Sequence(0x00120083, undefined: false, item => item.Element(0x00100010, "PN", $"{other}^X").Element(0x00100020, "LO", other))
        .Element(0x0020000D, "UI", "1.2.826.0.1.3680043.99.1").Element(0x0020000E, "UI", "1.2.826.0.1.3680043.99.1.1").ToFile();

    private List<DicomStudy> RunProject(DeidentificationProfile? profile = null, bool force = false, string? destination = null, bool includeDirectories = false)
    {
        var whole = new System.Collections.Concurrent.ConcurrentBag<DicomStudy>();
        using var project = folder.Open();
        using var run = new DeidentificationRun(profile ?? DeidentificationProfile.Pacsbin, destination ?? Destination, project: project)
        {
            Force = force,
            Rejected = (path, e) => Rejected.Add((path, e.Error)),
        };
        var scanner = new StudyScanner { IncludeDirectories = includeDirectories };
        run.Run(scanner.Scan([Source.Path], cancellationToken: TestContext.Current.CancellationToken).Studies, whole.Add, cancellationToken: TestContext.Current.CancellationToken);
        return [.. whole];
    }

    private sealed class CancelAtOnce(CancellationTokenSource source) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => source.Cancel();
    }
}
