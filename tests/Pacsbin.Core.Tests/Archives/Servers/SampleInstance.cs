namespace Pacsbin.Tests.Archives.Servers;

/// <summary>A small picture in a file that every archive takes.</summary>
internal static class SampleInstance
{
    private const string SecondaryCapture = "1.2.840.10008.5.1.4.1.1.7";

    /// <summary>Makes the file.</summary>
    /// <param name="pixels">The number of bytes of its pixels, a multiple of 64.</param>
    public static byte[] Make(string study, string series, string instance, string patient = "P", int pixels = 64)
    {
        var meta = new DicomBuilder()
            .Element(0x00020001, "OB", 0, 1)
            .Element(0x00020002, "UI", Even(SecondaryCapture, '\0'))
            .Element(0x00020003, "UI", Even(instance, '\0'))
            .Element(0x00020010, "UI", Even(DicomBuilder.ExplicitLittle, '\0'))
            .Element(0x00020012, "UI", Even("1.2.3.4", (char)0))
            .ToBytes();
        var data = new DicomBuilder()
            .Element(0x00080016, "UI", Even(SecondaryCapture, '\0'))
            .Element(0x00080018, "UI", Even(instance, '\0'))
            .Element(0x00080020, "DA", "20260102")
            .Element(0x00080050, "SH", "")
            .Element(0x00080060, "CS", "OT")
            .Element(0x00100010, "PN", Even(patient, ' '))
            .Element(0x00100020, "LO", Even(patient, ' '))
            .Element(0x0020000D, "UI", Even(study, '\0'))
            .Element(0x0020000E, "UI", Even(series, '\0'))
            .Element(0x00200010, "SH", "")
            .Numbers(0x00280002, "US", 1)
            .Element(0x00280004, "CS", "MONOCHROME2 ")
            .Numbers(0x00280010, "US", pixels / 64)
            .Numbers(0x00280011, "US", 64)
            .Numbers(0x00280100, "US", 8)
            .Numbers(0x00280101, "US", 8)
            .Numbers(0x00280102, "US", 7)
            .Numbers(0x00280103, "US", 0)
            .Element(0x7FE00010, "OB", new byte[pixels])
            .ToBytes();
        var length = new DicomBuilder().Numbers(0x00020000, "UL", meta.Length).ToBytes();
        return [.. new byte[128], .. "DICM"u8, .. length, .. meta, .. data];
    }

    private static string Even(string value, char pad) => value.Length % 2 == 0 ? value : value + pad;
}
