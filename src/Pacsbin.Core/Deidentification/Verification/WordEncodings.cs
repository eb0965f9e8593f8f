using System.Text;

namespace Pacsbin.Deidentification.Verification;

/// <summary>The bytes that a word can be, in the repertoires of PS3.3 C.12.1.1.2 and in what programs write into bytes that are no text.</summary>
internal static class WordEncodings
{
    /// <summary>Code pages of ISO 8859, of TIS-620, and of the Japanese, Korean and Chinese sets.</summary>
    private static readonly int[] CodePages = [28591, 28592, 28593, 28594, 28595, 28596, 28597, 28598, 28599, 874, 28605, 932, 51932, 949, 936, 54936, 950];

    private const int ShortestPattern = 3;

    private static readonly Encoding[] Unicode = [Encoding.Unicode, Encoding.BigEndianUnicode];

    private static readonly Lazy<Encoding[]> All = new(() =>
    [
        Encoding.UTF8, .. Unicode,
        .. CodePages.Select(page => CodePagesEncodingProvider.Instance.GetEncoding(page, EncoderFallback.ExceptionFallback, DecoderFallback.ReplacementFallback)
            ?? Encoding.GetEncoding(page, EncoderFallback.ExceptionFallback, DecoderFallback.ReplacementFallback)),
    ]);

    /// <summary>The word in ASCII; null if it has other letters.</summary>
    public static byte[]? Plain(string word) => Ascii.IsValid(word) ? Encoding.ASCII.GetBytes(word) : null;

    /// <summary>The word in every encoding that has its letters and whose bytes are not ASCII's, in the cases that people write.</summary>
    public static IEnumerable<byte[]> Everywhere(string word)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        string[] forms = [word, word.ToUpperInvariant(), word.ToLowerInvariant(), Title(word)];
        foreach (var form in Ascii.IsValid(word) ? [.. forms[..1], .. forms.Select(Wide)] : forms)
        {
            foreach (var encoding in Ascii.IsValid(form) ? Unicode : All.Value)
            {
                if (TryEncode(encoding, form) is not { Length: >= ShortestPattern } bytes)
                {
                    continue;
                }

                foreach (var pattern in Rows(encoding, bytes) is { } rows ? [bytes, rows] : (byte[][])[bytes])
                {
                    if (seen.Add(Encoding.Latin1.GetString(pattern)))
                    {
                        yield return pattern;
                    }
                }
            }
        }
    }

    /// <summary>The same two-byte characters in 7 bits, as ISO 2022 has them behind an escape sequence.</summary>
    private static byte[]? Rows(Encoding encoding, byte[] bytes) =>
        encoding.CodePage is 51932 or 949 or 936 && bytes.All(b => b >= 0xA1) ? [.. bytes.Select(b => (byte)(b & 0x7F))] : null;

    private static byte[]? TryEncode(Encoding encoding, string word)
    {
        try
        {
            return encoding.GetBytes(word);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }

    private static string Title(string word) => word[..1].ToUpperInvariant() + word[1..].ToLowerInvariant();

    /// <summary>Latin letters and digits as wide as an ideograph.</summary>
    private static string Wide(string word) => string.Concat(word.Select(c => c is > ' ' and < (char)0x7F ? (char)(c + 0xFEE0) : c));
}
