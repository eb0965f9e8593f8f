using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Studies;

/// <summary>Destinations, archives and manifests that somebody prepared: nothing of the source changes, and nothing is written elsewhere.</summary>
public sealed class HostileWorkspaceTests : IDisposable
{
    private const string StudyUid = "1.2.826.0.1.3680043.8.498.1";
    private static readonly byte[] Key = Encoding.ASCII.GetBytes("a key for tests of workspaces");
    private readonly string root = Directory.CreateTempSubdirectory("pacsbin-tests-").FullName;
    private readonly List<PacsbinException> rejected = [];

    private string Source => Directory.CreateDirectory(Path.Join(root, "source")).FullName;

    private string Destination => Path.Join(root, "destination");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Theory]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("""[{"name":null,"length":1,"xxh128":"00"}]""")]
    [InlineData("""[{"name":"a.dcm","length":1,"xxh128":"00","findings":[null]}]""")]
    public void A_manifest_with_nulls_is_no_manifest(string files)
    {
        var path = Path.Join(Source, "a.dcm");
        File.WriteAllBytes(path, Instance("1.2.3.1"));
        File.WriteAllText(Path.Join(Source, Manifest.FileName), $$$"""
            {"format":"{{{Manifest.CurrentFormat}}}","state":"Deidentified","tool":"x","created":"2026-01-01T00:00:00Z",
            "profile":{"name":"Basic","edition":"2026d","options":[]},"settings":"x","studyInstanceUid":"","files":{{{files}}},"rejected":{} }
            """);
        Assert.Equal(PacsbinError.MalformedElement, Assert.Throws<PacsbinException>(() => Manifest.Read(Source)).Error);
        Assert.Equal(StudyState.Source, Assert.Single(Scan(Source)).State);
    }

    [Fact]
    public void A_study_is_not_replaced_by_what_is_made_from_its_own_files()
    {
        File.WriteAllBytes(Path.Join(Source, "a.dcm"), Instance("1.2.3.1"));
        Run(Scan(Source), ProfileOptions.RetainUids);
        var first = Path.Join(Destination, StudyUid);
        var before = Contents(first);
        Run(Scan(first), ProfileOptions.RetainUids | ProfileOptions.RetainDeviceIdentity, force: true);
        Assert.Equal(before, Contents(first));
        Assert.Equal(PacsbinError.DestinationExists, Assert.Single(rejected).Error);
    }

    [Fact]
    public void Force_deletes_only_what_the_manifest_lists()
    {
        File.WriteAllBytes(Path.Join(Source, "a.dcm"), Instance("1.2.3.1"));
        Run(Scan(Source), ProfileOptions.RetainUids);
        var foreign = Path.Join(Destination, StudyUid, "original.dcm");
        File.WriteAllBytes(foreign, [1, 2, 3]);
        Run(Scan(Source), ProfileOptions.None, force: true);
        Run(Scan(Source), ProfileOptions.RetainUids, force: true);
        Assert.True(File.Exists(foreign));
        Assert.Equal(PacsbinError.DestinationExists, Assert.Single(rejected).Error);
    }

    [Fact]
    public void A_staging_folder_that_is_a_link_is_refused()
    {
        File.WriteAllBytes(Path.Join(Source, "a.dcm"), Instance("1.2.3.1"));
        Directory.CreateDirectory(Destination);
        Directory.CreateSymbolicLink(Path.Join(Destination, $".{StudyUid}.partial"), Source);
        Run(Scan(Path.Join(Source, "a.dcm")), ProfileOptions.RetainUids);
        Assert.Equal(["a.dcm"], Directory.EnumerateFileSystemEntries(Source).Select(Path.GetFileName));
        Assert.NotEmpty(rejected);
    }

    [Fact]
    public void A_study_folder_that_is_a_link_is_refused()
    {
        File.WriteAllBytes(Path.Join(Source, "a.dcm"), Instance("1.2.3.1"));
        Run(Scan(Source), ProfileOptions.RetainUids);
        var elsewhere = Path.Join(root, "elsewhere");
        Directory.Move(Path.Join(Destination, StudyUid), elsewhere);
        Directory.CreateSymbolicLink(Path.Join(Destination, StudyUid), elsewhere);
        var before = Contents(elsewhere);
        File.WriteAllBytes(Path.Join(Source, "b.dcm"), Instance("1.2.3.2"));
        Run(Scan(Source), ProfileOptions.RetainUids);
        Assert.Equal(before, Contents(elsewhere));
        Assert.NotEmpty(rejected);
    }

    [Fact]
    public void A_journal_cannot_name_files_elsewhere()
    {
        var bytes = Instance("1.2.3.1");
        File.WriteAllBytes(Path.Join(Source, "a.dcm"), bytes);
        using (var run = NewRun(ProfileOptions.RetainUids, force: false))
        {
            var staging = Directory.CreateDirectory(Path.Join(Destination, $".{StudyUid}.partial")).FullName;
            using (var staged = StagedStudy.Open(Destination, StudyUid))
            {
                staged.Resume("settings");
            }

            var hash = Convert.ToHexStringLower(System.IO.Hashing.XxHash128.Hash(bytes));
            File.AppendAllText(Path.Join(staging, "journal"), $$"""{"name":"../../source/a.dcm","length":{{bytes.Length}},"xxh128":"{{hash}}"}""" + "\n");
        }

        using var again = StagedStudy.Open(Destination, StudyUid);
        again.Resume("settings");
        Assert.False(again.TryGetLength("../../source/a.dcm", out _));
    }

    [Fact]
    public void An_archive_that_lies_about_an_entrys_size_costs_no_memory()
    {
        var path = Path.Join(Source, "a.zip");
        using (var archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            using var entry = archive.CreateEntry("a.dcm").Open();
            entry.Write(Instance("1.2.3.1"));
        }

        // The size when inflated is at byte 24 of the central directory's record (APPNOTE 4.3.12).
        var bytes = File.ReadAllBytes(path);
        var record = bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BitConverter.TryWriteBytes(bytes.AsSpan(record + 24), 200_000_000);
        File.WriteAllBytes(path, bytes);
        using var archives = new ArchiveCache();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<PacsbinException>(() => new SourceFile(path, "a.dcm", 200_000_000, IsEntry: true).Open(archives));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Theory]
    [InlineData("a.dcm")]
    [InlineData("a.zip")]
    public async Task A_pipe_among_the_files_is_passed_by(string name)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no named pipes in folders.");
        }

        var pipe = Path.Join(Source, name);
        using (var mkfifo = Process.Start("mkfifo", [pipe]))
        {
            await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        File.WriteAllBytes(Path.Join(Source, "b.dcm"), Instance("1.2.3.1"));
        var scan = Task.Run(() => Scan(Source), TestContext.Current.CancellationToken);
        if (await Task.WhenAny(scan, Task.Delay(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)) != scan)
        {
            await File.WriteAllTextAsync(pipe, "", TestContext.Current.CancellationToken); // lets the scan go
            Assert.Fail("The scan waits for the pipe.");
        }

        Assert.Equal(1, Assert.Single(await scan).InstanceCount);
    }

    [Fact]
    public void Objects_without_study_and_patient_id_are_not_one_patient()
    {
        foreach (var name in new[] { "DOE^JOHN", "ROE^JANE" })
        {
            File.WriteAllBytes(Path.Join(Source, name), new DicomBuilder().Element(0x00080018, "UI", name == "DOE^JOHN" ? "1.2.3.1" : "1.2.3.2")
                .Element(0x00080060, "CS", "OT").Element(0x00100010, "PN", name).ToFile());
        }

        var pseudonyms = new List<string?>();
        foreach (var study in Run(Scan(Source), ProfileOptions.None))
        {
            using var file = DicomFile.Open(study.Series[0].Instances[0].Path);
            pseudonyms.Add(file.Dataset.GetString(Tags.PatientId));
        }

        Assert.Equal(2, pseudonyms.Distinct().Count());
    }

    private static byte[] Instance(string uid) => new DicomBuilder()
        .Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7").Element(0x00080018, "UI", uid).Element(0x00080060, "CS", "OT")
        .Element(0x00100020, "LO", "ZZQ719").Element(0x0020000D, "UI", StudyUid).Element(0x0020000E, "UI", StudyUid + ".1").ToFile();

    private static IReadOnlyList<DicomStudy> Scan(string path) => new StudyScanner().Scan([path]).Studies;

    private static Dictionary<string, string> Contents(string folder) =>
        Directory.EnumerateFiles(folder).ToDictionary(f => f, f => Convert.ToHexString(File.ReadAllBytes(f)));

    private DeidentificationRun NewRun(ProfileOptions options, bool force) =>
        new(DeidentificationProfile.Basic.With(options), Destination, Key) { Force = force, Rejected = (_, e) => Add(e) };

    private List<DicomStudy> Run(IReadOnlyList<DicomStudy> studies, ProfileOptions options, bool force = false)
    {
        var done = new List<DicomStudy>();
        using var run = NewRun(options, force);
        run.Run(studies, study =>
        {
            lock (done)
            {
                done.Add(study);
            }
        });
        return done;
    }

    private void Add(PacsbinException e)
    {
        lock (rejected)
        {
            rejected.Add(e);
        }
    }
}
