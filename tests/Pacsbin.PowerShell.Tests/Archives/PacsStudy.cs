using System.Globalization;
using System.Security.Cryptography;

namespace Pacsbin.Tests.Archives;

/// <summary>A CT study as a hospital's PACS has it; its identifiers are like no others, so that they can be looked for.</summary>
sealed class PacsStudy
{
    readonly byte[][] files;

    /// <param name="instances">The number of images.</param>
    /// <param name="side">Rows and columns of 16-bit pixels.</param>
    public PacsStudy(int instances, string modality = "CT", string date = "20240310", string? family = null, int series = 1, int side = 64)
    {
        string token = Convert.ToHexString(RandomNumberGenerator.GetBytes(4));
        (PatientName, PatientId, Accession) = ($"{family ?? "ZIMMER" + token}^ANTONIA", $"KIS-{token}", $"ACC{token}");
        Uid = string.Create(CultureInfo.InvariantCulture, $"1.2.826.0.1.3680043.9.{BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4))}.7");
        var random = new Random(instances);
        files = [.. Enumerable.Range(1, instances).Select(i => Instance(i, 1 + (i % series), modality, date, side, random))];
        Overheard.Hide("patient name", PatientName, "ZIMMER" + token, "WINTERHALTER");
        Overheard.Hide("patient id", PatientId);
        Overheard.Hide("accession number", Accession);
        Overheard.Hide("UID", Uid);
    }

    public string PatientName { get; }

    public string PatientId { get; }

    public string Accession { get; }

    /// <summary>Study Instance UID, with which all other UIDs of the study begin.</summary>
    public string Uid { get; }

    public IReadOnlyList<byte[]> Files => files;

    /// <summary>What names the patient or the study in a file, a path or a text.</summary>
    public IReadOnlyList<string> Identifiers => [PatientName, PatientId, Accession, Uid];

    public string SopInstanceUid(int instance) => $"{Uid}.1.{instance}";

    /// <summary>Writes one file an instance.</summary>
    public void WriteTo(string folder)
    {
        Directory.CreateDirectory(folder);
        for (int i = 0; i < files.Length; i++) File.WriteAllBytes(Path.Combine(folder, $"{PatientId[4..]}-{i + 1}.dcm"), files[i]);
    }

    byte[] Instance(int number, int series, string modality, string date, int side, Random random)
    {
        byte[] pixels = new byte[side * side * 2];
        random.NextBytes(pixels);
        for (int i = 1; i < pixels.Length; i += 2) pixels[i] &= 0x0F;
        return new DicomBuilder()
            .Element(0x00080008, "CS", Even("ORIGINAL\\PRIMARY\\AXIAL"))
            .Element(0x00080016, "UI", Even("1.2.840.10008.5.1.4.1.1.2", '\0'))
            .Element(0x00080018, "UI", Even(SopInstanceUid(number), '\0'))
            .Element(0x00080020, "DA", date).Element(0x00080023, "DA", date)
            .Element(0x00080030, "TM", "095901").Element(0x00080033, "TM", "100512")
            .Element(0x00080050, "SH", Even(Accession))
            .Element(0x00080060, "CS", Even(modality))
            .Element(0x00080090, "PN", Even("WINTERHALTER^OTTO"))
            .Sequence(0x00081140, undefined: true, i => i.Element(0x00081150, "UI", Even("1.2.840.10008.5.1.4.1.1.2", '\0')).Element(0x00081155, "UI", Even(SopInstanceUid(1), '\0')))
            .Private(0x00090010, "ACME IDS ", b => b.Element(0x00091001, "LO", Even(PatientId)))
            .Element(0x00100010, "PN", Even(PatientName))
            .Element(0x00100020, "LO", Even(PatientId))
            .Element(0x00100030, "DA", "19620714").Element(0x00100040, "CS", "F ")
            .Element(0x0020000D, "UI", Even(Uid, '\0'))
            .Element(0x0020000E, "UI", Even($"{Uid}.1{series}", '\0'))
            .Element(0x00200010, "SH", Even(Accession))
            .Element(0x00200011, "IS", Even($"{series}")).Element(0x00200013, "IS", Even($"{number}"))
            .Element(0x00200052, "UI", Even(Uid + ".2", '\0'))
            .Numbers(0x00280002, "US", 1).Element(0x00280004, "CS", "MONOCHROME2 ")
            .Numbers(0x00280010, "US", side).Numbers(0x00280011, "US", side)
            .Numbers(0x00280100, "US", 16).Numbers(0x00280101, "US", 12).Numbers(0x00280102, "US", 11).Numbers(0x00280103, "US", 0)
            .Element(0x7FE00010, "OW", pixels)
            .ToFile();
    }

    static string Even(string text, char padding = ' ') => text.Length % 2 == 0 ? text : text + padding;
}
