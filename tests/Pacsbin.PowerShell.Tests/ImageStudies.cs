using System.Globalization;
using System.IO.Hashing;
using Pacsbin.Dicom;
using Pacsbin.Studies;

namespace Pacsbin.Tests;

/// <summary>A folder with studies of gray images made in code, and a place beside it for what comes out.</summary>
sealed class ImageStudies : IDisposable
{
    /// <summary>What every pixel is before it is erased; erased ones are 0.</summary>
    public const byte Gray = 200;

    public ImageStudies(string? folderName = null)
    {
        string created = Directory.CreateTempSubdirectory("pacsbin-images").FullName;
        Outer = created;
        Root = folderName is null ? created : Path.Combine(created, folderName);
        Directory.CreateDirectory(Source);
    }

    public string Root { get; }

    public string Source => Path.Combine(Root, "source");

    public string Destination => Path.Combine(Root, "out");

    string Outer { get; }

    /// <summary>The copies, in the order of their names.</summary>
    public string[] Written => Directory.Exists(Destination)
        ? [.. Directory.GetFiles(Destination, "*.dcm", SearchOption.AllDirectories).Where(f => !f.Contains(".partial", StringComparison.Ordinal)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The manifest of the only study of the destination.</summary>
    public Manifest Manifest => Manifest.Read(StudyFolder)!;

    public string StudyFolder => Directory.GetDirectories(Destination).Single(d => Path.GetFileName(d)[0] != '.');

    public string Add(string name, int study = 1, int series = 1, int instance = 1, int rows = 20, int columns = 30, int frames = 1, string model = "", string modality = "US")
    {
        var dataset = new DicomBuilder()
            .Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.6.1\0")
            .Element(0x00080018, "UI", Even(Sop(instance, series, study), '\0'))
            .Element(0x00080020, "DA", "20240310")
            .Element(0x00080060, "CS", Even(modality))
            .Element(0x00081090, "LO", Even(model))
            .Element(0x00100010, "PN", "MUELLER^ANNA")
            .Element(0x00100020, "LO", "P-17")
            .Element(0x0020000D, "UI", Even($"1.2.{study}", '\0'))
            .Element(0x0020000E, "UI", Even(SeriesUid(series, study), '\0'))
            .Numbers(0x00280002, "US", 1)
            .Element(0x00280004, "CS", "MONOCHROME2 ")
            .Element(0x00280008, "IS", Even(frames.ToString(CultureInfo.InvariantCulture)))
            .Numbers(0x00280010, "US", rows).Numbers(0x00280011, "US", columns)
            .Numbers(0x00280100, "US", 8).Numbers(0x00280101, "US", 8).Numbers(0x00280102, "US", 7).Numbers(0x00280103, "US", 0);
        byte[] pixels = new byte[rows * columns * frames];
        pixels.AsSpan().Fill(Gray);
        string path = Path.Combine(Source, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, dataset.Element(0x7FE00010, "OB", pixels).ToFile());
        return path;
    }

    /// <summary>Turns a file into lossless JPEG 2000, which cannot be erased.</summary>
    public static async Task ToJpeg2000(string path)
    {
        using var gdcm = System.Diagnostics.Process.Start(Require("gdcmconv"), ["--j2k", path, path + ".j2k"]);
        await gdcm.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, gdcm.ExitCode);
        File.Move(path + ".j2k", path, overwrite: true);
    }

    public static string SeriesUid(int series, int study = 1) => $"1.2.{study}.{series}";

    public static string Sop(int instance, int series = 1, int study = 1) => $"1.2.{study}.{series}.{instance}";

    /// <summary>The uncompressed pixels of a file.</summary>
    public static byte[] Pixels(string path)
    {
        using var file = DicomFile.Open(path);
        Assert.True(file.Dataset.TryGet(new Tag(0x7FE00010), out var pixels));
        if (pixels.Range is not { } range) return pixels.Value.ToArray();
        byte[] bytes = File.ReadAllBytes(path);
        return bytes[^(int)range.Length..];
    }

    /// <summary>How many pixels of a file are erased; all others are as they were.</summary>
    public static int Erased(string path)
    {
        byte[] pixels = Pixels(path);
        Assert.All(pixels.Where(p => p != Gray).Distinct(), p => Assert.Equal(0, p));
        return pixels.Count(p => p == 0);
    }

    /// <summary>Asserts that files and manifest of the destination agree; gives the manifest.</summary>
    public Manifest RequireWhole()
    {
        var manifest = Manifest;
        Assert.Equal([.. manifest.Files.Select(f => f.Name), Manifest.FileName], Directory.GetFiles(StudyFolder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        foreach (var file in manifest.Files)
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(StudyFolder, file.Name));
            Assert.Equal((file.Length, file.Xxh128), (bytes.LongLength, Convert.ToHexStringLower(XxHash128.Hash(bytes))));
        }

        Assert.Equal([StudyFolder], Directory.GetFileSystemEntries(Destination));
        return manifest;
    }

    /// <summary>All files below the destination with their contents.</summary>
    public Dictionary<string, string> Contents() => Directory.GetFiles(Destination, "*", SearchOption.AllDirectories)
        .ToDictionary(f => f, f => Convert.ToHexStringLower(XxHash128.Hash(File.ReadAllBytes(f))), StringComparer.Ordinal);

    public void Dispose() => Directory.Delete(Outer, recursive: true);

    static string Even(string text, char padding = ' ') => text.Length % 2 == 0 ? text : text + padding;

    static string Require(string program)
    {
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists);
        if (found is null && Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail($"{program} is not installed.");
        if (found is null) Assert.Skip($"{program} is not installed.");
        return found!;
    }
}
