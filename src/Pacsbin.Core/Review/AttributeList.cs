using System.Globalization;
using Pacsbin.Dicom;
using Pacsbin.Redaction.Devices;

namespace Pacsbin.Review;

/// <summary>One attribute of a copy as a person reads it.</summary>
/// <param name="Depth">0 in the data set itself, 1 in an item of its sequences, and so on.</param>
/// <param name="Tag">The attribute.</param>
/// <param name="Keyword">The keyword of PS3.6; null for a private or unknown attribute.</param>
/// <param name="Vr">The two letters of its value representation.</param>
/// <param name="Length">Bytes of the value, padding included; of a sequence the number of its items, of compressed pixels that of their fragments.</param>
/// <param name="Value">Text, or numbers, several joined by backslashes; null where there is none to read, or too much. It is an attribute's value: for whoever asked, and for no log.</param>
public sealed record AttributeValue(int Depth, Tag Tag, string? Keyword, string Vr, long Length, string? Value)
{
    /// <summary>The tag; never the value.</summary>
    public override string ToString() => Tag.ToString();
}

/// <summary>Lists the attributes of an instance of a workspace, file meta group first, sequences with their items.</summary>
public static class AttributeList
{
    /// <summary>The most characters of a value that are given.</summary>
    private const int LongestValue = 1024;

    /// <summary>Reads the header of a file.</summary>
    /// <param name="path">The file's full path.</param>
    /// <exception cref="PacsbinException">The file cannot be read.</exception>
    public static IReadOnlyList<AttributeValue> Read(string path)
    {
        using var file = DicomFile.Open(path);
        var attributes = new List<AttributeValue>();
        Add(file.FileMeta, 0, attributes);
        Add(file.Dataset, 0, attributes);
        return attributes;
    }

    private static void Add(DicomDataset dataset, int depth, List<AttributeValue> attributes)
    {
        for (var i = 0; i < dataset.Count; i++)
        {
            ref readonly var element = ref dataset[i];
            attributes.Add(Of(element, dataset, depth));
            foreach (var item in element.Sequence?.Items ?? [])
            {
                Add(item, depth + 1, attributes);
            }
        }
    }

    internal static AttributeValue Of(in DicomElement element, DicomDataset dataset, int depth)
    {
        var keyword = DicomDictionary.TryGet(element.Tag, out var entry) ? entry.Keyword : null;
        return new AttributeValue(depth, element.Tag, keyword, element.Vr == Vr.None ? "" : element.Vr.ToString(), LengthOf(element), ValueOf(element, dataset));
    }

    private static long LengthOf(in DicomElement element) =>
        element.Sequence?.Items.Count ?? element.Range?.Length ?? element.Fragments?.Count ?? element.Value.Length;

    private static string? ValueOf(in DicomElement element, DicomDataset dataset) =>
        ElementText.Of(element, dataset) is { Length: > 0 } text ? (text.Length <= LongestValue ? text : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, LongestValue)}…")) : null;
}
