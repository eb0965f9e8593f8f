using Pacsbin.Dicom;

namespace Pacsbin.Archives.Media;

/// <summary>What a directory record has where its instance has nothing.</summary>
internal enum WhenMissing
{
    /// <summary>No such key.</summary>
    Omitted,

    /// <summary>An empty one.</summary>
    Empty,

    /// <summary>A value that says nothing: the dummy of a de-identified date or time, else a running number.</summary>
    Invented,

    /// <summary>No record: what the value means cannot be guessed.</summary>
    Refused,
}

/// <summary>A key of a directory record.</summary>
internal readonly record struct DirectoryKey(Tag Tag, Vr Vr, WhenMissing WhenMissing)
{
    public DirectoryKey(uint tag, Vr vr, WhenMissing whenMissing)
        : this(new Tag(tag), vr, whenMissing)
    {
    }
}

/// <summary>The mandatory keys of directory records (PS3.3 F.5).</summary>
internal static class DirectoryKeys
{
    public static readonly DirectoryKey[] Patient = [new(0x00100010, Vr.PN, WhenMissing.Empty), new(0x00100020, Vr.LO, WhenMissing.Invented)];

    public static readonly DirectoryKey[] Study =
    [
        new(0x00080020, Vr.DA, WhenMissing.Invented), new(0x00080030, Vr.TM, WhenMissing.Invented), new(0x00080050, Vr.SH, WhenMissing.Empty),
        new(0x00081030, Vr.LO, WhenMissing.Empty), new(0x0020000D, Vr.UI, WhenMissing.Refused), new(0x00200010, Vr.SH, WhenMissing.Invented),
    ];

    public static readonly DirectoryKey[] Series =
        [new(0x00080060, Vr.CS, WhenMissing.Refused), new(0x0020000E, Vr.UI, WhenMissing.Refused), new(0x00200011, Vr.IS, WhenMissing.Invented)];

    private static readonly DirectoryKey InstanceNumber = new(0x00200013, Vr.IS, WhenMissing.Invented);
    private static readonly DirectoryKey ContentDate = new(0x00080023, Vr.DA, WhenMissing.Invented);
    private static readonly DirectoryKey ContentTime = new(0x00080033, Vr.TM, WhenMissing.Invented);
    private static readonly DirectoryKey ContentLabel = new(0x00700080, Vr.CS, WhenMissing.Invented);
    private static readonly DirectoryKey ContentDescription = new(0x00700081, Vr.LO, WhenMissing.Empty);
    private static readonly DirectoryKey ContentCreatorName = new(0x00700084, Vr.PN, WhenMissing.Empty);
    private static readonly DirectoryKey ConceptName = new(0x0040A043, Vr.SQ, WhenMissing.Refused);
    private static readonly DirectoryKey ContentSequence = new(0x0040A730, Vr.SQ, WhenMissing.Omitted);

    private static readonly Dictionary<string, DirectoryKey[]> ByType = new(StringComparer.Ordinal)
    {
        ["IMAGE"] = [InstanceNumber],
        ["RT DOSE"] = [InstanceNumber, new(0x3004000A, Vr.CS, WhenMissing.Refused)],
        ["RT STRUCTURE SET"] = [InstanceNumber, new(0x30060002, Vr.SH, WhenMissing.Invented), new(0x30060008, Vr.DA, WhenMissing.Empty), new(0x30060009, Vr.TM, WhenMissing.Empty)],
        ["RT PLAN"] = [InstanceNumber, new(0x300A0002, Vr.SH, WhenMissing.Invented), new(0x300A0006, Vr.DA, WhenMissing.Empty), new(0x300A0007, Vr.TM, WhenMissing.Empty)],
        ["RT TREAT RECORD"] = [InstanceNumber, new(0x30080250, Vr.DA, WhenMissing.Empty), new(0x30080251, Vr.TM, WhenMissing.Empty)],
        ["PRESENTATION"] =
        [
            InstanceNumber, ContentLabel, ContentDescription, ContentCreatorName, new(0x00700082, Vr.DA, WhenMissing.Invented), new(0x00700083, Vr.TM, WhenMissing.Invented),
            new(0x00081115, Vr.SQ, WhenMissing.Omitted), new(0x00700402, Vr.SQ, WhenMissing.Omitted),
        ],
        ["WAVEFORM"] = [InstanceNumber, ContentDate, ContentTime],
        ["SR DOCUMENT"] =
        [
            InstanceNumber, ContentDate, ContentTime, ConceptName, ContentSequence, new(0x0040A491, Vr.CS, WhenMissing.Refused), new(0x0040A493, Vr.CS, WhenMissing.Refused),
            new(0x0040A030, Vr.DT, WhenMissing.Omitted),
        ],
        ["KEY OBJECT DOC"] = [InstanceNumber, ContentDate, ContentTime, ConceptName, ContentSequence],
        ["SPECTROSCOPY"] =
        [
            InstanceNumber, ContentDate, ContentTime, new(0x00080008, Vr.CS, WhenMissing.Refused), new(0x00089092, Vr.SQ, WhenMissing.Omitted), new(0x00280008, Vr.IS, WhenMissing.Refused),
            new(0x00280010, Vr.US, WhenMissing.Refused), new(0x00280011, Vr.US, WhenMissing.Refused), new(0x00289001, Vr.UL, WhenMissing.Refused), new(0x00289002, Vr.UL, WhenMissing.Refused),
        ],
        ["RAW DATA"] = [InstanceNumber, ContentDate, ContentTime],
        ["ENCAP DOC"] =
        [
            InstanceNumber, ContentDate with { WhenMissing = WhenMissing.Empty }, ContentTime with { WhenMissing = WhenMissing.Empty }, ConceptName with { WhenMissing = WhenMissing.Empty },
            new(0x00420010, Vr.ST, WhenMissing.Empty), new(0x00420012, Vr.LO, WhenMissing.Refused), new(0x0040E001, Vr.ST, WhenMissing.Omitted),
        ],
        ["STEREOMETRIC"] = [InstanceNumber, ContentLabel, ContentDescription, ContentCreatorName],
        ["SURFACE SCAN"] = [ContentDate, ContentTime],
        ["ASSESSMENT"] = [InstanceNumber, new(0x00080012, Vr.DA, WhenMissing.Invented), new(0x00080013, Vr.TM, WhenMissing.Empty)],
        ["RADIOTHERAPY"] = [InstanceNumber, ContentDescription, ContentCreatorName, new(0x30100033, Vr.SH, WhenMissing.Omitted), new(0x30100034, Vr.LO, WhenMissing.Omitted)],
    };

    private static readonly DirectoryKey[] Content = [InstanceNumber, ContentDate, ContentTime, ContentLabel, ContentDescription, ContentCreatorName];

    /// <summary>The keys of an instance's record: registrations, fiducials, measurements, surfaces and so on have the same ones.</summary>
    public static DirectoryKey[] Of(string type) => ByType.GetValueOrDefault(type, Content);
}
