namespace Pacsbin.Dicom;

/// <summary>Decodes text of one-byte and two-byte code tables that escape sequences exchange (PS3.5 6.1.2.5, ISO/IEC 2022).</summary>
internal ref struct Iso2022
{
    internal const byte Escape = 0x1B;

    private readonly CodeTable initialG0;
    private readonly CodeTable initialG1;
    private readonly bool isName;
    private readonly bool isMultiValued;
    private CodeTable g0;
    private CodeTable g1;

    internal Iso2022(CodeTable g0, CodeTable g1, Vr vr)
    {
        this.g0 = initialG0 = g0;
        this.g1 = initialG1 = g1;
        isName = vr == Vr.PN;
        isMultiValued = vr.IsMultiValued();
    }

    /// <summary>Decodes bytes into at most as many characters; a backslash that separates values, and only that, becomes <c>\</c> where the VR is multi-valued.</summary>
    internal int Decode(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        var count = 0;
        for (var at = 0; at < bytes.Length;)
        {
            if (bytes[at] == Escape && Designate(bytes[(at + 1)..]) is > 0 and var length)
            {
                at += 1 + length;
                continue;
            }

            chars[count++] = DecodeOne(bytes[at..], out var used);
            at += used;
        }

        return count;
    }

    private char DecodeOne(ReadOnlySpan<byte> bytes, out int used)
    {
        used = 1;
        var code = bytes[0] & 0x7F;
        var isG1 = bytes[0] >= 0x80;
        var table = isG1 ? g1 : g0;
        if (code < 0x20)
        {
            ResetAfter(bytes[0]);
            return bytes[0] == Escape ? CodeTable.Unmapped : (char)bytes[0];
        }

        if (!isG1 && code is 0x20 or 0x7F)
        {
            return (char)code;
        }

        if (table.IsDoubleByte)
        {
            // A second byte outside the table is left to be read by itself: it may be a delimiter.
            if (code is 0x20 or 0x7F || bytes.Length < 2 || (bytes[1] >= 0x80) != isG1 || (bytes[1] & 0x7F) is < 0x21 or > 0x7E)
            {
                return CodeTable.Unmapped;
            }

            used = 2;
            return table.Find(code, bytes[1] & 0x7F);
        }

        if (isG1)
        {
            return table.Find(code);
        }

        ResetAfter(bytes[0]);
        return code == '\\' && isMultiValued ? '\\' : table.Find(code);
    }

    // PS3.5 6.1.2.5.3: the code tables of the first value are active again after each delimiter.
    private void ResetAfter(byte delimiter)
    {
        var resets = delimiter switch
        {
            (byte)'\t' or (byte)'\n' or (byte)'\f' or (byte)'\r' => true,
            (byte)'\\' => isMultiValued,
            (byte)'^' or (byte)'=' => isName,
            _ => false,
        };
        if (resets)
        {
            g0 = initialG0;
            g1 = initialG1;
        }
    }

    /// <summary>Activates the table that the bytes after an escape name (PS3.3 Tables C.12-3 and C.12-4): how many bytes do, or 0.</summary>
    private int Designate(ReadOnlySpan<byte> sequence)
    {
        if (sequence.Length < 2)
        {
            return 0;
        }

        var isDoubleByte = sequence[0] == '$';
        var hasIntermediate = !isDoubleByte || sequence[1] is (byte)'(' or (byte)')';
        var length = isDoubleByte && hasIntermediate ? 3 : 2;
        if (sequence.Length < length)
        {
            return 0;
        }

        // ISO/IEC 2022: without an intermediate byte, a two-byte table goes to G0.
        var target = !hasIntermediate ? (byte)'(' : sequence[length - 2];
        var final = sequence[length - 1];
        var table = (isDoubleByte, target) switch
        {
            (true, _) => DoubleByte(final),
            (_, (byte)'(' or (byte)')') => Of94(final),
            (_, (byte)'-') => Of96(final),
            _ => null,
        };
        if (table is null)
        {
            return 0;
        }

        if (target == '(')
        {
            g0 = table;
        }
        else
        {
            g1 = table;
        }

        return length;
    }

    private static CodeTable? DoubleByte(byte final) => final switch
    {
        (byte)'A' => CodeTable.Chinese,
        (byte)'B' or (byte)'@' => CodeTable.Kanji, // @ is the edition of 1978
        (byte)'C' => CodeTable.Korean,
        (byte)'D' => CodeTable.SupplementaryKanji,
        _ => null,
    };

    private static CodeTable? Of94(byte final) => final switch
    {
        (byte)'B' => CodeTable.Ascii,
        (byte)'I' => CodeTable.Katakana,
        (byte)'J' => CodeTable.Romaji,
        _ => null,
    };

    private static CodeTable? Of96(byte final) => final switch
    {
        (byte)'A' => CodeTable.Latin1,
        (byte)'B' => CodeTable.Latin2,
        (byte)'C' => CodeTable.Latin3,
        (byte)'D' => CodeTable.Latin4,
        (byte)'F' => CodeTable.Greek,
        (byte)'G' => CodeTable.Arabic,
        (byte)'H' => CodeTable.Hebrew,
        (byte)'L' => CodeTable.Cyrillic,
        (byte)'M' => CodeTable.Latin5,
        (byte)'T' => CodeTable.Thai,
        (byte)'b' => CodeTable.Latin9,
        _ => null,
    };
}
