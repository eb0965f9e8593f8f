using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pacsbin.Dicom;

namespace Pacsbin.Archives.Media;

/// <summary>Writes a DICOMDIR (PS3.3 F.3): patients, studies, series and instances, each record before those below it. The same files give the same bytes.</summary>
internal static class DirectoryFile
{
    private static readonly Tag First = new(0x00041200);
    private static readonly Tag Last = new(0x00041202);
    private static readonly Tag Next = new(0x00041400);
    private static readonly Tag Lower = new(0x00041420);

    /// <summary>The file's bytes.</summary>
    /// <exception cref="PacsbinException">LimitExceeded if an offset would not fit 32 bits.</exception>
    public static byte[] Write(IReadOnlyCollection<DirectoryEntry> entries)
    {
        var ordered = entries.OrderBy(e => string.Join('/', e.Place), StringComparer.Ordinal).ToList();
        var roots = ordered.GroupBy(e => e.PatientId).Select(PatientOf).ToList();
        var records = new List<Node>();
        roots.ForEach(r => r.AddTo(records));

        var sequence = new DicomSequence { HasUndefinedLength = false };
        var file = new DicomDataset();
        file.Set(new DicomElement(new Tag(0x00041130), Vr.CS, default(ReadOnlyMemory<byte>)));
        SetOffset(file, First, 0);
        SetOffset(file, Last, 0);
        file.Set(new DicomElement(new Tag(0x00041212), Vr.US, new byte[2]));
        file.Set(new DicomElement(Tags.DirectoryRecordSequence, Vr.SQ, sequence));
        foreach (var node in records)
        {
            SetOffset(node.Record, Next, 0);
            node.Record.Set(new DicomElement(new Tag(0x00041410), Vr.US, new byte[] { 0xFF, 0xFF }));
            SetOffset(node.Record, Lower, 0);
            sequence.Items.Add(node.Record);
        }

        var meta = MetaOf(ordered);
        Link(file, meta, roots, records);
        using var output = new MemoryStream();
        using var writer = new DicomWriter(output);
        using var nothing = new DicomSource(ReadOnlyMemory<byte>.Empty);
        writer.WriteBytes(new byte[128]);
        writer.WriteBytes("DICM"u8);
        writer.Write(DicomFile.CreateFileMeta(meta, TransferSyntax.ExplicitVrLittleEndian), nothing, TransferSyntax.ExplicitVrLittleEndian);
        writer.Write(file, nothing, TransferSyntax.ExplicitVrLittleEndian);
        writer.Flush();
        return output.ToArray();
    }

    /// <summary>What the file meta group says the file is; the data set itself has no SOP Common Module.</summary>
    private static DicomDataset MetaOf(List<DirectoryEntry> entries)
    {
        var hash = SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('|', entries.Select(e => $"{string.Join('/', e.Place)} {e.Sha256}"))));
        var uid = "2.25." + BinaryPrimitives.ReadUInt128BigEndian(hash).ToString(CultureInfo.InvariantCulture);
        var meta = new DicomDataset();
        meta.Set(new DicomElement(Tags.SopClassUid, Vr.UI, Encoding.ASCII.GetBytes(MediaDirectory.SopClassUid)));
        meta.Set(new DicomElement(Tags.SopInstanceUid, Vr.UI, Encoding.ASCII.GetBytes(uid)));
        return meta;
    }

    private static void Link(DicomDataset file, DicomDataset meta, List<Node> roots, List<Node> records)
    {
        using var writer = new DicomWriter(Stream.Null);
        var syntax = TransferSyntax.ExplicitVrLittleEndian;
        var offset = DicomFile.HeaderLength(meta, syntax) + writer.OffsetOfItems(file, Tags.DirectoryRecordSequence, syntax);
        foreach (var node in records)
        {
            node.Offset = offset <= uint.MaxValue ? (uint)offset : throw new PacsbinException(PacsbinError.LimitExceeded, "The DICOMDIR would be longer than its offsets can say.");
            offset += writer.LengthOfItem(node.Record, syntax);
        }

        SetOffset(file, First, roots.Count == 0 ? 0 : roots[0].Offset);
        SetOffset(file, Last, roots.Count == 0 ? 0 : roots[^1].Offset);
        LinkNeighbours(roots);
        foreach (var node in records.Where(n => n.Lower.Count > 0))
        {
            SetOffset(node.Record, Lower, node.Lower[0].Offset);
            LinkNeighbours(node.Lower);
        }
    }

    private static void LinkNeighbours(List<Node> nodes)
    {
        for (var i = 0; i + 1 < nodes.Count; i++)
        {
            SetOffset(nodes[i].Record, Next, nodes[i + 1].Offset);
        }
    }

    private static void SetOffset(DicomDataset dataset, Tag tag, uint offset) => dataset.Set(new DicomElement(tag, Vr.UL, BitConverter.GetBytes(offset)));

    private static Node PatientOf(IEnumerable<DirectoryEntry> entries) => new(entries.First().Patient, [.. entries.GroupBy(e => e.StudyInstanceUid).Select(StudyOf)]);

    private static Node StudyOf(IEnumerable<DirectoryEntry> entries, int index)
    {
        var first = entries.First();
        first.Number(first.Study, index + 1);
        return new(first.Study, [.. entries.GroupBy(e => e.SeriesInstanceUid).OrderBy(s => s.First().Series.GetInt32(Tags.SeriesNumber) ?? int.MaxValue).Select(SeriesOf)]);
    }

    private static Node SeriesOf(IEnumerable<DirectoryEntry> entries, int index)
    {
        var first = entries.First();
        first.Number(first.Series, index + 1);
        return new(first.Series, [.. entries.OrderBy(e => e.Instance.GetInt32(Tags.InstanceNumber) ?? int.MaxValue).Select(InstanceOf)]);
    }

    private static Node InstanceOf(DirectoryEntry entry, int index)
    {
        entry.Number(entry.Instance, index + 1);
        return new(entry.Instance, []);
    }

    /// <summary>A record and those below it.</summary>
    private sealed record Node(DicomDataset Record, List<Node> Lower)
    {
        public uint Offset { get; set; }

        public void AddTo(List<Node> all)
        {
            all.Add(this);
            Lower.ForEach(n => n.AddTo(all));
        }
    }
}
