using System.Buffers;
using System.Text;

namespace Pacsbin.Dicom;

/// <summary>The character repertoire of a data set's text (PS3.3 C.12.1.1.2).</summary>
public sealed class CharacterSet
{
    private readonly CodeTable g0 = CodeTable.Ascii;
    private readonly CodeTable g1 = CodeTable.Latin1;
    private readonly Lazy<Encoding>? encoding;

    internal CharacterSet(CodeTable g0, CodeTable g1, bool isKnown)
    {
        this.g0 = g0;
        this.g1 = g1;
        IsKnown = isKnown;
    }

    /// <summary>A repertoire without escape sequences.</summary>
    internal CharacterSet(Lazy<Encoding> encoding, bool isKnown)
    {
        this.encoding = encoding;
        IsKnown = isKnown;
    }

    /// <summary>ISO-IR 6. Bytes that it does not have are read as Latin-1, so that none is lost.</summary>
    public static CharacterSet Default => CharacterSetTerms.Default;

    /// <summary>Whether every term of Specific Character Set was understood; if not, text is read as well as possible.</summary>
    public bool IsKnown { get; }

    /// <summary>Reads the value of Specific Character Set, in the standard's spelling or one found in files; allocates nothing.</summary>
    public static CharacterSet Parse(ReadOnlySpan<byte> specificCharacterSetValue) => CharacterSetTerms.Parse(specificCharacterSetValue);

    /// <summary>Decodes an element's value into its values, without padding; bytes that mean nothing become U+FFFD. An empty value has none.</summary>
    public IReadOnlyList<string> Decode(ReadOnlySpan<byte> value, Vr vr)
    {
        if (value.IsEmpty)
        {
            return [];
        }

        var length = encoding?.Value.GetCharCount(value) ?? value.Length;
        var rented = ArrayPool<char>.Shared.Rent(length);
        try
        {
            if (encoding is not null)
            {
                encoding.Value.GetChars(value, rented);
            }
            else if (Ascii.IsValid(value) && g0 == CodeTable.Ascii && !value.Contains(Iso2022.Escape))
            {
                Encoding.ASCII.GetChars(value, rented);
            }
            else
            {
                // PS3.5 6.1.2.3: other VRs are plain ASCII, which has no yen sign.
                length = new Iso2022(vr.IsText() ? g0 : CodeTable.Ascii, g1, vr).Decode(value, rented);
            }

            return Split(rented.AsSpan(0, length), vr);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    /// <summary>Encodes a value, backslashes between several; false if the repertoire has not all of its characters without an escape sequence.</summary>
    /// <param name="text">Without padding.</param>
    /// <param name="vr">A VR of characters; those that are not text (PS3.5 6.1.2.3) have ASCII only.</param>
    /// <param name="value">The bytes.</param>
    public bool TryEncode(string text, Vr vr, out ReadOnlyMemory<byte> value)
    {
        var bytes = vr.IsText() && !Ascii.IsValid(text) && encoding is not null ? encoding.Value.GetBytes(text) : new byte[text.Length];
        value = bytes;
        if (vr.IsText() && !Ascii.IsValid(text) && encoding is not null)
        {
            return encoding.Value.GetString(bytes) == text;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (CodeOf(text[i], vr) is not { } code)
            {
                return false;
            }

            bytes[i] = code;
        }

        return true;
    }

    private byte? CodeOf(char c, Vr vr)
    {
        if (char.IsAscii(c))
        {
            // PS3.5 6.1.2.5.3: the backslash that separates values is one in every repertoire.
            return g0 == CodeTable.Ascii || encoding is not null || !vr.IsText() || c < ' ' || c == '\\' || g0.Find(c) == c ? (byte)c : null;
        }

        for (var code = 0x20; vr.IsText() && encoding is null && !g1.IsDoubleByte && code < 0x80; code++)
        {
            if (g1.Find(code) == c && c != CodeTable.Unmapped)
            {
                return (byte)(code | 0x80);
            }
        }

        return null;
    }

    private static string[] Split(ReadOnlySpan<char> text, Vr vr)
    {
        var values = new string[vr.IsMultiValued() ? text.Count('\\') + 1 : 1];
        for (var i = 0; i < values.Length - 1; i++)
        {
            var end = text.IndexOf('\\');
            values[i] = Trim(text[..end], vr).ToString();
            text = text[(end + 1)..];
        }

        values[^1] = Trim(text, vr).ToString();
        return values;
    }

    // PS3.5 6.2: leading spaces count in names, dates, times and long texts. NUL is what some writers pad with.
    private static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text, Vr vr) =>
        vr is Vr.AE or Vr.CS or Vr.DS or Vr.IS or Vr.LO or Vr.SH ? text.Trim(" \0") : text.TrimEnd(" \0");
}
