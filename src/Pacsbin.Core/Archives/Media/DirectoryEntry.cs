using System.Text;
using Pacsbin.Dicom;

namespace Pacsbin.Archives.Media;

/// <summary>What a DICOMDIR says of a file: keys of its four records, with values of the file alone.</summary>
internal sealed class DirectoryEntry
{
    private static readonly Tag RelationshipType = new(0x0040A010);
    private static readonly Tag ContentSequence = new(0x0040A730);

    /// <summary>Keys whose value is the record's place among its neighbours.</summary>
    private readonly HashSet<(DicomDataset Record, Tag Tag)> numbered = [];

    private DirectoryEntry(string[] place, string sha256)
    {
        Place = place;
        Sha256 = sha256;
    }

    /// <summary>The components of the file's ID.</summary>
    public string[] Place { get; }

    public string Sha256 { get; }

    public DicomDataset Patient { get; private set; } = new();

    public DicomDataset Study { get; private set; } = new();

    public DicomDataset Series { get; private set; } = new();

    public DicomDataset Instance { get; private set; } = new();

    public string PatientId => Patient.GetString(Tags.PatientId)!;

    public string StudyInstanceUid => Study.GetString(Tags.StudyInstanceUid)!;

    public string SeriesInstanceUid => Series.GetString(Tags.SeriesInstanceUid)!;

    /// <summary>Reads a file's header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="place">The components of the ID that it has, or will have.</param>
    /// <param name="sha256">What tells its bytes from all others.</param>
    /// <exception cref="PacsbinException">MalformedElement if PS3.3 F.4 has no record for the SOP class, or the file lacks a key that cannot be made up; what <see cref="DicomFile"/> throws.</exception>
    public static DirectoryEntry Read(string path, string[] place, string sha256)
    {
        using var file = DicomFile.Open(path);
        var dataset = file.Dataset;
        var sopClass = Encoding.ASCII.GetString(Required(dataset, Tags.SopClassUid));
        var type = RecordTypes.Of(sopClass, dataset)
            ?? throw new PacsbinException(PacsbinError.MalformedElement, "A DICOMDIR has no record for the SOP class of a file of the study (PS3.3 F.4). Send it without a DICOMDIR.", Tags.SopClassUid);
        var entry = new DirectoryEntry(place, sha256);
        entry.Patient = entry.Record(dataset, "PATIENT", DirectoryKeys.Patient);
        entry.Study = entry.Record(dataset, "STUDY", DirectoryKeys.Study);
        entry.Series = entry.Record(dataset, "SERIES", DirectoryKeys.Series);
        entry.Instance = entry.Record(dataset, type, DirectoryKeys.Of(type));
        Set(entry.Instance, 0x00041500, Vr.CS, string.Join('\\', place));
        Set(entry.Instance, 0x00041510, Vr.UI, sopClass);
        Set(entry.Instance, 0x00041511, Vr.UI, Encoding.ASCII.GetString(Required(dataset, Tags.SopInstanceUid)));
        Set(entry.Instance, 0x00041512, Vr.UI, file.TransferSyntax.Uid);
        return entry;
    }

    /// <summary>Gives a record the number that its instance lacks.</summary>
    public void Number(DicomDataset record, int number)
    {
        for (var i = 0; i < record.Count; i++)
        {
            if (numbered.Contains((record, record[i].Tag)))
            {
                Set(record, record[i].Tag.Value, record[i].Vr, number.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }
        }
    }

    private static void Set(DicomDataset record, uint tag, Vr vr, string value) => record.Set(new DicomElement(new Tag(tag), vr, Encoding.ASCII.GetBytes(value)));

    private static ReadOnlySpan<byte> Required(DicomDataset dataset, Tag tag)
    {
        var value = dataset.GetBytes(tag);
        return !value.IsEmpty ? value : throw Lacking(tag);
    }

    private static PacsbinException Lacking(Tag tag) =>
        new(PacsbinError.MalformedElement, "A file of the study lacks what its record in a DICOMDIR must have (PS3.3 F.5). Send it without a DICOMDIR.", tag);

    private DicomDataset Record(DicomDataset dataset, string type, DirectoryKey[] keys)
    {
        var record = new DicomDataset(capacity: keys.Length + 10) { HasUndefinedLength = false };
        Set(record, 0x00041430, Vr.CS, type);
        if (dataset.TryGet(Tags.SpecificCharacterSet, out var characters) && !characters.IsEmpty)
        {
            record.Set(Owned(characters, record));
        }

        foreach (var key in keys)
        {
            if (dataset.TryGet(key.Tag, out var element) && HasValue(element) && Owned(element, record) is { IsEmpty: false } own)
            {
                record.Set(own.Sequence is { } sequence ? new DicomElement(key.Tag, Vr.SQ, sequence) : new DicomElement(key.Tag, key.Vr, own.Value));
                continue;
            }

            switch (key.WhenMissing)
            {
                case WhenMissing.Refused:
                    throw Lacking(key.Tag);
                case WhenMissing.Empty:
                    record.Set(key.Vr == Vr.SQ ? new DicomElement(key.Tag, Vr.SQ, new DicomSequence { HasUndefinedLength = false }) : new DicomElement(key.Tag, key.Vr, default(ReadOnlyMemory<byte>)));
                    break;
                case WhenMissing.Invented:
                    Set(record, key.Tag.Value, key.Vr, Invented(key, dataset));
                    if (key.Vr is Vr.IS or Vr.SH or Vr.CS)
                    {
                        numbered.Add((record, key.Tag));
                    }

                    break;
            }
        }

        return record;
    }

    /// <summary>A patient without an ID has the UID of the study for one, which is no other patient's.</summary>
    private static string Invented(DirectoryKey key, DicomDataset dataset) => key.Vr switch
    {
        Vr.DA => "19000101",
        Vr.TM => "000000",
        Vr.LO => Encoding.ASCII.GetString(Required(dataset, Tags.StudyInstanceUid)),
        _ => "0",
    };

    private static bool HasValue(in DicomElement element) => element.Sequence is not null ? !element.IsEmpty : element.Value.Span.ContainsAnyExcept((byte)' ', (byte)0) || IsNumber(element.Vr);

    private static bool IsNumber(Vr vr) => vr is Vr.US or Vr.UL;

    /// <summary>An element that outlives the file that it was read from.</summary>
    private static DicomElement Owned(in DicomElement element, DicomDataset parent)
    {
        if (element.Sequence is null)
        {
            return element.Range is null && element.Fragments is null ? new DicomElement(element.Tag, element.Vr, element.Value.ToArray())
                : throw new PacsbinException(PacsbinError.LimitExceeded, "A value is too long for a record of a DICOMDIR.", element.Tag);
        }

        var own = new DicomSequence { HasUndefinedLength = false };
        foreach (var item in element.Sequence.Items)
        {
            // PS3.3 F.5: of the content of a document only what modifies its name.
            if (element.Tag == ContentSequence && parent.Parent is null && item.GetString(RelationshipType) != "HAS CONCEPT MOD")
            {
                continue;
            }

            var copy = new DicomDataset(parent, item.Count) { HasUndefinedLength = false };
            for (var i = 0; i < item.Count; i++)
            {
                copy.Set(Owned(item[i], copy));
            }

            own.Items.Add(copy);
        }

        return new DicomElement(element.Tag, element.Vr, own);
    }
}
