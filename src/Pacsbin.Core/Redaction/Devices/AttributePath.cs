using System.Globalization;
using System.Text;
using Pacsbin.Dicom;

namespace Pacsbin.Redaction.Devices;

/// <summary>An attribute of the data set or, behind sequences, of their first items.</summary>
/// <remarks>
/// Written as a keyword, <c>gggg,eeee</c> or <c>ggggeeee</c>, with or without square brackets; as <c>gggg[Creator]ee</c> for a private attribute,
/// whose block is found by its creator in any case; and as a path <c>A::B</c>. The prefix <c>root:</c> changes nothing where there is no item to start from.
/// </remarks>
internal sealed class AttributePath
{
    private readonly AttributeStep[] steps;

    private AttributePath(AttributeStep[] steps)
    {
        this.steps = steps;
        Key = string.Join("::", steps);
    }

    /// <summary>Equal for two ways to write the same path.</summary>
    internal string Key { get; }

    /// <summary>What makes the path useless according to the dictionary; null for nothing.</summary>
    internal string? Objection
    {
        get
        {
            for (var i = 0; i < steps.Length; i++)
            {
                if (steps[i].Creator is null && DicomDictionary.TryGet(steps[i].Tag, out var entry) && (entry.Vr == Vr.SQ) != (i < steps.Length - 1))
                {
                    return entry.Vr == Vr.SQ ? $"{steps[i].Tag} is a sequence, whose value is always empty." : $"{steps[i].Tag} is not a sequence.";
                }
            }

            return null;
        }
    }

    /// <summary>Reads a path; if it is none, <paramref name="error"/> says why.</summary>
    internal static AttributePath? Parse(string text, out string? error)
    {
        const string Root = "root:";
        var rest = text.AsSpan();
        if (rest.StartsWith(Root) && !rest.StartsWith("root::"))
        {
            rest = rest[Root.Length..];
        }

        var steps = new List<AttributeStep>();
        while (true)
        {
            var end = EndOfStep(rest);
            if (!TryParseStep(rest[..end], out var step, out error))
            {
                return null;
            }

            steps.Add(step);
            if (end == rest.Length)
            {
                return new AttributePath([.. steps]);
            }

            rest = rest[(end + 2)..];
        }
    }

    /// <summary>The value as text, several values joined by backslashes; empty where there is none.</summary>
    internal string Read(DicomDataset dataset, DicomDataset? fileMeta) =>
        TryFind(dataset, fileMeta, out var element, out var owner) ? ElementText.Of(element, owner) : "";

    /// <summary>Finds the element, and the data set or item that it stands in.</summary>
    internal bool TryFind(DicomDataset dataset, DicomDataset? fileMeta, out DicomElement element, out DicomDataset owner)
    {
        // PS3.10 7.1: group 0002 stands before the data set and never in it.
        owner = steps[0].Tag.Group == 2 && fileMeta is not null ? fileMeta : dataset;
        for (var i = 0; i < steps.Length - 1; i++)
        {
            if (!steps[i].TryFind(owner, out element) || element.Sequence is not { Items.Count: > 0 } items)
            {
                element = default;
                return false;
            }

            owner = items.Items[0];
        }

        return steps[^1].TryFind(owner, out element);
    }

    private static int EndOfStep(ReadOnlySpan<char> text)
    {
        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '[' => 1, ']' => -1, _ => 0 };
            if (depth == 0 && text[i..].StartsWith("::"))
            {
                return i;
            }
        }

        return text.Length;
    }

    private static bool TryParseStep(ReadOnlySpan<char> text, out AttributeStep step, out string? error)
    {
        error = null;
        var number = text is ['[', .., ']'] ? text[1..^1] : text;
        if (number.Length > 4 && number[4] == '[' && number.IndexOf(']') is var close and > 5 && close == number.Length - 3
            && TryParseHex(number[..4], out var group) && TryParseHex(number[^2..], out var last))
        {
            step = new AttributeStep(new Tag((ushort)group, (ushort)last), number[5..close].Trim().ToString());
            error = step.Tag.IsPrivate && step.Creator!.Length > 0 ? null : "A private creator needs an odd group and a name.";
            return error is null;
        }

        step = default;
        if ((number.Length == 9 && number[4] == ',' && TryParseHex(number[..4], out _) && TryParseHex(number[5..], out _))
            || (number.Length == 8 && TryParseHex(number, out _)))
        {
            _ = Tag.TryParse(number, out var tag);
            step = new AttributeStep(tag, null);
            return true;
        }

        if (number.Length == text.Length && AttributeNames.TryGet(text.ToString(), out var named))
        {
            step = new AttributeStep(named, null);
            return true;
        }

        error = $"'{ScriptText.Printable(text)}' is neither a keyword of PS3.6 nor a tag.";
        return false;
    }

    private static bool TryParseHex(ReadOnlySpan<char> digits, out uint number) =>
        uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);

    /// <param name="Tag">The attribute; with a creator, the block is 00.</param>
    /// <param name="Creator">The private creator that reserves the block; null to take the tag as it is.</param>
    private readonly record struct AttributeStep(Tag Tag, string? Creator)
    {
        public override string ToString() => Creator is null ? Tag.ToString() : $"{Tag}[{Creator}]";

        internal bool TryFind(DicomDataset dataset, out DicomElement element)
        {
            if (Creator is null)
            {
                return dataset.TryGet(Tag, out element);
            }

            for (var i = 0; i < dataset.Count; i++)
            {
                ref readonly var candidate = ref dataset[i];
                if (candidate.Tag.Group == Tag.Group && candidate.Tag.IsPrivateCreator
                    && string.Equals(Encoding.Latin1.GetString(candidate.Value.Span.Trim(" \0"u8)), Creator, StringComparison.OrdinalIgnoreCase) // as CTP compares
                    && dataset.TryGet(new Tag(Tag.Group, (ushort)((candidate.Tag.Element << 8) | Tag.Element)), out element))
                {
                    return true; // PS3.5 7.8.1: the creator's element number is the block, and a creator may have several
                }
            }

            element = default;
            return false;
        }
    }
}
