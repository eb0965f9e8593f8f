using Pacsbin.Dicom;

namespace Pacsbin.Tests.Archives.Servers;

/// <summary>An instance that a <see cref="ScriptedArchive"/> has.</summary>
internal sealed class ArchivedInstance
{
    private static readonly uint[] Kept = [0x00080016, 0x00080018, 0x00080020, 0x00080050, 0x00080060, 0x00100010, 0x00100020, 0x0020000D, 0x0020000E];
    private readonly Dictionary<uint, string> values = [];

    private ArchivedInstance(byte[] file)
    {
        File = file;
        using var source = new DicomSource(file);
        using var parsed = DicomFile.Open(source, new Tag(0x0020000E));
        foreach (var tag in Kept)
        {
            values[tag] = parsed.Dataset.GetString(new Tag(tag)) ?? "";
        }
    }

    public byte[] File { get; }

    public string SopClassUid => this[0x00080016];

    public string SopInstanceUid => this[0x00080018];

    public string StudyInstanceUid => this[0x0020000D];

    public string SeriesInstanceUid => this[0x0020000E];

    /// <summary>The value of an attribute that archives are asked for; empty where it has none.</summary>
    public string this[uint tag] => values.GetValueOrDefault(tag, "");

    /// <summary>Reads a file; null where it is not DICOM or lacks a UID.</summary>
    public static ArchivedInstance? TryRead(byte[] file)
    {
        try
        {
            var instance = new ArchivedInstance(file);
            return instance is { SopInstanceUid: "" } or { StudyInstanceUid: "" } or { SeriesInstanceUid: "" } ? null : instance;
        }
        catch (PacsbinException)
        {
            return null;
        }
    }
}
