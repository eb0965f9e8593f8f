using Pacsbin.Dicom;

namespace Pacsbin.Redaction.Devices;

/// <summary>The attributes that a set of filters asks for, each once.</summary>
internal sealed class AttributeTable
{
    /// <summary>The index of an attribute whose value is always empty.</summary>
    internal const int Missing = -1;

    private readonly Dictionary<string, int> indices = [];
    private readonly List<AttributePath> paths = [];

    internal int Count => paths.Count;

    internal AttributePath this[int index] => paths[index];

    internal int Add(AttributePath path)
    {
        if (indices.TryAdd(path.Key, paths.Count))
        {
            paths.Add(path);
        }

        return indices[path.Key];
    }
}

/// <summary>The values of one file that filters asked for: each attribute is found and decoded once, whatever the number of filters.</summary>
internal sealed class AttributeValues(AttributeTable table, DicomDataset dataset, DicomDataset? fileMeta)
{
    private readonly string?[] values = new string?[table.Count];

    internal string this[int index] => index == AttributeTable.Missing ? "" : values[index] ??= table[index].Read(dataset, fileMeta);

    public override string ToString() => nameof(AttributeValues);
}
