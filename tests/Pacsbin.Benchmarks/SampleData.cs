using System.Globalization;
using Pacsbin.Dicom;

namespace Pacsbin.Benchmarks;

/// <summary>A set of files to measure on.</summary>
/// <param name="Name">Also its folder.</param>
/// <param name="Template">Which template beside common.txt describes a file.</param>
/// <param name="Studies">Studies, each of another patient and with one series.</param>
/// <param name="FilesPerStudy">Files in each.</param>
/// <param name="Side">Rows and columns of 16-bit pixels.</param>
internal sealed record SampleSet(string Name, string Template, int Studies, int FilesPerStudy, int Side)
{
    public int Files => Studies * FilesPerStudy;

    /// <summary>Bytes of pixels, nearly all that there is.</summary>
    public long PixelBytes => 2L * Side * Side * Files;
}

/// <summary>Writes sample sets with the project's own writer, the same bytes on each machine.</summary>
internal static class SampleData
{
    private const string UidRoot = "1.2.840.113619.2.55.3.";

    /// <summary>Makes a set below a folder, unless it is there; returns its folder.</summary>
    public static string Make(SampleSet set, string root)
    {
        var folder = Path.Combine(root, set.Name);
        if (Directory.Exists(folder))
        {
            return folder;
        }

        var partial = folder + ".partial";
        Parallel.For(0, set.Studies, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, study =>
        {
            var path = Path.Combine(partial, Invariant($"study{study:D4}"));
            Directory.CreateDirectory(path);
            WriteStudy(set, study, path);
        });
        Directory.Move(partial, folder);
        return folder;
    }

    private static void WriteStudy(SampleSet set, int study, string folder)
    {
        var dataset = DatasetText.Parse(Template("common") + "\n" + Template(set.Template));
        var root = Invariant($"{UidRoot}{20240000 + study}.");
        dataset.SetText(0x00080050, Vr.SH, Invariant($"A20240311-{study:D4}"));
        dataset.SetText(0x00100010, Vr.PN, Invariant($"Testperson{study}^Theodora^Maria"));
        dataset.SetText(0x00100020, Vr.LO, Invariant($"19620714-{study:D4}"));
        dataset.SetText(0x0020000D, Vr.UI, root + "1");
        dataset.SetText(0x0020000E, Vr.UI, root + "1.1");
        dataset.SetText(0x00200052, Vr.UI, root + "2");
        var side = BitConverter.GetBytes((ushort)set.Side);
        dataset.Set(new DicomElement(Tags.Rows, Vr.US, side));
        dataset.Set(new DicomElement(Tags.Columns, Vr.US, side));

        var pixels = new byte[set.Side * set.Side * 2];
        dataset.Set(new DicomElement(Tags.PixelData, Vr.OW, pixels));
        var nothing = new DicomSource(ReadOnlyMemory<byte>.Empty);
        var random = new Random(study);
        for (var slice = 0; slice < set.FilesPerStudy; slice++)
        {
            var z = Invariant($"{-17.75 + (2.5 * slice):F6}");
            dataset.SetText(0x00080018, Vr.UI, Invariant($"{root}1.1.{slice + 1}"));
            dataset.SetText(0x00200013, Vr.IS, Invariant($"{slice + 1}"));
            dataset.SetText(0x00200032, Vr.DS, $"-124.500000\\-126.250000\\{z}");
            dataset.SetText(0x00201041, Vr.DS, z);
            Fill(pixels, random);
            using var file = new FileStream(Path.Combine(folder, Invariant($"IM{slice:D5}.dcm")), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            DicomFile.Write(file, dataset, nothing, TransferSyntax.ExplicitVrLittleEndian);
        }
    }

    /// <summary>Noise of 12 bits in cells of 16.</summary>
    private static void Fill(byte[] pixels, Random random)
    {
        random.NextBytes(pixels);
        for (var i = 1; i < pixels.Length; i += 2)
        {
            pixels[i] &= 0x0F;
        }
    }

    private static string Template(string name)
    {
        using var stream = typeof(SampleData).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"No template {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
