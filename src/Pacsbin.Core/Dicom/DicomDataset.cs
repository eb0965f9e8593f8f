using System.Buffers;
using System.Globalization;

namespace Pacsbin.Dicom;

/// <summary>A data set or an item: elements in ascending tag order, each tag once (PS3.5 section 7.1).</summary>
public sealed class DicomDataset
{
    private DicomElement[] elements;
    private bool pooled;
    private CharacterSet? characterSet;

    public DicomDataset(DicomDataset? parent = null, int capacity = 0)
    {
        Parent = parent;
        elements = capacity == 0 ? [] : new DicomElement[capacity];
    }

    /// <summary>The data set that holds the sequence that this is an item of; null at the root.</summary>
    public DicomDataset? Parent { get; }

    /// <summary>Where an item that was read starts in its source; 0 for others.</summary>
    internal long SourceOffset { get; init; }

    /// <summary>Whether this item is written with a delimiter instead of a length.</summary>
    public bool HasUndefinedLength { get; init; } = true;

    public int Count { get; private set; }

    /// <summary>The character repertoire of this data set's text: its own, or its parent's (PS3.3 C.12.1.1.2).</summary>
    public CharacterSet CharacterSet => characterSet ??= TryGet(Tags.SpecificCharacterSet, out var element)
        ? CharacterSet.Parse(element.Value.Span)
        : Parent?.CharacterSet ?? CharacterSet.Default;

    public ref readonly DicomElement this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return ref elements[index];
        }
    }

    /// <summary>Finds an element in O(log n); false if there is none.</summary>
    public bool TryGet(Tag tag, out DicomElement element)
    {
        var index = IndexOf(tag);
        element = index < 0 ? default : elements[index];
        return index >= 0;
    }

    public bool Contains(Tag tag) => IndexOf(tag) >= 0;

    /// <summary>The first value as text without padding; null if the element is absent, empty or not text.</summary>
    public string? GetString(Tag tag)
    {
        if (!TryGet(tag, out var element) || element.Value.IsEmpty)
        {
            return null;
        }

        var values = CharacterSet.Decode(element.Value.Span, element.Vr);
        return values.Count == 0 || values[0].Length == 0 ? null : values[0];
    }

    /// <summary>The bytes of the first value without leading and trailing spaces and NULs; empty if there is none.</summary>
    public ReadOnlySpan<byte> GetBytes(Tag tag)
    {
        if (!TryGet(tag, out var element))
        {
            return default;
        }

        var value = element.Value.Span;
        var end = element.Vr.IsMultiValued() || element.Vr == Vr.UN ? value.IndexOf((byte)'\\') : -1;
        return (end < 0 ? value : value[..end]).Trim(" \0"u8);
    }

    /// <summary>The first value of a US element, or of text that is a whole number; null otherwise.</summary>
    public int? GetInt32(Tag tag)
    {
        if (!TryGet(tag, out var element))
        {
            return null;
        }

        var value = element.Value.Span;
        return element.Vr switch
        {
            Vr.US or Vr.UN when value.Length >= 2 => BitConverter.ToUInt16(value),
            Vr.SS when value.Length >= 2 => BitConverter.ToInt16(value),
            Vr.UL or Vr.SL when value.Length >= 4 => BitConverter.ToInt32(value),
            Vr.IS or Vr.DS when int.TryParse(GetBytes(tag), CultureInfo.InvariantCulture, out var number) => number,
            _ => null,
        };
    }

    /// <summary>Adds an element or replaces the one with its tag.</summary>
    public void Set(in DicomElement element)
    {
        if (Count == 0 || element.Tag > elements[Count - 1].Tag)
        {
            Append(element);
        }
        else
        {
            var index = IndexOf(element.Tag);
            if (index < 0)
            {
                Append(element);
                elements.AsSpan(~index, Count - 1 - ~index).CopyTo(elements.AsSpan(~index + 1));
                index = ~index;
            }

            elements[index] = element;
        }

        if (element.Tag == Tags.SpecificCharacterSet)
        {
            characterSet = null;
        }
    }

    /// <summary>Removes an element; false if there was none.</summary>
    public bool Remove(Tag tag)
    {
        var index = IndexOf(tag);
        if (index < 0)
        {
            return false;
        }

        elements.AsSpan(index + 1, Count - index - 1).CopyTo(elements.AsSpan(index));
        elements[--Count] = default;
        return true;
    }

    public override string ToString() => $"{Count} elements";

    /// <summary>What Pixel Representation said when it was read, which may be before the elements are in order.</summary>
    internal bool? HasSignedPixels { get; private set; }

    /// <summary>Gives a root data set an array from the pool; <see cref="Release"/> returns it.</summary>
    internal static DicomDataset Rent() => new() { elements = ArrayPool<DicomElement>.Shared.Rent(128), pooled = true };

    internal void Release()
    {
        if (pooled)
        {
            elements.AsSpan(0, Count).Clear();
            ArrayPool<DicomElement>.Shared.Return(elements);
        }

        elements = [];
        Count = 0;
        pooled = false;
    }

    /// <summary>Adds at the end whatever the order; <see cref="Sort"/> restores it.</summary>
    internal void Append(in DicomElement element)
    {
        if (Count == elements.Length)
        {
            Grow();
        }

        elements[Count++] = element;
        if (element.Tag == Tags.PixelRepresentation && element.Value.Length >= 2)
        {
            HasSignedPixels = element.Value.Span[0] == 1;
        }
    }

    /// <summary>Sorts what was appended and drops all but the first element of a tag, which are returned.</summary>
    internal List<Tag> Sort()
    {
        // Stable, so that of duplicates the first in the file stays.
        var sorted = elements.Take(Count).OrderBy(e => e.Tag).ToArray();
        List<Tag> dropped = [];
        var kept = 0;
        for (var i = 0; i < sorted.Length; i++)
        {
            if (kept > 0 && elements[kept - 1].Tag == sorted[i].Tag)
            {
                dropped.Add(sorted[i].Tag);
                continue;
            }

            elements[kept++] = sorted[i];
        }

        elements.AsSpan(kept, Count - kept).Clear();
        Count = kept;
        return dropped;
    }

    private int IndexOf(Tag tag)
    {
        int low = 0, high = Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var at = elements[middle].Tag.Value;
            if (at == tag.Value)
            {
                return middle;
            }

            if (at < tag.Value)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }

    private void Grow()
    {
        var size = Math.Max(8, elements.Length * 2);
        var larger = pooled ? ArrayPool<DicomElement>.Shared.Rent(size) : new DicomElement[size];
        elements.AsSpan(0, Count).CopyTo(larger);
        if (pooled)
        {
            elements.AsSpan(0, Count).Clear();
            ArrayPool<DicomElement>.Shared.Return(elements);
        }

        elements = larger;
    }
}
