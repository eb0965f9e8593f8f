namespace Pacsbin.Tests;

/// <summary>A folder with studies made in code, and a place beside it for what comes out.</summary>
sealed class SampleStudies : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("pacsbin-cmdlets").FullName;

    public SampleStudies() => Directory.CreateDirectory(Source);

    public string Root => folder;

    public string Source => Path.Combine(folder, "source");

    public string Destination => Path.Combine(folder, "out");

    /// <summary>Paths of the folders that a reader takes for finished studies.</summary>
    public string[] Finished => Directory.Exists(Destination) ? [.. Directory.GetDirectories(Destination).Where(d => Path.GetFileName(d)[0] != '.')] : [];

    public string[] Written => [.. Finished.SelectMany(d => Directory.GetFiles(d, "*.dcm"))];

    /// <summary>Writes an instance below <see cref="Source"/> and returns its path.</summary>
    public string Add(string name, string study = "1.2.1", string instance = "1", string? patient = "P-17", string modality = "CT",
        string? date = "20240310", string accession = "A-1", int pixelBytes = 16)
    {
        // An empty Study Instance UID makes an object that belongs to no study.
        string path = Path.Combine(Source, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, Instance(study, instance, patient, modality, date, accession, pixelBytes));
        return path;
    }

    /// <summary>Writes a file whose header ends inside Patient's Name.</summary>
    public string AddTruncated(string name)
    {
        string path = Path.Combine(Source, name);
        byte[] whole = Instance("1.2.9", "9", "P-99", "CT", "20240310", "A-9", 16);
        File.WriteAllBytes(path, whole[..(whole.AsSpan().IndexOf("MUELLER"u8) + 4)]);
        return path;
    }

    /// <summary>Writes a DICOMDIR without records.</summary>
    public void AddDirectory(string name) => File.WriteAllBytes(Path.Combine(Source, name), new DicomBuilder()
        .Element(0x00041130, "CS", "DISC")
        .Element(0x00080016, "UI", "1.2.840.10008.1.3.10")
        .Element(0x00080018, "UI", "1.2.8.1\0")
        .ToFile());

    public string AddText(string name)
    {
        string path = Path.Combine(Source, name);
        File.WriteAllText(path, "Not DICOM, and long enough that nobody takes it for a data set without a preamble. " + new string('.', 300));
        return path;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    static byte[] Instance(string study, string instance, string? patient, string modality, string? date, string accession, int pixelBytes)
    {
        var dataset = new DicomBuilder()
            .Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2\0")
            .Element(0x00080018, "UI", Even($"{(study.Length > 0 ? study : "1.2.0")}.1.{instance}", '\0'));
        if (date is not null) dataset.Element(0x00080020, "DA", date);
        dataset.Element(0x00080050, "SH", Even(accession)).Element(0x00080060, "CS", Even(modality)).Element(0x00100010, "PN", Even("MUELLER^ANNA"));
        if (patient is not null) dataset.Element(0x00100020, "LO", Even(patient));
        if (study.Length > 0) dataset.Element(0x0020000D, "UI", Even(study, '\0')).Element(0x0020000E, "UI", Even(study + ".1", '\0'));
        return dataset
            .Numbers(0x00280010, "US", 1)
            .Numbers(0x00280011, "US", pixelBytes)
            .Numbers(0x00280100, "US", 8)
            .Numbers(0x00280101, "US", 8)
            .Numbers(0x00280102, "US", 7)
            .Element(0x7FE00010, "OW", new byte[pixelBytes])
            .ToFile();
    }

    static string Even(string text, char padding = ' ') => text.Length % 2 == 0 ? text : text + padding;
}
