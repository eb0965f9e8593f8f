using System.Buffers;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Verification;

/// <summary>What one source file says that its copy may not: as hashes; used again for the next file.</summary>
internal sealed class SourceIdentifiers(ProtectedAttributes protections)
{
    private const int ShortestUid = 8;
    private const int MostDigitsBefore = 3; // such as a length byte that is a digit too
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
        Walk(source.FileMeta, study, isContent: false, 0);
        Walk(source.Dataset, study, isContent: false, 0);
    }

    /// <summary>Whether the source has a value at an attribute that may not stand there.</summary>
    /// <param name="tag">The attribute.</param>
    /// <param name="vr">Its VR; a date counts only at its own place.</param>
    /// <param name="part">One value.</param>
    /// <param name="place">Of the item that it is in; 0 for the root.</param>
    public bool HasValue(Tag tag, Vr vr, ReadOnlySpan<byte> part, ulong place) => values.Contains(ValueKey(tag, vr, part, place));

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
            run = run.TrimEnd((byte)'.');
            for (var skipped = 0; skipped <= MostDigitsBefore && run.Length - skipped >= ShortestUid; skipped++)
            {
                if (HasUid(run[skipped..]))
                {
                    return true;
                }
            }

            text = end < 0 ? default : text[end..];
        }

        return false;
    }

    /// <summary>Whether a word is from this file, or from all files of the study.</summary>
    public bool Has(SearchWord word) => word.Keys.Exists(key => key == StudyIdentifiers.OfStudy || keys.Contains(key));

    /// <summary>The place of an item: dates are compared with those at the same place, because one that was moved can by chance be another of the file.</summary>
    public static ulong PlaceOf(ulong sequencePlace, Tag sequence, int item) => (((sequencePlace * 0x9E3779B97F4A7C15) ^ sequence.Value) * 0x9E3779B97F4A7C15) + (ulong)item + 1;

    private void Walk(DicomDataset dataset, StudyIdentifiers study, bool isContent, ulong place)
    {
        for (var i = 0; i < dataset.Count; i++)
        {
            ref readonly var element = ref dataset[i];
            var index = DicomDictionary.IndexOf(element.Tag);
            var protection = index < 0 ? Protection.None : protections[index];
            if (SequenceOf(element, index, dataset) is { } sequence)
            {
                for (var item = 0; item < sequence.Items.Count; item++)
                {
                    Walk(sequence.Items[item], study, isContent || protection == Protection.Content, PlaceOf(place, element.Tag, item));
                }
            }
            else if (protection != Protection.None || isContent || (index < 0 && element.Vr == Vr.UI))
            {
                Add(element, index, dataset, study, protection != Protection.None, place);
            }
        }
    }

    /// <summary>The items of a sequence, also of one that passed through a system that did not know it (PS3.5 6.2.2).</summary>
    private static DicomSequence? SequenceOf(in DicomElement element, int index, DicomDataset dataset)
    {
        if (element.Sequence is { } known || element.Vr is not (Vr.UN or Vr.OB) || index < 0 || DicomDictionary.VrAt(index) != Vr.SQ || element.Range is not null)
        {
            return element.Sequence;
        }

        return DicomReader.TryReadItems(element.Value, dataset, isExplicitVr: false, out var read) || DicomReader.TryReadItems(element.Value, dataset, isExplicitVr: true, out read) ? read : null;
    }

    private void Add(in DicomElement element, int index, DicomDataset dataset, StudyIdentifiers study, bool isProtected, ulong place)
    {
        if (element.Range is { } range)
        {
            values.Add(RangeKey(element.Tag, range));
            return;
        }

        var value = element.Value.Span;
        var vr = index < 0 ? element.Vr : DicomDictionary.VrAt(index);
        var isUid = vr == Vr.UI && (isProtected || (index < 0 && !protections.RetainsUids));
        foreach (var part in new ValueParts(value, vr))
        {
            values.Add(ValueKey(element.Tag, vr, part, place));
            if (isUid && !WellKnownUids.Contains(part))
            {
                AddUid(part);
            }
        }

        if (isProtected && vr != Vr.UI && IdentifierAttributes.TryGet(index, out var kind, out var form))
        {
            Learn(element.Tag, vr, value.Trim(" \0"u8), dataset.CharacterSet, study, kind, form);
        }
    }

    private void Learn(Tag tag, Vr vr, ReadOnlySpan<byte> value, CharacterSet characters, StudyIdentifiers study, IdentifierKind kind, WordForm form)
    {
        // The same bytes are other words in another character set.
        var key = Hash(tag.Value + ((ulong)RuntimeHelpers.GetHashCode(characters) << 32), value);
        keys.Add(key);
        if (value.IsEmpty || study.Knows(key))
        {
            return;
        }

        var values = characters.Decode(value, vr);
        if (values.Any(v => v.Contains('\uFFFD', StringComparison.Ordinal)))
        {
            values = [.. values, .. Encoding.Latin1.GetString(value).Split('\\')]; // the character set is wrongly declared
        }

        study.Learn(key, values, kind == IdentifierKind.PersonName && tag.Group == 0x0010 ? IdentifierKind.Patient : kind, form);
    }

    private static ulong ValueKey(Tag tag, Vr vr, ReadOnlySpan<byte> part, ulong place) => Hash(tag.Value ^ (vr is Vr.DA or Vr.DT ? place << 32 : 0), part);

    private static ulong Hash(ulong seed, ReadOnlySpan<byte> part) => XxHash3.HashToUInt64(part, (long)seed) | 1; // 0 is for words of the whole study

    private static ulong RangeKey(Tag tag, FileRange range)
    {
        var length = range.Length;
        return Hash(tag.Value ^ uint.MaxValue, MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in length)));
    }
}
