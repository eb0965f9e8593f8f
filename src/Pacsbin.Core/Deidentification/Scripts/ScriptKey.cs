using System.Globalization;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>Names the attribute that a rule is for.</summary>
/// <param name="Tag">The attribute; with a creator, the block is 00.</param>
/// <param name="Creator">The private creator that reserves the block, whose case does not matter; null to take the tag as it is.</param>
/// <param name="IsCreatorElement">Whether the attribute is the creator's own, (gggg,00bb).</param>
public readonly record struct ScriptKey(Tag Tag, string? Creator = null, bool IsCreatorElement = false)
{
    /// <summary>Reads <c>ggggeeee</c>, <c>gggg,eeee</c>, <c>gggg[Creator]ee</c> or <c>gggg,00[Creator]</c>, in brackets or without.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out ScriptKey key)
    {
        text = text.Trim();
        text = text is ['[', .., ']'] ? text[1..^1].Trim() : text;
        return text.Contains('[') ? TryParsePrivate(text, out key) : TryParseTag(text, out key);
    }

    /// <summary>Whether both are the same attribute of every data set.</summary>
    public bool Equals(ScriptKey other) =>
        Tag == other.Tag && IsCreatorElement == other.IsCreatorElement && string.Equals(Creator, other.Creator, StringComparison.OrdinalIgnoreCase);

    public override int GetHashCode() => HashCode.Combine(Tag, IsCreatorElement, Creator?.GetHashCode(StringComparison.OrdinalIgnoreCase));

    /// <summary>As scripts write it: eight hexadecimal digits, <c>gggg[Creator]ee</c> or <c>gggg,00[Creator]</c>.</summary>
    public override string ToString() => Creator is null ? string.Create(CultureInfo.InvariantCulture, $"{Tag.Value:x8}")
        : IsCreatorElement ? string.Create(CultureInfo.InvariantCulture, $"{Tag.Group:x4},00[{Creator}]")
        : string.Create(CultureInfo.InvariantCulture, $"{Tag.Group:x4}[{Creator}]{Tag.Element:x2}");

    private static bool TryParseTag(ReadOnlySpan<char> text, out ScriptKey key)
    {
        var comma = text.IndexOf(',');
        uint group = 0, element = 0;
        var ok = comma < 0
            ? text.Length == 8 && TryParseHex(text[..4], 4, out group) && TryParseHex(text[4..], 4, out element)
            : TryParseHex(text[..comma].Trim(), 4, out group) && TryParseHex(text[(comma + 1)..].Trim(), 4, out element);
        key = new ScriptKey(new Tag((ushort)group, (ushort)element));
        return ok;
    }

    private static bool TryParsePrivate(ReadOnlySpan<char> text, out ScriptKey key)
    {
        key = default;
        int open = text.IndexOf('['), close = text.LastIndexOf(']');
        if (close < open)
        {
            return false;
        }

        var before = text[..open];
        var creator = text[(open + 1)..close].Trim();
        var after = text[(close + 1)..];
        var isCreatorElement = after.IsEmpty && before.EndsWith("00") && before.Contains(',');
        before = isCreatorElement ? before[..^2] : before;
        before = before is [.., ','] ? before[..^1] : before;
        uint element = 0;
        if (creator.IsEmpty || creator.Contains('\\') || !TryParseHex(before, 4, out var group) || (group & 1) == 0
            || (!isCreatorElement && (after.Length != 2 || !TryParseHex(after, 2, out element))))
        {
            return false;
        }

        key = new ScriptKey(new Tag((ushort)group, (ushort)element), creator.ToString(), isCreatorElement);
        return true;
    }

    private static bool TryParseHex(ReadOnlySpan<char> digits, int most, out uint number)
    {
        number = 0;
        return digits.Length <= most && uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }
}
