using System.Text;

namespace Pacsbin.Dicom;

/// <summary>One coded character set of ISO 2022: 94 or 96 characters, or 94 x 94 of two bytes.</summary>
internal sealed class CodeTable
{
    internal const char Unmapped = '\uFFFD';
    private const int Rows = 94;

    private readonly Func<char[]> build;
    private char[]? chars;

    private CodeTable(bool isDoubleByte, Func<char[]> build)
    {
        IsDoubleByte = isDoubleByte;
        this.build = build;
    }

    internal static CodeTable Ascii { get; } = new(false, () => Range(0x20, ' ', '\x7E'));

    /// <summary>ISO-IR 14, which has a yen sign for the backslash and an overline for the tilde.</summary>
    internal static CodeTable Romaji { get; } = new(false, () =>
    {
        var chars = Range(0x20, ' ', '\x7E');
        chars[0x5C - 0x20] = '\u00A5';
        chars[0x7E - 0x20] = '\u203E';
        return chars;
    });

    /// <summary>ISO-IR 13, the half-width katakana.</summary>
    internal static CodeTable Katakana { get; } = new(false, () => Range(0x21, '\uFF61', '\uFF9F'));

    internal static CodeTable Latin1 { get; } = new(false, () => Range(0x20, '\u00A0', '\u00FF'));

    internal static CodeTable Latin2 { get; } = SingleByte(28592);

    internal static CodeTable Latin3 { get; } = SingleByte(28593);

    internal static CodeTable Latin4 { get; } = SingleByte(28594);

    internal static CodeTable Cyrillic { get; } = SingleByte(28595);

    internal static CodeTable Arabic { get; } = SingleByte(28596);

    internal static CodeTable Greek { get; } = SingleByte(28597);

    internal static CodeTable Hebrew { get; } = SingleByte(28598);

    internal static CodeTable Latin5 { get; } = SingleByte(28599);

    internal static CodeTable Thai { get; } = SingleByte(874);

    internal static CodeTable Latin9 { get; } = SingleByte(28605);

    /// <summary>JIS X 0208, ISO-IR 87.</summary>
    internal static CodeTable Kanji { get; } = DoubleByte(20932, 0x80);

    /// <summary>JIS X 0212, ISO-IR 159; code page 20932 marks it by a second byte without the high bit.</summary>
    internal static CodeTable SupplementaryKanji { get; } = DoubleByte(20932, 0);

    /// <summary>KS X 1001, ISO-IR 149.</summary>
    internal static CodeTable Korean { get; } = DoubleByte(949, 0x80);

    /// <summary>GB 2312, ISO-IR 58.</summary>
    internal static CodeTable Chinese { get; } = DoubleByte(936, 0x80);

    internal bool IsDoubleByte { get; }

    private char[] Chars => chars ??= build();

    /// <summary>The character of a code from 20 to 7F hexadecimal; the high bit of a G1 byte is off.</summary>
    internal char Find(int code) => Chars[code - 0x20];

    /// <summary>The character of two codes from 21 to 7E hexadecimal.</summary>
    internal char Find(int first, int second) => Chars[((first - 0x21) * Rows) + second - 0x21];

    private static CodeTable SingleByte(int codePage) => new(false, () =>
    {
        var encoding = EncodingOf(codePage);
        var chars = new char[96];
        for (var i = 0; i < chars.Length; i++)
        {
            chars[i] = Decode(encoding, [(byte)(0xA0 + i)]);
        }

        return chars;
    });

    private static CodeTable DoubleByte(int codePage, int secondHighBit) => new(true, () =>
    {
        var encoding = EncodingOf(codePage);
        var chars = new char[Rows * Rows];
        for (var i = 0; i < chars.Length; i++)
        {
            chars[i] = Decode(encoding, [(byte)(0xA1 + (i / Rows)), (byte)((0x21 + (i % Rows)) | secondHighBit)]);
        }

        return chars;
    });

    private static char Decode(Encoding encoding, ReadOnlySpan<byte> bytes)
    {
        Span<char> chars = stackalloc char[4];

        // The code pages park bytes that mean nothing in the private use area.
        return encoding.GetChars(bytes, chars) == 1 && chars[0] is not (>= '\uE000' and <= '\uF8FF') ? chars[0] : Unmapped;
    }

    private static char[] Range(int code, char first, char last)
    {
        var chars = new char[96];
        Array.Fill(chars, Unmapped);
        for (var c = first; c <= last; c++)
        {
            chars[code - 0x20 + c - first] = c;
        }

        return chars;
    }

    /// <summary>A code page of Windows, with U+FFFD for what it cannot read.</summary>
    internal static Encoding EncodingOf(int codePage) =>
        CodePagesEncodingProvider.Instance.GetEncoding(codePage, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback("\uFFFD"))
        ?? throw new NotSupportedException($"This .NET runtime has no code page {codePage}.");
}
