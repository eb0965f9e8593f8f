using System.Buffers;
using System.Text;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Verification;

/// <summary>Walks one copy, as it was read back, and collects what of its source it still holds.</summary>
/// <param name="check">What may stay.</param>
/// <param name="source">What the source says.</param>
/// <param name="search">The words of the source's study.</param>
/// <param name="copy">The copy.</param>
/// <param name="comparesDates">Whether a date may not be that of the source at the same place; of several sources one can have it by chance.</param>
internal sealed class CopyWalk(LeakCheck check, SourceIdentifiers source, WordSearch search, DicomFile copy, bool comparesDates = true)
{
    private const int PreambleLength = 128;
    private const int ShortestNumber = 7;
    private const int ChunkLength = 64 * 1024;
    private const int Overlap = 512; // longer than any word
    private static readonly Tag ImplementationVersionName = new(0x00020013);
    private List<Leak>? leaks;
    private List<Leak>? allowed;
    private List<SearchWord>? words;

    /// <summary>What it still holds, each once.</summary>
    public IReadOnlyList<Leak> Leaks => leaks ?? [];

    /// <summary>What it still holds and the allow list calls harmless.</summary>
    public IEnumerable<Finding> Allowed => allowed?.Select(l => new Finding(FindingKind.CoincidenceAllowed, l.Tag, $"A word of kind {l.Kind}.")) ?? [];

    /// <param name="start">The copy's first bytes.</param>
    /// <param name="names">What its file and folder are called.</param>
    public void Run(ReadOnlySpan<byte> start, ReadOnlySpan<string> names)
    {
        if (start[..Math.Min(start.Length, PreambleLength)].ContainsAnyExcept((byte)0))
        {
            Add(IdentifierKind.UnknownAttribute, null);
        }

        foreach (var name in names)
        {
            var bytes = Encoding.UTF8.GetBytes(name);
            FindWords(bytes, isText: true, isNumber: false, new DicomElement(default, Vr.LO, bytes), Vr.LO, Protection.Value);
            FindUids(bytes, null);
        }

        WalkMeta();
        Walk(copy.Dataset, isContent: false, 0);
    }

    /// <summary>PS3.10 7.1: besides what tells how to read the file, the file meta group has only what names who wrote it.</summary>
    private void WalkMeta()
    {
        for (var i = 0; i < copy.FileMeta.Count; i++)
        {
            var element = copy.FileMeta[i];
            if (element.Tag > ImplementationVersionName || (element.Tag == Tags.FileMetaInformationVersion && element.Value.Length != 2))
            {
                Add(IdentifierKind.UnknownAttribute, element.Tag);
            }
            else if (element.Tag == ImplementationVersionName)
            {
                FindIn(element, isText: true, Vr.SH, Protection.None);
            }
            else if (element.Vr == Vr.UI)
            {
                FindUid(element.Value.Span.Trim(" \0"u8), element.Tag);
            }
        }
    }

    private void Walk(DicomDataset dataset, bool isContent, ulong place)
    {
        for (var i = 0; i < dataset.Count; i++)
        {
            ref readonly var element = ref dataset[i];
            var index = DicomDictionary.IndexOf(element.Tag);
            var protection = index >= 0 ? check.Protections[index] : Protection.None;
            var isForeign = index < 0
                && (!element.Tag.IsPrivate || !check.KeepsSafePrivate || (element.Tag.Element >= 0x1000 && !SafePrivateAttributes.TryGet(element.Tag, dataset, out _)));
            if ((isForeign || protection != Protection.None) && check.IsDecided(element.Tag, dataset))
            {
                // A date has no words to look for: it may not be the source's, unless an option retains dates.
                isForeign = false;
                protection = protection == Protection.Value && DicomDictionary.VrAt(index) is Vr.DA or Vr.DT ? Protection.Value : Protection.Decided;
            }

            if (isForeign)
            {
                Add(element.Tag.IsPrivate ? IdentifierKind.PrivateAttribute : IdentifierKind.UnknownAttribute, element.Tag);
            }

            if (element.Sequence is { } sequence)
            {
                for (var item = 0; item < sequence.Items.Count; item++)
                {
                    Walk(sequence.Items[item], isContent || protection == Protection.Content, SourceIdentifiers.PlaceOf(place, element.Tag, item));
                }
            }
            else if (!element.IsEmpty && !PixelElements.IsPixelData(element.Tag))
            {
                var vr = index >= 0 && DicomDictionary.VrAt(index).IsString() ? DicomDictionary.VrAt(index) : element.Vr;
                if (protection is Protection.Value or Protection.Content || isContent)
                {
                    CheckValue(element, vr, index, place);
                }

                CheckWords(element, dataset, vr, protection);
            }
        }
    }

    private void CheckValue(in DicomElement element, Vr vr, int index, ulong place)
    {
        if (!comparesDates && vr is Vr.DA or Vr.DT)
        {
            return;
        }

        if (element.Range is { } range)
        {
            if (source.HasRange(element.Tag, range))
            {
                Add(KindAt(index), element.Tag);
            }

            return;
        }

        foreach (var part in new ValueParts(element.Value.Span, vr))
        {
            if (source.HasValue(element.Tag, vr, part, place) && !DummyContent.Is(part, vr) && !(vr == Vr.UI && WellKnownUids.Contains(part)))
            {
                Add(KindAt(index), element.Tag);
            }
        }
    }

    private static IdentifierKind KindAt(int index) =>
        index >= 0 && IdentifierAttributes.TryGet(index, out var kind, out _) ? kind : IdentifierKind.ProtectedAttribute;

    private void CheckWords(in DicomElement element, DicomDataset dataset, Vr vr, Protection protection)
    {
        switch (vr)
        {
            case Vr.UI:
                foreach (var part in new ValueParts(element.Value.Span, vr))
                {
                    FindUid(part, element.Tag);
                }

                break;
            case Vr.DS or Vr.IS:
                foreach (var part in new ValueParts(element.Value.Span, vr))
                {
                    if (part.Length >= ShortestNumber)
                    {
                        FindWords(part, isText: true, isNumber: true, element, vr, protection);
                    }
                }

                break;
            case Vr.OB or Vr.UN or Vr.OW or Vr.OL or Vr.OD or Vr.OF or Vr.OV:
                FindIn(element, isText: false, vr, protection);
                break;
            case var text when text.IsString() && text is not (Vr.DA or Vr.DT or Vr.TM or Vr.AS):
                if (!IsOwn(element) || check.IsDecided(element.Tag, dataset))
                {
                    FindIn(element, isText: true, vr, protection);
                }

                break;
        }
    }

    /// <summary>Whether the element says which product made the copy.</summary>
    private static bool IsOwn(in DicomElement element) => element.Tag == Tags.DeidentificationMethod && element.Value.Span.StartsWith("PacsbinPS "u8);

    private void FindIn(in DicomElement element, bool isText, Vr vr, Protection protection)
    {
        if (element.Range is not { } range)
        {
            FindWords(element.Value.Span, isText, isNumber: false, element, vr, protection);
            FindUids(element.Value.Span, element.Tag);
            return;
        }

        var chunk = ArrayPool<byte>.Shared.Rent(ChunkLength);
        for (long at = 0; at < range.Length; at += ChunkLength - Overlap)
        {
            var bytes = chunk.AsSpan(0, (int)Math.Min(ChunkLength, range.Length - at));
            copy.Source.ReadExactly(range.Offset + at, bytes);
            FindWords(bytes, isText, isNumber: false, element, vr, protection);
            FindUids(bytes, element.Tag);
        }

        ArrayPool<byte>.Shared.Return(chunk);
    }

    private void FindWords(ReadOnlySpan<byte> value, bool isText, bool isNumber, in DicomElement element, Vr vr, Protection protection)
    {
        search.Find(value, isText, ref words);
        if (words is not { Count: > 0 })
        {
            return;
        }

        foreach (var word in words)
        {
            if (!source.Has(word) || (isNumber && (!word.IsNumber || word.Text.Length != value.Length)) || (protection is Protection.None or Protection.Decided && KeptTerms.Allow(word, element.Tag, vr, value, isRetained: protection == Protection.None)))
            {
                continue;
            }

            Add(new Leak(word.Kind, element.Tag == default ? null : element.Tag), ref check.Allows(word) ? ref allowed : ref leaks);
        }

        words.Clear();
    }

    private void FindUids(ReadOnlySpan<byte> text, Tag? tag)
    {
        if (source.HasUidIn(text))
        {
            Add(IdentifierKind.Uid, tag);
        }
    }

    private void FindUid(ReadOnlySpan<byte> uid, Tag? tag)
    {
        if (source.HasUid(uid))
        {
            Add(IdentifierKind.Uid, tag);
        }
    }

    private void Add(IdentifierKind kind, Tag? tag) => Add(new Leak(kind, tag), ref leaks);

    private static void Add(Leak leak, ref List<Leak>? to)
    {
        to ??= [];
        if (!to.Contains(leak))
        {
            to.Add(leak);
        }
    }
}
