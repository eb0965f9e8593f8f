using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification;

/// <summary>The safe private attributes of PS3.15 Table E.3.10-1, found by creator, group and the last two digits of the element.</summary>
internal static class SafePrivateAttributes
{
    private static readonly Lazy<FrozenDictionary<(string Creator, uint Key), SafePrivateAttribute>> Table = new(Load);
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

    /// <summary>Whether a private creator reserves a block of which the table lists any attribute.</summary>
    public static bool IsCreator(Tag tag, DicomDataset dataset) => tag.IsPrivateCreator && CreatorOf(new Tag(tag.Group, (ushort)(tag.Element << 8)), dataset) is not null;

    /// <summary>Whether a private element is safe, and what the table says of its value.</summary>
    public static bool TryGet(Tag tag, DicomDataset dataset, out SafePrivateAttribute attribute)
    {
        attribute = default;
        return CreatorOf(tag, dataset) is { } creator && Table.Value.TryGetValue((creator, Key(tag)), out attribute);
    }

    private static uint Key(Tag tag) => ((uint)tag.Group << 8) | (byte)tag.Element;

    private static FrozenDictionary<(string Creator, uint Key), SafePrivateAttribute> Load()
    {
        using var reader = new StreamReader(typeof(SafePrivateAttributes).Assembly.GetManifestResourceStream("safe-private.tsv")!);
        var rows = new Dictionary<(string, uint), SafePrivateAttribute>();
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split('\t');
            var key = uint.Parse(fields[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            var vr = fields[2].Length < 2 ? Vr.None : (Vr)(fields[2][0] | (fields[2][1] << 8));
            var most = int.TryParse(fields[3].Split('-')[^1], CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;
            rows[(fields[0], key)] = new SafePrivateAttribute(vr, most);
        }

        return rows.ToFrozenDictionary();
    }
}

/// <summary>What Table E.3.10-1 says of a value.</summary>
/// <param name="Vr">None where the table gives none.</param>
/// <param name="MaxValues">The most values; <see cref="int.MaxValue"/> where the table says n, or nothing.</param>
internal readonly record struct SafePrivateAttribute(Vr Vr, int MaxValues);
