using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification;

/// <summary>The safe private attributes of PS3.15 Table E.3.10-1, found by creator, group and the last two digits of the element.</summary>
internal static class SafePrivateAttributes
{
    private static readonly Lazy<FrozenDictionary<(string Creator, uint Key), Vr>> Table = new(Load);
    private static readonly Lazy<FrozenSet<string>> Creators = new(() => Table.Value.Keys.Select(k => k.Creator).ToFrozenSet());

    /// <summary>The creator whose block a private element is in, if the table lists any attribute of it.</summary>
    public static string? CreatorOf(Tag tag, DicomDataset dataset)
    {
        if (!dataset.TryGet(tag.PrivateCreator, out var creator) || tag.Element < 0x1000)
        {
            return null;
        }

        // A creator that is not one of the table's is not even turned into text.
        var value = creator.Value.Span.Trim(" \0"u8);
        return value.Length <= 64 && Creators.Value.TryGetValue(Encoding.Latin1.GetString(value), out var known) ? known : null;
    }

    /// <summary>Whether a private element is safe, and the VR that the table gives; None where it gives none.</summary>
    public static bool TryGet(Tag tag, DicomDataset dataset, out Vr vr)
    {
        vr = Vr.None;
        return CreatorOf(tag, dataset) is { } creator && Table.Value.TryGetValue((creator, Key(tag)), out vr);
    }

    private static uint Key(Tag tag) => ((uint)tag.Group << 8) | (byte)tag.Element;

    private static FrozenDictionary<(string Creator, uint Key), Vr> Load()
    {
        using var reader = new StreamReader(typeof(SafePrivateAttributes).Assembly.GetManifestResourceStream("safe-private.tsv")!);
        var rows = new Dictionary<(string, uint), Vr>();
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split('\t');
            var key = uint.Parse(fields[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            rows[(fields[0], key)] = fields[2].Length < 2 ? Vr.None : (Vr)(fields[2][0] | (fields[2][1] << 8));
        }

        return rows.ToFrozenDictionary();
    }
}
