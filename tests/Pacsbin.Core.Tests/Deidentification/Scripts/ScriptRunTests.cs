using System.Collections.Concurrent;
using Pacsbin.Deidentification;
using Pacsbin.Deidentification.Scripts;
using Pacsbin.Deidentification.Scripts.Functions;
using Pacsbin.Dicom;
using Pacsbin.Projects;
using Pacsbin.Redaction.Devices;
using Pacsbin.Review;
using Pacsbin.Studies;
using Pacsbin.Tests.Projects;
using Pacsbin.Tests.Studies;
using Xunit;

namespace Pacsbin.Tests.Deidentification.Scripts;

/// <summary>Runs of scripts over studies, into workspaces.</summary>
public sealed class ScriptRunTests : RunningTests
{
    private const string Hashing = "set.[0008,0018]=@hashuid(2.25.7,this)\nset.[0020,000d]=@hashuid(2.25.7,this)\nset.[0020,000e]=@hashuid(2.25.7,this)\nset.[0010,0010]=@hash(PatientID,8)\nset.[0010,0020]=@hash(this,8)\n";

    [Fact]
    public void Folder_and_files_have_the_uids_that_the_script_gives()
    {
        Source.WithStudy(1, 3);
        var study = Assert.Single(Run(Hashing));
        Assert.StartsWith("2.25.7.", study.StudyInstanceUid, StringComparison.Ordinal);
        Assert.Equal(study.StudyInstanceUid, Path.GetFileName(study.Path));
        Assert.Equal("2.25.7", string.Join('.', study.Series.Single().SeriesInstanceUid.Split('.')[..3]));
        foreach (var instance in study.Series.Single().Instances)
        {
            Assert.Equal(Path.GetFileNameWithoutExtension(instance.Path), TextOf(instance.Path, 0x00080018));
            Assert.Equal(study.StudyInstanceUid, TextOf(instance.Path, 0x0020000D));
            Assert.Matches("^[0-9]{8}$", TextOf(instance.Path, 0x00100020)!);
        }

        Assert.Matches("^[0-9]{8}$", study.PatientId!);
        var manifest = Manifest.Read(study.Path)!;
        Assert.Equal((study.StudyInstanceUid, false), (manifest.StudyInstanceUid, manifest.Profile.Script!.Exact));
        Assert.Equal(["00080018", "0020000d", "0020000e", "00100010", "00100020"], manifest.Profile.Script.Attributes);
        Assert.Equal(new StudyOutcome(0, 3, 0), Assert.Single(Run(Hashing)).Outcome);
        var problems = new StudyTest { Sources = Source.Scan() }.Run(study, cancellationToken: TestContext.Current.CancellationToken).Problems;
        Assert.DoesNotContain(problems, p => p.Kind is StudyProblemKind.IdentifierLeft or StudyProblemKind.NotConformant or StudyProblemKind.HashMismatch);
    }

    [Fact]
    public void Another_script_is_another_way_of_making_the_study()
    {
        Source.WithStudy(1, 1);
        Run(Hashing);
        Assert.Empty(Run(Hashing + "set.[0008,1030]=x\n"));
        Assert.All(Rejected, r => Assert.Equal(PacsbinError.DestinationExists, r.Error));
    }

    [Fact]
    public void Rule_that_keeps_an_identifier_is_overruled_by_the_profile()
    {
        Source.WithStudy(1, 2);
        var study = Assert.Single(Run(Hashing + "set.[0010,0010]=@keep()\nset.[0008,0050]=A-@contents(this)\nset.[0008,1030]=@keep()\n"));
        Assert.Empty(Rejected);
        Assert.Equal([Tags.AccessionNumber, Tags.PatientName], study.Findings.Where(f => f.Kind == FindingKind.RuleOverruled).Select(f => f.Tag!.Value).Order());
        foreach (var path in study.Series[0].Instances.Select(i => i.Path))
        {
            Assert.Matches("^[0-9A-Z]{10}$", TextOf(path, 0x00100010)!);
            Assert.Equal("", TextOf(path, 0x00080050));
            Assert.Matches("^[0-9]{8}$", TextOf(path, 0x00100020)!);
        }

        Assert.Equal(new StudyOutcome(0, 2, 0), Assert.Single(Run(Hashing + "set.[0010,0010]=@keep()\nset.[0008,0050]=A-@contents(this)\nset.[0008,1030]=@keep()\n")).Outcome);
    }

    [Fact]
    public void Text_that_begins_as_that_of_this_product_is_searched_where_a_rule_wrote_it()
    {
        Source.WithStudy(1, 1);
        var study = Assert.Single(Run(Hashing + "set.[0012,0063]=@always()PacsbinPS @contents(AccessionNumber)\n"));
        Assert.DoesNotContain("0815", TextOf(study.Series[0].Instances[0].Path, 0x00120063)!, StringComparison.Ordinal);
        Assert.Contains(study.Findings, f => f.Kind == FindingKind.RuleOverruled && f.Tag == Tags.DeidentificationMethod);
    }

    [Theory]
    [InlineData(ProfileOptions.None, null)]
    [InlineData(ProfileOptions.RetainFullDates, "20240229")]
    public void Date_that_a_rule_keeps_stays_only_with_the_option(ProfileOptions options, string? expected)
    {
        Source.WithStudy(1, 1);
        var study = Assert.Single(Run(Hashing + "set.[0008,0020]=@keep()\nset.[0008,0021]=@incrementdate(this,-3)\n", options: options));
        Assert.Empty(Rejected);
        Assert.Equal(expected ?? "", TextOf(study.Series[0].Instances[0].Path, 0x00080020));
        Assert.Equal(expected is null, study.Findings.Any(f => f.Kind == FindingKind.RuleOverruled && f.Tag == Tags.StudyDate));
    }

    [Fact]
    public void Uid_that_a_rule_keeps_is_found_and_the_copy_deleted()
    {
        Source.WithStudy(1, 2);
        Assert.Empty(Run(Hashing + "set.[0020,000e]=@keep()\n"));
        Assert.Equal([PacsbinError.IdentifierLeft, PacsbinError.IdentifierLeft], Rejected.Select(r => r.Error));
        Assert.Empty(Studies(Destination));
        Assert.Single(Run(Hashing + "set.[0020,000e]=@keep()\n", options: ProfileOptions.RetainUids));
    }

    [Fact]
    public void Exact_run_leaves_what_ctp_leaves_and_says_so()
    {
        Source.WithStudy(1, 2);
        var study = Assert.Single(Run(Hashing + "set.[0010,0010]=@keep()\n", exact: true));
        Assert.Empty(Rejected);
        var left = study.Findings.Where(f => f.Kind == FindingKind.IdentifierLeft).ToList();
        Assert.Contains(left, f => f.Tag == Tags.PatientName);
        Assert.Contains(left, f => f.Tag == Tags.AccessionNumber);
        Assert.Contains(left, f => f.Tag == Tags.StudyDate);
        Assert.DoesNotContain(left, f => f.Tag == Tags.PatientId);
        var manifest = Manifest.Read(study.Path)!;
        Assert.True(manifest.Profile.Script!.Exact);
        Assert.All(manifest.Files, f => Assert.Contains(f.Findings!, n => n.Kind == FindingKind.IdentifierLeft && n.Tag == Tags.PatientName));
        Assert.DoesNotContain("ller", File.ReadAllText(Path.Join(study.Path, Manifest.FileName)), StringComparison.Ordinal);

        var refused = Assert.Throws<PacsbinException>(() => OpenFindings.RequireNone(study.Path, manifest, [FindingKind.BurnedInSuspected]));
        Assert.Equal(PacsbinError.NotApproved, refused.Error);
        Assert.Contains("IdentifierLeft in 2 files", refused.Message, StringComparison.Ordinal);
        OpenFindings.RequireNone(study.Path, manifest, [FindingKind.BurnedInSuspected, FindingKind.IdentifierLeft]);
    }

    [Fact]
    public void Skipped_file_is_passed_on_by_an_exact_run()
    {
        Source.WithStudy(1, 1);
        var study = Assert.Single(Run("set.[0008,0060]=@skip()\nset.[0010,0010]=x\n", exact: true));
        Assert.Equal("PATIENT-4711", TextOf(study.Series[0].Instances[0].Path, 0x00100020));
        Assert.Equal("1.2.826.0.1.3680043.99.1", study.StudyInstanceUid);
        Assert.Contains(study.Findings, f => f.Kind == FindingKind.IdentifierLeft && f.Tag == Tags.StudyInstanceUid);
    }

    [Fact]
    public void Files_that_a_filter_does_not_mean_give_no_output()
    {
        Source.WithStudy(1, 3).WithStudy(2, 1);
        var study = Assert.Single(Run(Hashing, filter: "SOPInstanceUID.endsWith(\"1.2.1\") + SOPInstanceUID.endsWith(\"1.2.2\")"));
        Assert.Equal(new StudyOutcome(2, 0, 0) { Filtered = 1 }, study.Outcome);
        Assert.Empty(Rejected);
        Assert.Equal([study.Path], Directory.GetDirectories(Destination));
    }

    [Fact]
    public void Script_that_takes_a_study_apart_is_refused_for_what_goes_elsewhere()
    {
        Source.WithStudy(1, 3);
        var study = Assert.Single(Run(Hashing + "set.[0020,000d]=@hashuid(2.25.7,SOPInstanceUID)\n"));
        Assert.Equal(1, study.InstanceCount);
        Assert.Equal([PacsbinError.InvalidScript, PacsbinError.InvalidScript], Rejected.Select(r => r.Error));
    }

    [Fact]
    public void Script_that_gives_all_instances_one_uid_is_refused_for_all_but_one()
    {
        Source.WithStudy(1, 3);
        Assert.Equal(1, Assert.Single(Run(Hashing + "set.[0008,0018]=2.25.8\n")).InstanceCount);
        Assert.Equal([PacsbinError.DestinationExists, PacsbinError.DestinationExists], Rejected.Select(r => r.Error));
    }

    [Fact]
    public void Study_uid_that_a_script_removes_is_gone()
    {
        Source.WithStudy(1, 2);
        var study = Assert.Single(Run(Hashing + "set.[0020,000d]=@remove()\n"));
        Assert.Equal("", study.StudyInstanceUid);
        Assert.All(study.Series[0].Instances, i => Assert.Null(TextOf(i.Path, 0x0020000D)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Objects_without_a_study_stay_apart_though_the_script_gives_them_one_uid(bool exact)
    {
        foreach (var instance in Enumerable.Range(1, 2))
        {
            Source.Write($"{instance}", new DicomBuilder().Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2").Element(0x00080018, "UI", $"1.2.3.{instance}").Element(0x0020000D, "UI", "").ToFile());
        }

        var studies = Run(Hashing, exact);
        Assert.Empty(Rejected);
        Assert.Equal(2, studies.Select(s => s.Path).Distinct().Count());
        Assert.Equal(TextOf(studies[0].Series[0].Instances[0].Path, 0x0020000D), Assert.Single(studies.Select(s => s.StudyInstanceUid).Distinct()));
    }

    [Fact]
    public void Study_uid_of_unknown_vr_is_not_hashed_by_an_exact_run()
    {
        Source.Write("1", new DicomBuilder().Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2").Element(0x00080018, "UI", "1.2.3.4").Element(0x0020000D, "UN", "1.2.3.50").ToFile());
        Assert.Equal("1.2.3.50", Assert.Single(Run(Hashing, exact: true)).StudyInstanceUid);
        Assert.StartsWith("2.25.7.", Assert.Single(Run(Hashing)).StudyInstanceUid, StringComparison.Ordinal);
    }

    [Fact]
    public void Table_names_patients_and_a_file_without_a_line_is_withheld()
    {
        Source.WithStudy(1, 1).WithStudy(2, 1, "PATIENT-0042");
        var table = Temporary.Write("table.properties", "ptid/PATIENT-4711=@alias/one\nalias/one=SUBJ-001\n"u8.ToArray());
        var study = Assert.Single(Run(Hashing + "set.[0010,0020]=@lookup(this,ptid)\n", table: CtpLookupTable.Load(table)));
        Assert.Equal("SUBJ-001", study.PatientId);
        Assert.Equal([PacsbinError.Quarantined], Rejected.Select(r => r.Error));
    }

    [Fact]
    public void In_a_project_hashes_are_keyed_numbers_are_counted_and_patients_are_resolved()
    {
        using var folder = new TrialFolder(Temporary["project"]);
        Source.WithStudy(1, 1).WithStudy(2, 1, "PATIENT-0042").WithStudy(3, 1);
        var script = Hashing + "set.[0010,0020]=SITE-@integer(this,ptid,4)\nset.[0008,0050]=@hash(this,16)\n";
        using (var project = folder.Open())
        {
            var studies = Run(script, project: project);
            Assert.Equal(["SITE-0001", "SITE-0002"], studies.Select(s => s.PatientId!).Distinct().Order(StringComparer.Ordinal));
            Assert.All(studies, s => Assert.NotEqual(HashFunctions.Hash(ScriptDigest.Bare, "ACCESSION-0815", 16), TextOf(s.Series[0].Instances[0].Path, 0x00080050)));
            var identity = folder.Resolve("SITE-0001");
            Assert.Equal(identity.Select(i => i.PatientId).Distinct().Single(), folder.Resolve(studies.First(s => s.PatientId == "SITE-0001").StudyInstanceUid).Single().PatientId);
            Assert.Empty(folder.Resolve("SITE-0003"));
        }

        Source.WithStudy(4, 1, "PATIENT-0099");
        using (var project = folder.Open())
        {
            Assert.Contains(Run(script, project: project), s => s.PatientId == "SITE-0003");
        }

        Assert.Empty(Rejected);
    }

    private List<DicomStudy> Run(string script, bool exact = false, string? filter = null, CtpLookupTable? table = null, Project? project = null, ProfileOptions options = ProfileOptions.None)
    {
        var whole = new ConcurrentBag<DicomStudy>();
        using var run = new DeidentificationRun(DeidentificationProfile.Basic.With(options), Destination, project is null ? Key : null, project)
        {
            Script = AnonymizerScript.Parse(script, exact),
            LookupTable = table,
            Filter = filter is null ? null : DatasetFilter.Parse(filter),
            Rejected = (path, e) => Rejected.Add((path, e.Error)),
        };
        run.Run(Source.Scan(), whole.Add, cancellationToken: TestContext.Current.CancellationToken);
        return [.. whole];
    }
}
