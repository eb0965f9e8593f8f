using System.Text;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>Makes maps of <see cref="ScriptKey"/>.</summary>
internal static class ScriptKeyMap
{
    /// <summary>A map of attributes to what scripts call them, with the creators that private ones are found by; names that are no attribute's are left out.</summary>
    public static ScriptKeyMap<string> Of(IEnumerable<string> names)
    {
        var map = new ScriptKeyMap<string>();
        foreach (var name in names)
        {
            if (ScriptKey.TryParse(name, out var key))
            {
                map.Set(key, name);
                if (key.Creator is not null)
                {
                    map.Set(new ScriptKey(new Tag(key.Tag.Group, 0), key.Creator, IsCreatorElement: true), name);
                }
            }
        }

        return map;
    }
}

/// <summary>What belongs to attributes that scripts name: by tag, or private ones by creator.</summary>
internal sealed class ScriptKeyMap<T>
    where T : class
{
    private readonly Dictionary<Tag, T> byTag = [];
    private readonly Dictionary<ScriptKey, T> byCreator = [];

    /// <summary>What was given for tags; of two for one, the last.</summary>
    public IReadOnlyDictionary<Tag, T> ByTag => byTag;

    public void Set(ScriptKey key, T value)
    {
        if (key.Creator is null)
        {
            byTag[key.Tag] = value;
        }
        else
        {
            byCreator[key] = value;
        }
    }

    /// <summary>What belongs to an attribute; null for nothing.</summary>
    /// <param name="tag">The attribute.</param>
    /// <param name="dataset">The data set or item that it stands in, whose private creators say what it is.</param>
    public T? Find(Tag tag, DicomDataset dataset)
    {
        if (byTag.TryGetValue(tag, out var value) || byCreator.Count == 0 || !tag.IsPrivate)
        {
            return value;
        }

        if (!dataset.TryGet(tag.IsPrivateCreator ? tag : tag.PrivateCreator, out var creator))
        {
            return null;
        }

        var name = Encoding.Latin1.GetString(creator.Value.Span.Trim(" \0"u8));
        var key = tag.IsPrivateCreator ? new ScriptKey(new Tag(tag.Group, 0), name, IsCreatorElement: true) : new ScriptKey(new Tag(tag.Group, (ushort)(tag.Element & 0xFF)), name);
        return byCreator.GetValueOrDefault(key);
    }
}
