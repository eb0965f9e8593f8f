using System.Globalization;

namespace Pacsbin.Dicom;

/// <summary>An attribute's group and element number (PS3.5 section 7.1).</summary>
public readonly record struct Tag(uint Value) : IComparable<Tag>
{
    public Tag(ushort group, ushort element)
        : this(((uint)group << 16) | element)
    {
    }

    public ushort Group => (ushort)(Value >> 16);

    public ushort Element => (ushort)Value;

    /// <summary>Whether the group is odd (PS3.5 7.8).</summary>
    public bool IsPrivate => (Value & 0x10000) != 0;

    /// <summary>Whether this is a private creator, (gggg,0010) to (gggg,00FF) in an odd group.</summary>
    public bool IsPrivateCreator => IsPrivate && Element is >= 0x10 and <= 0xFF;

    /// <summary>The creator element that reserves the block of this private attribute: (gggg,00bb).</summary>
    public Tag PrivateCreator => new(Group, (ushort)(Element >> 8));

    public bool IsGroupLength => Element == 0;

    public static bool operator <(Tag left, Tag right) => left.Value < right.Value;

    public static bool operator >(Tag left, Tag right) => left.Value > right.Value;

    public static bool operator <=(Tag left, Tag right) => left.Value <= right.Value;

    public static bool operator >=(Tag left, Tag right) => left.Value >= right.Value;

    /// <summary>Reads eight hexadecimal digits, with or without <c>(gggg,eeee)</c>'s punctuation.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Tag tag)
    {
        Span<char> digits = stackalloc char[8];
        var count = 0;
        foreach (var c in text)
        {
            if (c is '(' or ')' or ',')
            {
                continue;
            }

            if (count == 8)
            {
                tag = default;
                return false;
            }

            digits[count++] = c;
        }

        var ok = uint.TryParse(digits[..count], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value);
        tag = new Tag(value);
        return ok && count == 8;
    }

    public int CompareTo(Tag other) => Value.CompareTo(other.Value);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"({Group:X4},{Element:X4})");
}
