using System.Buffers;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Verification;

/// <summary>What one source file says that its copy may not: as hashes; used again for the next file.</summary>
internal sealed class SourceIdentifiers(ProtectedAttributes protections)
{
    private const int ShortestUid = 8;
    private static readonly SearchValues<byte> UidCharacters = SearchValues.Create("0123456789."u8);
    private readonly HashSet<ulong> values = [];
    private readonly HashSet<ulong> uids = [];
    private readonly HashSet<ulong> keys = [];

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        values.Clear();
        uids.Clear();
        keys.Clear();
    }

    /// <summary>Adds what a source says.</summary>
    /// <param name="source">The file.</param>
    /// <param name="study">Learns the words that it does not know yet.</param>
    public void Read(DicomFile source, StudyIdentifiers study)
    {
        Walk(source.FileMeta, study, isContent: false);
        Walk(source.Dataset, study, isContent: false);
    }

    /// <summary>Whether the source has a value at an attribute that may not stand there.</summary>
    public bool HasValue(Tag tag, ReadOnlySpan<byte> part) => values.Contains(Hash(tag.Value, part));

    /// <summary>Whether the source has as large a value at an attribute.</summary>
    public bool HasRange(Tag tag, FileRange range) => values.Contains(RangeKey(tag, range));

    /// <summary>Whether the source has a UID that identifies.</summary>
    public bool HasUid(ReadOnlySpan<byte> uid) => uids.Contains(Hash(0, uid));

    /// <summary>Adds a UID that is known from elsewhere.</summary>
    public void AddUid(ReadOnlySpan<byte> uid) => uids.Add(Hash(0, uid));

    /// <summary>Whether such a UID stands between other characters.</summary>
    public bool HasUidIn(ReadOnlySpan<byte> text)
    {
        if (uids.Count == 0 || text.Length < ShortestUid || !text.Contains((byte)'.'))
        {
            return false;
        }

        while (text.IndexOfAnyInRange((byte)'0', (byte)'9') is >= 0 and var start)
        {
            text = text[start..];
            var end = text.IndexOfAnyExcept(UidCharacters);
            var run = end < 0 ? text : text[..end];
            if (run.Length >= ShortestUid && HasUid(run.TrimEnd((byte)'.')))
            {
                return true;
            }

            text = text[run.Length..];
        }

        return false;
    }

    /// <summary>Whether a word is from this file, or from all files of the study.</summary>
    public bool Has(SearchWord word) => word.Keys.Exists(key => key == StudyIdentifiers.OfStudy || keys.Contains(key));

    private void Walk(DicomDataset dataset, StudyIdentifiers study, bool isContent)
    {
        for (var i = 0; i < dataset.Count; i++)
        {
            ref readonly var element = ref dataset[i];
            var index = DicomDictionary.IndexOf(element.Tag);
            var protection = index < 0 ? Protection.None : protections[index];
            if (element.Sequence is { } sequence)
            {
                foreach (var item in sequence.Items)
                {
                    Walk(item, study, isContent || protection == Protection.Content);
                }
            }
            else if (protection != Protection.None || isContent || (index < 0 && element.Vr == Vr.UI))
            {
                Add(element, index, dataset, study, isProtected: protection != Protection.None);
            }
        }
    }

    private void Add(in DicomElement element, int index, DicomDataset dataset, StudyIdentifiers study, bool isProtected)
    {
        if (element.Range is { } range)
        {
            values.Add(RangeKey(element.Tag, range));
            return;
        }

        var value = element.Value.Span;
        var vr = index < 0 ? element.Vr : DicomDictionary.VrAt(index);
        foreach (var part in new ValueParts(value, vr))
        {
            var hash = Hash(element.Tag.Value, part);
            values.Add(hash);
            if (vr == Vr.UI)
            {
                if (!WellKnownUids.Contains(part))
                {
                    AddUid(part);
                }
            }
            else if (isProtected && IdentifierAttributes.TryGet(index, out var kind, out var form))
            {
                keys.Add(hash);
                if (!study.Knows(hash))
                {
                    study.Learn(hash, dataset.CharacterSet.Decode(part, vr.IsText() ? Vr.UT : vr), kind == IdentifierKind.PersonName && element.Tag.Group == 0x0010 ? IdentifierKind.Patient : kind, form);
                }
            }
        }
    }

    private static ulong Hash(uint tag, ReadOnlySpan<byte> part) => XxHash3.HashToUInt64(part, tag) | 1; // 0 is for words of the whole study

    private static ulong RangeKey(Tag tag, FileRange range)
    {
        var length = range.Length;
        return Hash(tag.Value ^ uint.MaxValue, MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in length)));
    }
}
