using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Pacsbin.Studies;

namespace Pacsbin.Tests;

/// <summary>Folders of a sidecar: sources made in code, a workspace with their copies, and projects.</summary>
internal sealed class MadeStudies : IDisposable
{
    /// <summary>What every pixel is before it is erased; erased ones are 0.</summary>
    public const byte Gray = 200;

    public const string PatientId = "ELS-0815";

    private static readonly byte[] Key = Encoding.UTF8.GetBytes("a key of the tests, long enough.");

    public MadeStudies()
    {
        Directory.CreateDirectory(Source);
        Directory.CreateDirectory(Workspace);
        Directory.CreateDirectory(Projects);
        Directory.CreateDirectory(Received);
        Directory.CreateDirectory(Outgoing);
    }

    /// <summary>What names the patient of the sources, and must be in no log.</summary>
    public static string[] Secrets => ["TESTPERSON", PatientId, "ACCESS-77"];

    public string Root { get; } = Directory.CreateTempSubdirectory("pacsbin-sidecar-tests-").FullName;

    public string Source => Path.Join(Root, "source");

    public string Workspace => Path.Join(Root, "workspace");

    public string Projects => Path.Join(Root, "projects");

    public string Received => Path.Join(Root, "received");

    public string Outgoing => Path.Join(Root, "outgoing");

    /// <summary>Registered archives, and token files, are those of the tests and never those of the user.</summary>
    [ModuleInitializer]
    public static void KeepAwayFromUser()
    {
        var folder = Directory.CreateTempSubdirectory("pacsbin-sidecar-user-").FullName;
        Environment.SetEnvironmentVariable("PACSBIN_ARCHIVES", Path.Join(folder, "archives"));
        Environment.SetEnvironmentVariable("PACSBIN_TRANSIENT", Path.Join(folder, "transient"));
        Environment.SetEnvironmentVariable("PACSBIN_SIDECAR", Path.Join(folder, "sidecar"));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
    }

    /// <summary>Writes an image below <see cref="Source"/>; gives its path.</summary>
    public string Add(string name = "1.dcm", int study = 1, int series = 1, int instance = 1, int rows = 20, int columns = 30, int frames = 1, string modality = "CT", string? burnedIn = null)
    {
        var dataset = new DicomBuilder()
            .Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.6.1\0")
            .Element(0x00080018, "UI", Even($"1.2.{study}.{series}.{instance}", '\0'))
            .Element(0x00080020, "DA", "20240310")
            .Element(0x00080050, "SH", "ACCESS-77 ")
            .Element(0x00080060, "CS", Even(modality))
            .Element(0x00100010, "PN", "TESTPERSON^THEODORA ")
            .Element(0x00100020, "LO", PatientId)
            .Element(0x0020000D, "UI", Even($"1.2.{study}", '\0'))
            .Element(0x0020000E, "UI", Even($"1.2.{study}.{series}", '\0'))
            .Element(0x00200013, "IS", Even(instance.ToString(CultureInfo.InvariantCulture)))
            .Numbers(0x00280002, "US", 1)
            .Element(0x00280004, "CS", "MONOCHROME2 ")
            .Element(0x00280008, "IS", Even(frames.ToString(CultureInfo.InvariantCulture)))
            .Numbers(0x00280010, "US", rows).Numbers(0x00280011, "US", columns)
            .Numbers(0x00280100, "US", 8).Numbers(0x00280101, "US", 8).Numbers(0x00280102, "US", 7).Numbers(0x00280103, "US", 0);
        if (burnedIn is not null)
        {
            dataset.Element(0x00280301, "CS", Even(burnedIn));
        }

        var pixels = new byte[rows * columns * frames];
        pixels.AsSpan().Fill(Gray);
        pixels[0] = 10; // or a window from the lowest to the highest value would have no width
        var path = Path.Join(Source, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, dataset.Element(0x7FE00010, "OB", pixels).ToFile());
        return path;
    }

    /// <summary>Writes a CT slice of 512 x 512 pixels of 16 bits with a body, a table and noise.</summary>
    public void AddCt(string name, int study, int instance)
    {
        var random = new Random(instance);
        var pixels = new long[512 * 512];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y) = ((i % 512) - 256, (i / 512) - 256);
            pixels[i] = (x * x) + (2 * y * y) < 40_000 ? 1024 + (x / 4) + random.Next(-40, 40) : random.Next(0, 30);
        }

        var path = Path.Join(Source, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, new DicomBuilder()
            .Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2\0").Element(0x00080018, "UI", Even($"1.2.{study}.1.{instance}", '\0'))
            .Element(0x00080060, "CS", "CT").Element(0x00100010, "PN", "TESTPERSON^THEODORA ").Element(0x00100020, "LO", PatientId)
            .Element(0x0020000D, "UI", Even($"1.2.{study}", '\0')).Element(0x0020000E, "UI", Even($"1.2.{study}.1", '\0'))
            .Element(0x00200013, "IS", Even(instance.ToString(CultureInfo.InvariantCulture)))
            .Numbers(0x00280002, "US", 1).Element(0x00280004, "CS", "MONOCHROME2 ").Numbers(0x00280010, "US", 512).Numbers(0x00280011, "US", 512)
            .Numbers(0x00280100, "US", 16).Numbers(0x00280101, "US", 16).Numbers(0x00280102, "US", 15).Numbers(0x00280103, "US", 0)
            .Element(0x00281052, "DS", "-1024 ").Element(0x00281053, "DS", "1 ")
            .Numbers(0x7FE00010, "OW", pixels)
            .ToFile());
    }

    /// <summary>De-identifies all sources into the workspace; gives the copies, in the order of their sources.</summary>
    public IReadOnlyList<DicomStudy> Deidentify(string? workspace = null)
    {
        var sources = new StudyScanner().Scan([Source], cancellationToken: TestContext.Current.CancellationToken).Studies;
        var rejected = new List<string>();
        using (var run = new DeidentificationRun(DeidentificationProfile.Pacsbin, workspace ?? Workspace, Key) { Rejected = (_, e) => rejected.Add(e.Message) })
        {
            run.Run(sources, static _ => { }, cancellationToken: TestContext.Current.CancellationToken);
        }

        Assert.Empty(rejected);
        return new StudyScanner().Scan([workspace ?? Workspace], cancellationToken: TestContext.Current.CancellationToken).Studies;
    }

    /// <summary>Makes one image and its copy; gives the copy.</summary>
    public DicomStudy DeidentifyOne(int frames = 1, string modality = "CT", string? burnedIn = null)
    {
        Add(frames: frames, modality: modality, burnedIn: burnedIn);
        return Assert.Single(Deidentify());
    }

    /// <summary>Names and hashes of the files of all copies in a workspace.</summary>
    public static SortedDictionary<string, string> Contents(string workspace) => new(
        Directory.GetDirectories(workspace).SelectMany(f => Directory.GetFiles(f, "*.dcm")).ToDictionary(
            f => Path.GetRelativePath(workspace, f), f => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f)))),
        StringComparer.Ordinal);

    /// <summary>The uncompressed pixels of a file.</summary>
    public static byte[] Pixels(string path)
    {
        using var file = DicomFile.Open(path);
        Assert.True(file.Dataset.TryGet(new Tag(0x7FE00010), out var pixels));
        return pixels.Value.ToArray();
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static string Even(string text, char padding = ' ') => text.Length % 2 == 0 ? text : text + padding;
}
