using System.Collections.Concurrent;
using System.IO.Compression;
using Pacsbin.Dicom;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Studies;

public sealed class StudyScannerTests : IDisposable
{
    private readonly StudyFolder folder = new();
    private readonly ConcurrentBag<(string Path, PacsbinError Error)> rejected = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Nested_and_hidden_files_are_found_whatever_their_names()
    {
        string[] names = ["a/b/c/d/one.dcm", ".hidden/.two", "no extension", "IM[0001].dcm", "患者/画像.dcm", "sp ace/*.dcm", "UPPER.DCM"];
        foreach (var (i, name) in names.Index())
        {
            folder.Write(name, StudyFolder.Instance(1, i));
        }

        var study = Assert.Single(Scan(folder.Path).Studies);
        Assert.Equal(names.Select(n => folder[n]).Order(StringComparer.Ordinal), Paths(study));
        Assert.Empty(rejected);
    }

    [Fact]
    public void Links_that_lead_to_where_nobody_may_look_are_passed_over()
    {
        folder.Write("in/1.dcm", StudyFolder.Instance(1, 1));
        folder.Write("in/linked/3.dcm", StudyFolder.Instance(1, 3));
        folder.Write("out/2.dcm", StudyFolder.Instance(2, 2));
        Directory.CreateSymbolicLink(folder["in/folder"], folder["out"]);
        File.CreateSymbolicLink(folder["in/file.dcm"], folder["out/2.dcm"]);
        File.CreateSymbolicLink(folder["in/4.dcm"], folder["in/linked/3.dcm"]);
        var real = RealPath.Of(new DirectoryInfo(folder["in"]), new Dictionary<string, string>());
        var asked = new ConcurrentBag<string>();
        bool MayRead(string path)
        {
            asked.Add(path);
            return path.StartsWith(real, StringComparison.Ordinal);
        }

        var found = new StudyScanner { MayRead = MayRead, Rejected = (path, e) => rejected.Add((path, e.Error)) }.Scan([folder["in"], folder["out"], folder["out/2.dcm"]], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["1.dcm", "3.dcm"], Assert.Single(found.Studies).Series[0].Instances.Select(i => System.IO.Path.GetFileName(i.Path)).Order(StringComparer.Ordinal));
        Assert.Empty(rejected);
        Assert.Contains(RealPath.Of(new FileInfo(folder["out/2.dcm"]), new Dictionary<string, string>()), asked);
        Assert.Equal(2, Scan(folder.Path).Studies.Count); // without the condition
    }

    [Fact]
    public void Attributes_of_a_study_are_those_of_its_headers()
    {
        folder.WithStudy(1, 3);
        var study = Assert.Single(Scan(folder.Path).Studies);
        Assert.Equal("1.2.826.0.1.3680043.99.1", study.StudyInstanceUid);
        Assert.Equal("PATIENT-4711", study.PatientId);
        Assert.Equal("PATIENT-4711-Müller^山田", study.PatientName);
        Assert.Equal(new DateOnly(2024, 2, 29), study.StudyDate);
        Assert.Equal("Study of a knee", study.StudyDescription);
        Assert.Equal("ACCESSION-0815", study.AccessionNumber);
        Assert.Equal(["MR"], study.Modality);
        Assert.Equal(StudyState.Source, study.State);
        Assert.Equal(3, study.InstanceCount);
        Assert.Equal(3, Assert.Single(study.Series).SeriesNumber);
        Assert.Equal(Directory.EnumerateFiles(folder[""], "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length), study.Length);
        Assert.DoesNotContain("PATIENT", $"{study} {study.Series[0]} {study.Series[0].Instances[0]} {study.Patients[0]}", StringComparison.Ordinal);
    }

    [Fact]
    public void A_study_over_several_folders_is_one_and_two_studies_in_a_folder_are_two()
    {
        folder.Write("a/1", StudyFolder.Instance(1, 1));
        folder.Write("b/2", StudyFolder.Instance(1, 2));
        folder.Write("b/3", StudyFolder.Instance(2, 1));
        Assert.Equal([2, 1], Scan(folder.Path).Studies.OrderBy(s => s.StudyInstanceUid, StringComparer.Ordinal).Select(s => s.InstanceCount));
    }

    [Fact]
    public void Two_patients_under_one_study_are_a_finding()
    {
        folder.Write("1", StudyFolder.Instance(1, 1, "A"));
        folder.Write("2", StudyFolder.Instance(1, 2, "B"));
        var study = Assert.Single(Scan(folder.Path).Studies);
        Assert.Equal(2, study.Patients.Count);
        Assert.Single(study.Findings, f => f.Kind == FindingKind.SeveralPatients);
    }

    [Fact]
    public void A_file_that_leaves_out_the_issuer_means_the_same_patient()
    {
        folder.Write("1", StudyFolder.Instance(1, 1, "A", issuer: null));
        folder.Write("2", StudyFolder.Instance(1, 2, "A", issuer: "HOSPITAL"));
        var study = Assert.Single(Scan(folder.Path).Studies);
        Assert.Equal("HOSPITAL", Assert.Single(study.Patients).Key.Issuer);
        Assert.DoesNotContain(study.Findings, f => f.Kind == FindingKind.SeveralPatients);
    }

    [Fact]
    public void Files_that_are_not_dicom_are_counted_and_not_reported_unless_they_are_named()
    {
        folder.Write("notes.txt", "Nothing to see here, and enough text to be sure of it."u8.ToArray());
        folder.Write("empty", []);
        folder.Write("1", StudyFolder.Instance(1, 1));
        Assert.Equal(2, Scan(folder.Path).SkippedFiles);
        Assert.Empty(rejected);
        Scan(folder["notes.txt"]);
        Assert.Equal(PacsbinError.NotDicom, Assert.Single(rejected).Error);
    }

    [Fact]
    public void A_path_that_does_not_exist_is_reported()
    {
        Assert.Empty(Scan(folder["nowhere"]).Studies);
        Assert.Equal((folder["nowhere"], PacsbinError.FileNotFound), Assert.Single(rejected));
    }

    [Fact]
    public void Directories_of_media_are_no_images()
    {
        folder.Write("DICOMDIR", StudyFolder.MediaDirectory());
        folder.Write("1", StudyFolder.Instance(1, 1));
        Assert.Equal(1, Assert.Single(Scan(folder.Path).Studies).InstanceCount);
        var all = new StudyScanner { IncludeDirectories = true }.Scan([folder.Path], cancellationToken: TestContext.Current.CancellationToken).Studies;
        Assert.Equal(2, all.Count);
        Assert.Contains(all, s => s.StudyInstanceUid.Length == 0);
    }

    [Fact]
    public void Links_are_followed_once_and_loops_end()
    {
        using var elsewhere = new StudyFolder();
        var outside = elsewhere.Write("outside.dcm", StudyFolder.Instance(1, 9));
        var inside = folder.Write("a/inside.dcm", StudyFolder.Instance(1, 1));
        try
        {
            File.CreateSymbolicLink(folder["a/link to inside"], inside);
            File.CreateSymbolicLink(folder["a/link to outside"], outside);
            File.CreateSymbolicLink(folder["a/another link to outside"], outside);
            File.CreateSymbolicLink(folder["a/dangling"], folder["nowhere"]);
            Directory.CreateSymbolicLink(folder["a/loop"], folder.Path);
            Directory.CreateSymbolicLink(folder["a/self"], folder["a/self"]);
            Directory.CreateSymbolicLink(folder["again"], folder["a"]);
        }
        catch (IOException e)
        {
            Assert.Skip($"Links cannot be made here: {e.GetType().Name}.");
        }

        var study = Assert.Single(Scan(folder.Path).Studies);
        Assert.Equal(2, study.InstanceCount);
        Assert.Single(Paths(study), inside);
    }

    [Fact]
    public void One_file_under_several_of_the_given_paths_is_found_once()
    {
        var path = folder.Write("a/1", StudyFolder.Instance(1, 1));
        Assert.Equal(1, Assert.Single(Scan(folder.Path, folder["a"], path).Studies).InstanceCount);
        Assert.Equal(1, Assert.Single(Scan(path, folder["a"], folder.Path).Studies).InstanceCount);
    }

    [Fact]
    public void Archives_are_read_in_place()
    {
        using (var archive = ZipFile.Open(folder["studies.ZIP"], ZipArchiveMode.Create))
        {
            foreach (var (name, content) in new[] { ("a/1.dcm", StudyFolder.Instance(1, 1)), ("a/b/2", StudyFolder.Instance(1, 2)), ("readme", "not DICOM"u8.ToArray()), ("../../escape", StudyFolder.Instance(1, 3)) })
            {
                using var stream = archive.CreateEntry(name).Open();
                stream.Write(content);
            }
        }

        folder.Write("3", StudyFolder.Instance(1, 4));
        folder.Write("broken.zip", "PK but no archive"u8.ToArray());
        var result = Scan(folder.Path);
        Assert.Equal(4, Assert.Single(result.Studies).InstanceCount);
        Assert.Equal(1, result.SkippedFiles);
        Assert.Equal((folder["broken.zip"], PacsbinError.MalformedElement), Assert.Single(rejected));
    }

    [Fact]
    public void Files_cut_in_their_header_are_reported_and_the_others_found()
    {
        folder.Write("cut", StudyFolder.Instance(1, 1)[..220]);
        folder.Write("1", StudyFolder.Instance(1, 2));
        Assert.Equal(1, Assert.Single(Scan(folder.Path).Studies).InstanceCount);
        Assert.Equal(PacsbinError.Truncated, Assert.Single(rejected).Error);
    }

    [Fact]
    public void A_folder_that_may_not_be_read_is_reported_and_the_others_found()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "Permissions do not stop this user.");
        folder.Write("1", StudyFolder.Instance(1, 1));
        folder.Write("secret/2", StudyFolder.Instance(1, 2));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder["secret"], UnixFileMode.None);
            try
            {
                Assert.Equal(1, Assert.Single(Scan(folder.Path).Studies).InstanceCount);
                Assert.Equal((folder["secret"], PacsbinError.FileAccessDenied), Assert.Single(rejected));
            }
            finally
            {
                File.SetUnixFileMode(folder["secret"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
    }

    [Fact]
    public void A_study_that_is_being_written_is_not_seen()
    {
        using var staged = StagedStudy.Open(folder.Path, "1.2.3");
        File.WriteAllBytes(staged.PathOf("1.dcm"), StudyFolder.Instance(1, 1));
        Assert.Empty(Scan(folder.Path).Studies);
    }

    [Fact]
    public void A_scan_stops_when_it_is_cancelled()
    {
        folder.WithStudy(1, 5);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => new StudyScanner().Scan([folder.Path], cancellationToken: source.Token));
    }

    private ScanResult Scan(params string[] paths) =>
        new StudyScanner { Rejected = (path, e) => rejected.Add((path, e.Error)) }.Scan(paths, cancellationToken: TestContext.Current.CancellationToken);

    private static IEnumerable<string> Paths(DicomStudy study) => study.Series.SelectMany(s => s.Instances).Select(i => i.Path).Order(StringComparer.Ordinal);
}
