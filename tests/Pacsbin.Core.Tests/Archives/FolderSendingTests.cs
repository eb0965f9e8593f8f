using Pacsbin.Archives;
using Pacsbin.Archives.Media;
using Pacsbin.Review;
using Pacsbin.Studies;
using Pacsbin.Tests.Review;
using Xunit;

namespace Pacsbin.Tests.Archives;

/// <summary>What tests of copying approved studies share.</summary>
public abstract class FolderSendingTests : ReviewingTests
{
    private protected List<SendResult> Sent { get; } = [];

    private protected List<(string Path, PacsbinException Error)> NotSent { get; } = [];

    /// <summary>A place whose name has what shells and patterns stumble over.</summary>
    private protected string Target { get; private set; }

    protected FolderSendingTests() => Target = Temporary["out [1]* 山田"];

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>An image of a study of a patient.</summary>
    private protected static byte[] Image(int study, int instance, string patient, string name = "MUELLER^ANNA", string? characters = null)
    {
        var file = new DicomBuilder();
        if (characters is not null)
        {
            file.Element(0x00080005, "CS", characters);
        }

        return file
            .Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.4\0").Element(0x00080018, "UI", Even($"1.2.826.0.1.3680043.99.{study}.2.{instance}", '\0'))
            .Element(0x00080020, "DA", "20240229").Element(0x00080060, "CS", "MR")
            .Element(0x00100010, "PN", Even(name, ' ')).Element(0x00100020, "LO", Even(patient, ' '))
            .Element(0x0020000D, "UI", Even($"1.2.826.0.1.3680043.99.{study}", '\0')).Element(0x0020000E, "UI", Even($"1.2.826.0.1.3680043.99.{study}.1", '\0'))
            .Element(0x00200013, "IS", Even($"{100 - instance}", ' '))
            .Numbers(0x00280002, "US", 1).Element(0x00280004, "CS", "MONOCHROME2 ").Numbers(0x00280010, "US", 4).Numbers(0x00280011, "US", 4)
            .Numbers(0x00280100, "US", 16).Numbers(0x00280101, "US", 16).Numbers(0x00280102, "US", 15).Numbers(0x00280103, "US", 0)
            .Element(0x7FE00010, "OW", [.. Enumerable.Range(0, 32).Select(i => (byte)(i * instance))]).ToFile();
    }

    private protected static string Even(string text, char padding) => text.Length % 2 == 0 ? text : text + padding;

    /// <summary>De-identifies some studies and approves them; each has files of its own patient.</summary>
    private protected List<DicomStudy> MakeStudies(int studies, int files)
    {
        for (var s = 1; s <= studies; s++)
        {
            for (var f = 1; f <= files; f++)
            {
                Source.Write($"{s}/{f}.dcm", Image(s, f, $"PATIENT-{s}"));
            }
        }

        Assert.Equal(studies, Run().Count);
        return ApproveAll();
    }

    /// <summary>Approves all studies of the workspace.</summary>
    private protected List<DicomStudy> ApproveAll()
    {
        var found = Found();
        Assert.All(found, s => Assert.Equal(ApprovalOutcome.Recorded, Approve(s, [.. s.Findings.Select(f => f.Kind).Distinct()])));
        Assert.Empty(Refused);
        return found;
    }

    private protected List<DicomStudy> Found() =>
        [.. new StudyScanner().Scan([Destination], cancellationToken: Token).Studies.OrderBy(s => s.StudyInstanceUid, StringComparer.Ordinal)];

    private protected void Send(IReadOnlyList<DicomStudy> studies, bool isZip = false, bool hasDirectory = false, bool force = false, IProgress<SendProgress>? progress = null, CancellationToken? token = null, int throttleLimit = 0)
    {
        Sent.Clear();
        NotSent.Clear();
        new FolderSend(Target) { IsZip = isZip, HasDirectory = hasDirectory, Force = force, ThrottleLimit = throttleLimit, Rejected = (path, e) => NotSent.Add((path, e)) }
            .Run(studies, Sent.Add, progress, token ?? Token);
    }

    private protected void RequireSent(params (int Stored, int Skipped)[] expected)
    {
        Assert.Empty(NotSent);
        Assert.Equal(expected, Sent.Select(s => (s.Stored, s.Skipped)));
        Assert.All(Sent, s => Assert.True(s.IsComplete && s.Instances.Count == 0));
    }

    private protected PacsbinException RequireRejected(DicomStudy study, PacsbinError error)
    {
        var (path, e) = Assert.Single(NotSent);
        Assert.Equal((study.Path, error), (path, e.Error));
        return e;
    }

    /// <summary>The files below the target that are not hidden, by their relative paths.</summary>
    private protected string[] Names() => Directory.Exists(Target)
        ? [.. Directory.EnumerateFiles(Target, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Target, f)).Where(f => !f.StartsWith('.')).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>What is hidden directly below a folder.</summary>
    private protected static string[] Hidden(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder, "*", new EnumerationOptions { AttributesToSkip = 0 }).Where(f => Path.GetFileName(f).StartsWith('.'))];

    /// <summary>Asserts that the target has exactly the files of some studies, byte for byte, and nothing hidden.</summary>
    private protected void RequireCopies(params IEnumerable<DicomStudy> studies)
    {
        var expected = studies.SelectMany(s => Manifest.Read(s.Path)!.Files.Select(f => (Name: Path.Join(s.StudyInstanceUid, f.Name), Source: Path.Join(s.Path, f.Name)))).OrderBy(f => f.Name, StringComparer.Ordinal).ToList();
        Assert.Equal(expected.Select(f => f.Name), Names());
        Assert.All(expected, f => Assert.Equal(File.ReadAllBytes(f.Source), File.ReadAllBytes(Path.Join(Target, f.Name))));
        Assert.Empty(Hidden(Target));
    }

    /// <summary>Asserts what the manifest says of where the study has gone.</summary>
    private protected static void RequireNoted(DicomStudy study, params string[] archives)
    {
        var manifest = Manifest.Read(study.Path)!;
        Assert.Equal(archives, (manifest.Sends ?? []).Select(s => s.Archive));
        Assert.All(manifest.Sends ?? [], s => Assert.Equal((null, manifest.Files.Count, manifest.Approval!.MerkleRoot), (s.Target, s.Instances, s.MerkleRoot)));
        Assert.Equal(archives.Length > 0 ? StudyState.Sent : StudyState.Approved, manifest.State);
    }

    /// <summary>Does something at the first report that fits.</summary>
    private protected sealed class At(Predicate<SendProgress> when, Action act) : IProgress<SendProgress>
    {
        private bool isDone;

        public void Report(SendProgress value)
        {
            if (!isDone && when(value))
            {
                isDone = true;
                act();
            }
        }
    }

    private protected void AimAt(string target) => Target = target;
}
