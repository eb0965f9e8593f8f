using System.Text;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Studies;

/// <summary>A temporary folder of small instances, gone when it is disposed.</summary>
internal sealed class StudyFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("pacsbin-tests-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>An instance's bytes.</summary>
    /// <param name="study">The last component of its Study Instance UID.</param>
    /// <param name="instance">The last component of its SOP Instance UID.</param>
    /// <param name="patient">Patient ID; null for none.</param>
    /// <param name="issuer">Issuer of Patient ID; null for none.</param>
    /// <param name="date">Study Date.</param>
    /// <param name="birthDate">Patient's Birth Date; null for none.</param>
    public static byte[] Instance(int study, int instance, string? patient = "PATIENT-4711", string? issuer = null, string date = "20240229", string? birthDate = null)
    {
        var file = new DicomBuilder()
            .Element(0x00080005, "CS", "ISO_IR 192")
            .Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.4\0")
            .Element(0x00080018, "UI", Even($"1.2.826.0.1.3680043.99.{study}.2.{instance}", '\0'))
            .Element(0x00080020, "DA", date)
            .Element(0x00080050, "SH", "ACCESSION-0815")
            .Element(0x00080060, "CS", "MR")
            .Element(0x00080080, "LO", "Hospital of Examples ")
            .Element(0x00081030, "LO", "Study of a knee ");
        if (patient is not null)
        {
            file.Element(0x00100010, "PN", Even(Encoding.UTF8.GetBytes($"{patient}-Müller^山田")));
            file.Element(0x00100020, "LO", Even(patient, ' '));
        }

        if (issuer is not null)
        {
            file.Element(0x00100021, "LO", Even(issuer, ' '));
        }

        if (birthDate is not null)
        {
            file.Element(0x00100030, "DA", birthDate);
        }

        return file
            .Element(0x0020000D, "UI", Even($"1.2.826.0.1.3680043.99.{study}", '\0'))
            .Element(0x0020000E, "UI", Even($"1.2.826.0.1.3680043.99.{study}.1", '\0'))
            .Element(0x00200011, "IS", "3 ")
            .Element(0x00200013, "IS", Even($"{instance}", ' '))
            .Numbers(0x00280002, "US", 1).Element(0x00280004, "CS", "MONOCHROME2 ")
            .Numbers(0x00280010, "US", 4).Numbers(0x00280011, "US", 4).Numbers(0x00280100, "US", 16)
            .Numbers(0x00280101, "US", 16).Numbers(0x00280102, "US", 15).Numbers(0x00280103, "US", 0)
            .Element(0x7FE00010, "OW", new byte[32])
            .ToFile();
    }

    /// <summary>A directory of media (PS3.3 F.3) without records.</summary>
    public static byte[] MediaDirectory() => new DicomBuilder()
        .Element(0x00041130, "CS", "DISC")
        .Numbers(0x00041200, "UL", 0).Numbers(0x00041202, "UL", 0).Numbers(0x00041212, "US", 0)
        .Sequence(0x00041220, undefined: false)
        .Element(0x00080016, "UI", "1.2.840.10008.1.3.10")
        .Element(0x00080018, "UI", "1.2.826.0.1.3680043.99.7777\0")
        .ToFile();

    /// <summary>Writes a file, with the folders above it.</summary>
    public string Write(string name, byte[] content)
    {
        var path = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Writes a study of some instances.</summary>
    public StudyFolder WithStudy(int study, int instances, string? patient = "PATIENT-4711")
    {
        for (var i = 1; i <= instances; i++)
        {
            Write($"study{study}/{i:D5}.dcm", Instance(study, i, patient));
        }

        return this;
    }

    /// <summary>What the scanner finds here.</summary>
    public IReadOnlyList<DicomStudy> Scan() => new StudyScanner().Scan([Path], cancellationToken: TestContext.Current.CancellationToken).Studies;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static string Even(string text, char padding) => text.Length % 2 == 0 ? text : text + padding;

    private static byte[] Even(byte[] text) => text.Length % 2 == 0 ? text : [.. text, (byte)' '];
}
