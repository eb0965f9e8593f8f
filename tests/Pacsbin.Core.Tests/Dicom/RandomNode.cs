using FsCheck;
using FsCheck.Fluent;
using Pacsbin.Dicom;

namespace Pacsbin.Tests.Dicom;

/// <summary>A random element: a value, or items, or fragments.</summary>
internal sealed record RandomNode(uint Tag, string Vr, byte[] Value, bool Undefined, IReadOnlyList<RandomItem>? Items, IReadOnlyList<byte[]>? Fragments)
{
    /// <summary>Random data sets, nested up to a depth; tags ascend, private elements included.</summary>
    public static Gen<IReadOnlyList<RandomNode>> Datasets(int depth) =>
        from count in Gen.Choose(0, 6)
        from nodes in Nodes(depth).ArrayOf(count)
        select (IReadOnlyList<RandomNode>)[First, .. nodes.DistinctBy(n => n.Tag).OrderBy(n => n.Tag)];

    /// <summary>Writes the nodes without the product's writer.</summary>
    public static DicomBuilder Build(IEnumerable<RandomNode> nodes, DicomBuilder builder)
    {
        foreach (var node in nodes)
        {
            if (node.Items is { } items)
            {
                builder.Sequence(node.Tag, node.Undefined, [.. items.Select(item => (Action<DicomBuilder>)(b => Build(item.Nodes, b)))]);
            }
            else if (node.Fragments is { } fragments)
            {
                builder.Fragments(node.Tag, [], [.. fragments]);
            }
            else
            {
                builder.Element(node.Tag, node.Vr, node.Value);
            }
        }

        return builder;
    }

    /// <summary>The nodes as the product's own data set; fragments stay in <paramref name="store"/>, which becomes its source.</summary>
    public static DicomDataset ToDataset(IEnumerable<RandomNode> nodes, MemoryStream store, DicomDataset? parent = null, bool undefined = true)
    {
        var dataset = new DicomDataset(parent) { HasUndefinedLength = undefined };
        foreach (var node in nodes)
        {
            var (tag, vr) = (new Tag(node.Tag), Enum.Parse<Vr>(node.Vr));
            dataset.Set(node switch
            {
                { Items: { } items } => new DicomElement(tag, vr, ToSequence(items, node.Undefined, store, dataset)),
                { Fragments: { } fragments } => new DicomElement(tag, vr, new EncapsulatedPixelData([], [.. fragments.Select(f => Store(f, store))])),
                _ => new DicomElement(tag, vr, node.Value),
            });
        }

        return dataset;
    }

    private static DicomSequence ToSequence(IReadOnlyList<RandomItem> items, bool undefined, MemoryStream store, DicomDataset parent)
    {
        var sequence = new DicomSequence { HasUndefinedLength = undefined };
        sequence.Items.AddRange(items.Select(item => ToDataset(item.Nodes, store, parent, item.Undefined)));
        return sequence;
    }

    private static FileRange Store(byte[] bytes, MemoryStream store)
    {
        var range = new FileRange(store.Length, bytes.Length);
        store.Position = store.Length;
        store.Write(bytes);
        return range;
    }

    private static Gen<RandomNode> Nodes(int depth)
    {
        // Sequences that PS3.6 knows, so that implicit VR tells them from bytes too.
        var sequences =
            from tag in Gen.Elements<uint>(0x00081140, 0x00082218, 0x0040A730, 0x0040A043, 0x300A0010)
            from undefined in Gen.Elements(true, false)
            from count in Gen.Choose(0, 3)
            from items in RandomItem.Items(depth - 1).ArrayOf(count)
            select new RandomNode(tag, "SQ", [], undefined, items, null);
        return depth == 0 ? Gen.OneOf(Values, Pixels) : Gen.OneOf(Values, Values, Pixels, sequences);
    }

    private static Gen<RandomNode> Values =>
        from known in Gen.Elements(Known)
        from isPrivate in Gen.Elements(true, false)
        from element in Gen.Choose(0x1000, 0x10FF)
        from length in Gen.Frequency((20, Gen.Choose(0, 40)), (1, Gen.Choose(0xFFFC, 0x10000)))
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new RandomNode(isPrivate ? 0x00110000u | (uint)element : known.Tag, known.Vr, Bytes(Numeric.Contains(known.Vr) ? length & ~7 : length, seed), false, null, null);

    private static Gen<RandomNode> Pixels =>
        from count in Gen.Choose(0, 4)
        from lengths in Gen.Choose(0, 50).ArrayOf(count)
        select new RandomNode(0x7FE00010, "OB", [], true, null, [.. lengths.Select(n => Bytes(n, n))]);

    /// <summary>What a data set begins with, so that its encoding can be told from the first bytes.</summary>
    private static RandomNode First => new(0x00080005, "CS", "ISO_IR 6"u8.ToArray(), false, null, null);

    /// <summary>VRs whose values are whole numbers of 2, 4 or 8 bytes; half a number has no byte order.</summary>
    private static readonly HashSet<string> Numeric = ["AT", "FD", "FL", "OD", "OF", "OL", "OV", "OW", "SL", "SS", "SV", "UL", "US", "UV"];

    /// <summary>One attribute of every VR.</summary>
    private static readonly (uint Tag, string Vr)[] Known =
    [
        (0x00080020, "DA"), (0x0008002A, "DT"), (0x00080030, "TM"), (0x00080050, "SH"), (0x00080054, "AE"), (0x00080060, "CS"), (0x00080070, "LO"),
        (0x00080081, "ST"), (0x00080119, "UC"), (0x00080120, "UR"), (0x00100010, "PN"), (0x00101010, "AS"), (0x00101030, "DS"), (0x001021B0, "LT"),
        (0x00186020, "SL"), (0x00186024, "UL"), (0x00189073, "FD"), (0x00189219, "SS"), (0x0020000D, "UI"), (0x00200013, "IS"), (0x00280009, "AT"),
        (0x00280010, "US"), (0x00281201, "OW"), (0x0040A160, "UT"), (0x00420011, "OB"), (0x00660129, "OL"), (0x00720076, "FL"), (0x00720082, "SV"),
        (0x00720083, "UV"), (0x00770077, "UN"), (0x7FE00001, "OV"), (0x7FE00008, "OF"), (0x7FE00009, "OD"),
    ];

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

/// <summary>An item of a random sequence.</summary>
internal sealed record RandomItem(bool Undefined, IReadOnlyList<RandomNode> Nodes)
{
    public static Gen<RandomItem> Items(int depth) =>
        from undefined in Gen.Elements(true, false)
        from nodes in RandomNode.Datasets(depth)
        select new RandomItem(undefined, nodes);
}
