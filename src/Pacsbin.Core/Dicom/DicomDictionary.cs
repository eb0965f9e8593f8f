using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Pacsbin.Dicom;

/// <summary>The data dictionary of PS3.6 with the command elements of PS3.7; lookups by tag allocate nothing.</summary>
public static class DicomDictionary
{
    // Columns: tag (x for any digit), VRs joined by '/', VM, R if retired, name, keyword where it is not the name without spaces.
    private static readonly byte[] Table = EmbeddedTable.Read("dictionary.tsv");

    private static readonly DictionaryIndex Index = new(Table);

    private static readonly DictionaryEntry?[] Entries = new DictionaryEntry?[Index.Count];

    private static readonly Lazy<Dictionary<string, DictionaryEntry>> ByKeyword = new(() =>
    {
        var entries = new Dictionary<string, DictionaryEntry>(Index.Count, StringComparer.Ordinal);
        for (var i = 0; i < Index.Count; i++)
        {
            if (EntryAt(i) is { Keyword.Length: > 0 } entry)
            {
                entries.Add(entry.Keyword, entry);
            }
        }

        return entries;
    });

    /// <summary>The number of entries; a repeating group is one entry.</summary>
    public static int Count => Index.Count;

    /// <summary>Finds the entry of an attribute: its index, or -1 for private and unknown ones. An exact entry goes before a repeating group.</summary>
    /// <remarks>Group lengths, (gggg,0000), are known in groups 0000 and 0002 only.</remarks>
    public static int IndexOf(Tag tag) => Index.Find(tag);

    /// <summary>The first VR of an entry; <see cref="Vr.None"/> for item delimiters.</summary>
    public static Vr VrAt(int index) => Index.VrAt(index);

    /// <summary>Whether the data set chooses between several VRs, such as US and SS.</summary>
    public static bool IsAmbiguousAt(int index) => Index.IsAmbiguousAt(index);

    /// <summary>The tag of an entry; digits that vary in a repeating group are 0.</summary>
    public static Tag TagAt(int index) => Index.TagAt(index);

    /// <summary>The entry at an index from <see cref="IndexOf"/>; the same object each time.</summary>
    public static DictionaryEntry EntryAt(int index) =>
        Entries[index] ?? Interlocked.CompareExchange(ref Entries[index], ReadEntry(index), null) ?? Entries[index]!;

    /// <summary>Finds the entry of an attribute.</summary>
    public static bool TryGet(Tag tag, [NotNullWhen(true)] out DictionaryEntry? entry)
    {
        var index = Index.Find(tag);
        entry = index < 0 ? null : EntryAt(index);
        return index >= 0;
    }

    /// <summary>Finds the entry with a keyword, which is case-sensitive.</summary>
    public static bool TryGet(string keyword, [NotNullWhen(true)] out DictionaryEntry? entry) => ByKeyword.Value.TryGetValue(keyword, out entry);

    private static DictionaryEntry ReadEntry(int index)
    {
        var line = Index.LineAt(Table, index);
        var (tag, mask) = DictionaryIndex.ReadTag(EmbeddedTable.Take(ref line, (byte)'\t'));
        var vrs = EmbeddedTable.Take(ref line, (byte)'\t');
        var alternatives = vrs.Length <= 2 ? [] : new Vr[vrs.Length / 3];
        for (var i = 0; i < alternatives.Length; i++)
        {
            alternatives[i] = DictionaryIndex.ReadVr(vrs[((i + 1) * 3)..]);
        }

        var vm = Encoding.ASCII.GetString(EmbeddedTable.Take(ref line, (byte)'\t'));
        var isRetired = !EmbeddedTable.Take(ref line, (byte)'\t').IsEmpty;
        var name = Encoding.UTF8.GetString(EmbeddedTable.Take(ref line, (byte)'\t'));
        var keyword = line.IsEmpty ? name.Replace(" ", null, StringComparison.Ordinal) : Encoding.ASCII.GetString(line);
        return new DictionaryEntry(new Tag(tag), mask, keyword, name, DictionaryIndex.ReadVr(vrs), alternatives, vm, isRetired);
    }
}
