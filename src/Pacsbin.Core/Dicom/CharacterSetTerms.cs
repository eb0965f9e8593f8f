using System.Text;

namespace Pacsbin.Dicom;

/// <summary>The defined terms of Specific Character Set (PS3.3 Tables C.12-2 to C.12-5) and what each stands for.</summary>
internal static class CharacterSetTerms
{
    private const int Unknown = -1;
    private const int Ascii = 0;
    private const int JisX0201 = 1;

    // Names are the terms without ISO, 2022, IR and punctuation, then other spellings found in files.
    private static readonly Term[] Terms =
    [
        new(CodeTable.Latin1, "", "6", "87", "159"), // the Japanese sets wait for their escape sequences
        new(CodeTable.Romaji, CodeTable.Katakana, "13"),
        new(CodeTable.Latin1, "100", "88591"),
        new(CodeTable.Latin2, "101", "88592"),
        new(CodeTable.Latin3, "109", "88593"),
        new(CodeTable.Latin4, "110", "88594"),
        new(CodeTable.Cyrillic, "144", "88595"),
        new(CodeTable.Arabic, "127", "88596"),
        new(CodeTable.Greek, "126", "88597"),
        new(CodeTable.Hebrew, "138", "88598"),
        new(CodeTable.Latin5, "148", "88599"),
        new(CodeTable.Thai, "166", "885911"),
        new(CodeTable.Latin9, "203", "885915"),
        new(CodeTable.Korean, "149"),
        new(CodeTable.Chinese, "58"),
        new(new Lazy<Encoding>(Encoding.UTF8), "192", "UTF8"),
        new(new Lazy<Encoding>(() => CodeTable.EncodingOf(54936)), "GB18030"),
        new(new Lazy<Encoding>(() => CodeTable.EncodingOf(936)), "GBK"),
    ];

    internal static CharacterSet Default => Terms[Ascii].Known;

    /// <summary>Reads the value of Specific Character Set.</summary>
    internal static CharacterSet Parse(ReadOnlySpan<byte> value)
    {
        var chosen = Ascii;
        var isKnown = true;
        foreach (var range in value.Split((byte)'\\'))
        {
            var index = IndexOf(value[range]);
            isKnown &= index != Unknown;

            // The first value is what text starts with (PS3.5 6.1.2.5.2). If that is ASCII, bytes above 7F
            // that no escape sequence explains are read by the first value that has any.
            if (chosen == Ascii && index != Unknown && (range.Start.Value == 0 || index != JisX0201))
            {
                chosen = index;
            }
        }

        return isKnown ? Terms[chosen].Known : Terms[chosen].Guessed;
    }

    private static int IndexOf(ReadOnlySpan<byte> term)
    {
        Span<byte> buffer = stackalloc byte[16]; // as long as a CS may be
        var length = 0;
        foreach (var b in term)
        {
            if (char.IsAsciiLetterOrDigit((char)b))
            {
                if (length == buffer.Length)
                {
                    return Unknown;
                }

                buffer[length++] = (byte)char.ToUpperInvariant((char)b);
            }
            else if (b is not ((byte)' ' or (byte)'_' or (byte)'-' or 0))
            {
                return Unknown;
            }
        }

        var name = Without("IR"u8, Without("2022"u8, Without("ISO"u8, buffer[..length])));
        for (var i = 0; i < Terms.Length; i++)
        {
            foreach (var known in Terms[i].Names)
            {
                if (name.SequenceEqual(known) && (length == 0 || !name.IsEmpty))
                {
                    return i;
                }
            }
        }

        return Unknown;
    }

    private static ReadOnlySpan<byte> Without(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> text) =>
        text.StartsWith(prefix) ? text[prefix.Length..] : text;

    private sealed class Term
    {
        internal Term(CodeTable g1, params ReadOnlySpan<string> names)
            : this(CodeTable.Ascii, g1, names)
        {
        }

        internal Term(CodeTable g0, CodeTable g1, params ReadOnlySpan<string> names)
        {
            Names = ToBytes(names);
            Known = new CharacterSet(g0, g1, isKnown: true);
            Guessed = new CharacterSet(g0, g1, isKnown: false);
        }

        internal Term(Lazy<Encoding> encoding, params ReadOnlySpan<string> names)
        {
            Names = ToBytes(names);
            Known = new CharacterSet(encoding, isKnown: true);
            Guessed = new CharacterSet(encoding, isKnown: false);
        }

        internal byte[][] Names { get; }

        internal CharacterSet Known { get; }

        /// <summary>The same where another value of Specific Character Set was not understood.</summary>
        internal CharacterSet Guessed { get; }

        private static byte[][] ToBytes(ReadOnlySpan<string> names)
        {
            var bytes = new byte[names.Length][];
            for (var i = 0; i < names.Length; i++)
            {
                bytes[i] = Encoding.ASCII.GetBytes(names[i]);
            }

            return bytes;
        }
    }
}
