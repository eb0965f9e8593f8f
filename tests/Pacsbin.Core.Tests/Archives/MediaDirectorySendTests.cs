using Pacsbin.Archives.Media;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Pacsbin.Dicom;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Archives;

public sealed partial class MediaDirectorySendTests : FolderSendingTests
{
    /// <summary>Reads every instance by the directory and says what it found; an error for a file that no record has.</summary>
    private const string FileSetScript = """
        import sys, os, hashlib
        from pydicom import dcmread
        from pydicom.fileset import FileSet
        root = sys.argv[1]
        fs = FileSet(os.path.join(root, 'DICOMDIR'))
        for i in fs:
            ds = i.load()
            assert str(ds.SOPInstanceUID) == str(i.ReferencedSOPInstanceUIDInFile)
            assert ds.file_meta.TransferSyntaxUID == i.ReferencedTransferSyntaxUIDInFile
            print(i.node.record_type, hashlib.sha256(open(i.path, 'rb').read()).hexdigest())
        """;

    [Fact]
    public void A_file_set_has_every_instance_byte_for_byte()
    {
        var studies = MakeStudies(2, 3);
        Send(studies, hasDirectory: true);
        RequireSent((3, 0), (3, 0));
        Assert.Equal(
            ["DICOM/ST000001/IM000001", "DICOM/ST000001/IM000002", "DICOM/ST000001/IM000003", "DICOM/ST000002/IM000001", "DICOM/ST000002/IM000002", "DICOM/ST000002/IM000003", "DICOMDIR"],
            Names().Select(n => n.Replace('\\', '/')));
        Assert.Equal(studies.SelectMany(s => Manifest.Read(s.Path)!.Files.Select(f => Hash(Path.Join(s.Path, f.Name)))), Names()[..^1].Select(n => Hash(Path.Join(Target, n))));
        Assert.Empty(Hidden(Target));
        Assert.All(studies, s => RequireNoted(s, "Folder"));
        var found = new StudyScanner { IncludeDirectories = true }.Scan([Target], cancellationToken: Token).Studies;
        Assert.Equal([1, 3, 3], found.Select(s => s.InstanceCount).Order());
        Assert.Single(found, s => s.Series[0].Instances[0].IsMediaDirectory);
    }

    [Fact]
    public void Dcmtk_and_dicom3tools_find_nothing_wrong()
    {
        var studies = MakeStudies(2, 3);
        Send(studies, hasDirectory: true);
        RequireValid(Target);
        Assert.Equal(6, Peer.Run("dcdirdmp", [Path.Join(Target, "DICOMDIR")]).Error.Split('\n').Count(l => l.Contains("IMAGE", StringComparison.Ordinal)));
    }

    [Fact]
    public void Pydicom_loads_each_instance_through_it()
    {
        var studies = MakeStudies(2, 3);
        Send(studies, hasDirectory: true);
        Assert.Equal(HashesOf(studies).Select(h => "IMAGE " + h).Order(), LoadFileSet(Target).Order());
    }

    [Fact]
    public void Documents_presentation_states_and_radiotherapy_have_their_own_records()
    {
        var kinds = new (string SopClass, string Record, Action<DicomBuilder> More)[]
        {
            ("1.2.840.10008.5.1.4.1.1.88.11", "SR DOCUMENT", b => Document(b)),
            ("1.2.840.10008.5.1.4.1.1.88.59", "KEY OBJECT DOC", b => Document(b)),
            ("1.2.840.10008.5.1.4.1.1.11.1", "PRESENTATION", b => b.Element(0x00700080, "CS", "STATE ").Element(0x00700081, "LO", "").Element(0x00700082, "DA", "20240301").Element(0x00700083, "TM", "101112")),
            ("1.2.840.10008.5.1.4.1.1.9.1.1", "WAVEFORM", _ => { }),
            ("1.2.840.10008.5.1.4.1.1.66", "RAW DATA", _ => { }),
            ("1.2.840.10008.5.1.4.1.1.66.1", "REGISTRATION", b => b.Element(0x00700080, "CS", "REG ")),
            ("1.2.840.10008.5.1.4.1.1.66.5", "SURFACE", _ => { }),
            ("1.2.840.10008.5.1.4.1.1.67", "VALUE MAP", _ => { }),
            ("1.2.840.10008.5.1.4.1.1.104.1", "ENCAP DOC", b => b.Element(0x00420010, "ST", "").Element(0x00420011, "OB", Encoding.ASCII.GetBytes("%PDF-1.4")).Element(0x00420012, "LO", "application/pdf ")),
            ("1.2.840.10008.5.1.4.1.1.481.2", "RT DOSE", b => b.Element(0x3004000A, "CS", "PLAN")),
            ("1.2.840.10008.5.1.4.1.1.481.3", "RT STRUCTURE SET", b => b.Element(0x30060002, "SH", "SET ")),
            ("1.2.840.10008.5.1.4.1.1.481.5", "RT PLAN", _ => { }),
            ("1.2.840.10008.5.1.4.1.1.481.4", "RT TREAT RECORD", _ => { }),
            ("1.2.840.10008.5.1.4.1.1.481.10", "RADIOTHERAPY", _ => { }),
            ("1.2.840.10008.5.1.4.1.1.77.1.5.3", "STEREOMETRIC", _ => { }),
        };
        for (var i = 0; i < kinds.Length; i++)
        {
            Source.Write($"{i:D2}.dcm", Instance(1, i, kinds[i].SopClass, kinds[i].More, before: kinds[i].Record == "PRESENTATION" ? b => State(b) : null));
        }

        Assert.Equal(kinds.Length, Assert.Single(Run()).InstanceCount);
        var studies = ApproveAll();
        Send(studies, hasDirectory: true);
        RequireSent((kinds.Length, 0));
        RequireValid(Target);
        Assert.Equal(kinds.Select(k => k.Record).Order(), LoadFileSet(Target).Select(l => l[..l.LastIndexOf(' ')]).Order());
    }

    [Fact]
    public void Records_say_only_what_the_files_say_and_a_number_or_an_old_date_for_what_they_do_not()
    {
        Source.Write("1.dcm", Image(1, 1, "ONE", "MÜLLER^ANNA", "ISO_IR 100"));
        Source.Write("2.dcm", Instance(2, 1, "1.2.840.10008.5.1.4.1.1.66", _ => { }, hasPatient: false));
        Run();
        var studies = ApproveAll();
        Send(studies, hasDirectory: true);
        RequireSent((1, 0), (1, 0));
        RequireValid(Target);
        using var directory = DicomFile.Open(Path.Join(Target, "DICOMDIR"));
        Assert.True(directory.Dataset.TryGet(Tags.DirectoryRecordSequence, out var sequence));
        var records = sequence.Sequence!.Items;
        Assert.Equal(8, records.Count);
        var said = new HashSet<string>(StringComparer.Ordinal) { "", "19000101", "000000", "1" };
        foreach (var path in Directory.EnumerateFiles(Path.Join(Target, "DICOM"), "*", SearchOption.AllDirectories))
        {
            using var file = DicomFile.Open(path);
            for (var i = 0; i < file.Dataset.Count; i++)
            {
                said.Add(Encoding.Latin1.GetString(file.Dataset[i].Value.Span).TrimEnd(' ', '\0'));
            }
        }

        foreach (var record in records)
        {
            for (var i = 0; i < record.Count; i++)
            {
                if (record[i].Tag.Group != 4)
                {
                    Assert.Contains(Encoding.Latin1.GetString(record[i].Value.Span).TrimEnd(' ', '\0'), said);
                }
            }
        }
    }

    [Fact]
    public void Studies_of_one_patient_are_under_one_record_and_series_under_their_study()
    {
        Source.Write("1.dcm", Image(1, 1, "ONE"));
        Source.Write("2.dcm", Image(2, 1, "ONE"));
        Source.Write("3.dcm", Image(3, 1, "TWO"));
        Run();
        Send(ApproveAll(), hasDirectory: true);
        var tree = Peer.Run(Peer.Python, ["-c", "import sys\nfrom pydicom.fileset import FileSet\nt=FileSet(sys.argv[1]+'/DICOMDIR').as_tree() if hasattr(FileSet,'as_tree') else None\nfrom pydicom.fileset import FileSet as F\nfs=F(sys.argv[1]+'/DICOMDIR')\nprint(sorted(len(p.children) for p in fs._tree.children), len(fs))", Target]);
        Assert.True(tree.ExitCode == 0, tree.Error);
        Assert.Equal("[1, 2] 3\n", tree.Output);
    }

    [Fact]
    public void What_no_record_is_for_is_refused_and_the_other_studies_go()
    {
        Source.Write("1.dcm", Image(1, 1, "ONE"));
        Source.Write("2.dcm", Instance(2, 1, "1.2.3.4.5.6", _ => { }));
        Run();
        var studies = ApproveAll();
        foreach (var isZip in new[] { false, true })
        {
            if (isZip)
            {
                AimAt(Temporary["out.zip"]);
            }

            Send(studies, isZip, hasDirectory: true);
            var (path, error) = Assert.Single(NotSent);
            Assert.Equal((PacsbinError.MalformedElement, Tags.SopClassUid), (error.Error, error.Tag));
            Assert.Equal(1, Assert.Single(Sent).Stored);
            Assert.NotEqual(path, Sent[0].Path);
        }

        Assert.Empty(Hidden(Temporary.Path));
    }

    [Fact]
    public void An_archive_with_a_directory_is_the_same_file_set()
    {
        var studies = MakeStudies(2, 2);
        Send(studies, hasDirectory: true);
        var folder = Target;
        AimAt(Temporary["out.zip"]);
        Send(studies, isZip: true, hasDirectory: true);
        RequireSent((2, 0), (2, 0));
        ZipFile.ExtractToDirectory(Target, Temporary["extracted"]);
        Assert.Equal(Contents(folder), Contents(Temporary["extracted"]));
        Assert.Equal(4, LoadFileSet(Temporary["extracted"]).Length);
    }

    [Fact]
    public void A_rerun_skips_all_and_other_studies_are_not_mixed_in()
    {
        var studies = MakeStudies(2, 2);
        Send(studies[..1], hasDirectory: true);
        var before = Contents(Target);
        Send(studies[..1], hasDirectory: true);
        RequireSent((0, 2));
        Assert.Equal(PacsbinError.DestinationExists, Refusal(() => Send(studies, hasDirectory: true)).Error);
        Assert.Equal(before, Contents(Target));
        Send(studies[1..], hasDirectory: true, force: true);
        RequireSent((2, 0));
        Assert.Equal(HashesOf(studies[1..]).Order(), LoadFileSet(Target).Select(l => l.Split(' ')[^1]).Order());
        Assert.Equal(3, Names().Length);
        Assert.Empty(Hidden(Target));
        Flip(Path.Join(Target, "DICOM", "ST000001", "IM000001"), ^1);
        Assert.Equal(PacsbinError.DestinationExists, Refusal(() => Send(studies[1..], hasDirectory: true)).Error);
    }

    [Fact]
    public void A_folder_of_somebody_else_is_not_replaced()
    {
        var studies = MakeStudies(1, 1);
        Directory.CreateDirectory(Path.Join(Target, "DICOM"));
        File.WriteAllText(Path.Join(Target, "DICOM", "IMG1"), "x");
        Assert.Equal(PacsbinError.DestinationExists, Refusal(() => Send(studies, hasDirectory: true, force: true)).Error);
        Assert.Equal(["DICOM/IMG1"], Names().Select(n => n.Replace('\\', '/')));
        Assert.Empty(Hidden(Target));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public void A_killed_replacement_ends_with_the_new_file_set_or_the_old_one(int moves, bool force)
    {
        var studies = MakeStudies(2, 2);
        Send(studies[1..], hasDirectory: true);
        var fresh = Contents(Target);
        Send(studies[..1], hasDirectory: true, force: true);
        var old = Contents(Target);

        // What the process does one after the other, up to some move.
        var partial = Directory.CreateDirectory(Path.Join(Target, ".DICOMDIR.sent.partial")).FullName;
        Directory.CreateDirectory(Path.Join(partial, "old"));
        var other = Target;
        AimAt(Temporary["other"]);
        Send(studies[1..], hasDirectory: true);
        Directory.Move(Target, Path.Join(partial, "new"));
        AimAt(other);
        Action[] steps =
        [
            () => File.Move(Path.Join(Target, "DICOMDIR"), Path.Join(partial, "old", "DICOMDIR")),
            () => Directory.Move(Path.Join(Target, "DICOM"), Path.Join(partial, "old", "DICOM")),
            () => Directory.Move(Path.Join(partial, "new", "DICOM"), Path.Join(Target, "DICOM")),
        ];
        foreach (var step in steps[..moves])
        {
            step();
        }

        if (force)
        {
            Send(studies[1..], hasDirectory: true, force: true);
            RequireSent((0, 2));
            Assert.Equal(fresh, Contents(Target));
        }
        else
        {
            Send(studies[..1], hasDirectory: true);
            RequireSent((0, 2));
            Assert.Equal(old, Contents(Target).Where(f => f.Key[0] != '.').ToDictionary());
        }
    }

    [Fact]
    public void A_cancelled_call_leaves_no_directory_and_its_rerun_goes_on()
    {
        var studies = MakeStudies(2, 3);
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Send(studies, hasDirectory: true, progress: new At(p => p.Instances == 4, cancellation.Cancel), token: cancellation.Token, throttleLimit: 1));
        Assert.Empty(Names());
        Send(studies, hasDirectory: true);
        RequireSent((0, 3), (2, 1));
        Assert.Equal(7, Names().Length);
        Assert.Empty(Hidden(Target));
    }

    private static IEnumerable<string> HashesOf(IEnumerable<DicomStudy> studies) => studies.SelectMany(s => Manifest.Read(s.Path)!.Files.Select(f => f.Sha256!));

    private static string[] LoadFileSet(string folder)
    {
        Peer.RequirePython("pydicom");
        var run = Peer.Run(Peer.Python, ["-W", "error::UserWarning", "-c", FileSetScript, folder]);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static void RequireValid(string folder)
    {
        var path = Path.Join(folder, "DICOMDIR");
        var dump = Peer.Run("dcmdump", ["-q", path]);
        Assert.Equal((0, ""), (dump.ExitCode, dump.Error));
        var verify = Peer.Run("dciodvfy", [path]);
        Assert.Equal("", string.Join('\n', Complaint().Matches(verify.Error + verify.Output).Select(m => m.Value)));
        Assert.Contains("BasicDirectory", verify.Error + verify.Output, StringComparison.Ordinal);
        Assert.Equal(0, Peer.Run("dcdirdmp", [path]).ExitCode);
    }

    private static byte[] Instance(int study, int instance, string sopClass, Action<DicomBuilder> more, bool hasPatient = true, Action<DicomBuilder>? before = null)
    {
        var file = new DicomBuilder()
            .Element(0x00080016, "UI", Even(sopClass, '\0')).Element(0x00080018, "UI", Even($"1.2.826.0.1.3680043.99.{study}.3.{instance}", '\0')).Element(0x00080060, "CS", "OT");
        before?.Invoke(file);
        if (hasPatient)
        {
            file.Element(0x00100010, "PN", "MUELLER^ANNA").Element(0x00100020, "LO", "PATIENT-1 ");
        }

        file.Element(0x0020000D, "UI", Even($"1.2.826.0.1.3680043.99.{study}", '\0')).Element(0x0020000E, "UI", Even($"1.2.826.0.1.3680043.99.{study}.1", '\0'));
        more(file);
        return file.ToFile();
    }

    private static void Document(DicomBuilder file) => file
        .Sequence(0x0040A043, undefined: false, i => i.Element(0x00080100, "SH", "113000").Element(0x00080102, "SH", "DCM ").Element(0x00080104, "LO", "Of Interest "))
        .Element(0x0040A491, "CS", "COMPLETE").Element(0x0040A493, "CS", "UNVERIFIED")
        .Sequence(
            0x0040A730,
            undefined: false,
            i => i.Element(0x0040A010, "CS", "HAS CONCEPT MOD ").Element(0x0040A040, "CS", "CODE")
                .Sequence(0x0040A043, undefined: false, c => c.Element(0x00080100, "SH", "113011").Element(0x00080102, "SH", "DCM ").Element(0x00080104, "LO", "Title Modifier")),
            i => i.Element(0x0040A010, "CS", "CONTAINS").Element(0x0040A040, "CS", "TEXT").Element(0x0040A160, "UT", "text"));

    private static DicomBuilder State(DicomBuilder file) => file
        .Sequence(0x00081115, undefined: false, s => s
            .Sequence(0x00081140, undefined: false, i => i.Element(0x00081150, "UI", "1.2.840.10008.5.1.4.1.1.4\0").Element(0x00081155, "UI", "1.2.3.4\0"))
            .Element(0x0020000E, "UI", "1.2.3.5\0"));

    [GeneratedRegex("^Error.*$", RegexOptions.Multiline)]
    private static partial Regex Complaint();
}
