using System.Collections.Frozen;
using System.Globalization;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification;

/// <summary>The types (1, 2 or 3) that attributes with a composite action have in each SOP Class (PS3.3), at the root and inside sequences.</summary>
internal static class AttributeTypes
{
    private const string Root = "1.2.840.10008.";
    private static readonly Lazy<Tables> Loaded = new(Load);

    /// <summary>The number of a SOP Class for <see cref="TypeOf"/>; -1 if its IOD is not known.</summary>
    public static int SopClassIndex(string? sopClassUid) =>
        sopClassUid is not null && Loaded.Value.SopClasses.TryGetValue(sopClassUid, out var index) ? index : -1;

    /// <summary>The type of the attribute at the end of a path; 0 if it is not known. Conditional types count as met.</summary>
    /// <param name="sopClassIndex">From <see cref="SopClassIndex"/>.</param>
    /// <param name="path">The tags of the enclosing sequences from the root, then the attribute's.</param>
    public static int TypeOf(int sopClassIndex, ReadOnlySpan<Tag> path) =>
        sopClassIndex >= 0 && Loaded.Value.Types.TryGetValue(HashOf(path), out var types) ? types[sopClassIndex] : 0;

    private static Tables Load()
    {
        using var reader = new StreamReader(typeof(AttributeTypes).Assembly.GetManifestResourceStream("composite-types.tsv")!);
        var sopClasses = reader.ReadLine()!.Split(' ').Select((suffix, index) => (Uid: Root + suffix, index)).ToFrozenDictionary(s => s.Uid, s => s.index);
        var types = new Dictionary<ulong, byte[]>();
        while (reader.ReadLine() is { } line)
        {
            // path of tags joined by '>', type, numbers and ranges of SOP Classes
            var fields = line.Split('\t');
            var path = fields[0].Split('>').Select(t => new Tag(uint.Parse(t, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))).ToArray();
            if (!types.TryGetValue(HashOf(path), out var row))
            {
                types[HashOf(path)] = row = new byte[sopClasses.Count];
            }

            foreach (var range in fields[2].Split(' '))
            {
                var ends = range.Split('-');
                var first = int.Parse(ends[0], CultureInfo.InvariantCulture);
                var last = int.Parse(ends[^1], CultureInfo.InvariantCulture);
                row.AsSpan(first, last - first + 1).Fill((byte)(fields[1][0] - '0'));
            }
        }

        return new Tables(sopClasses, types.ToFrozenDictionary());
    }

    private static ulong HashOf(ReadOnlySpan<Tag> path)
    {
        // FNV-1a over whole tags; the few hundred paths of the table do not collide (a test sees to it).
        var hash = 14695981039346656037UL;
        foreach (var tag in path)
        {
            hash = (hash ^ tag.Value) * 1099511628211UL;
        }

        return hash;
    }

    private sealed record Tables(FrozenDictionary<string, int> SopClasses, FrozenDictionary<ulong, byte[]> Types);
}
