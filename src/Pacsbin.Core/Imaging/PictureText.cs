namespace Pacsbin.Imaging;

/// <summary>Capital letters and digits of five by seven dots: a font may be missing, these never are.</summary>
internal static class PictureText
{
    /// <summary>The dots from one character to the next.</summary>
    public const int Advance = 6;

    /// <summary>The dots of a character's height.</summary>
    public const int Height = 7;

    private const int LetterWidth = 5;

    /// <summary>After each character its rows of dots, each row's five bits as a digit to the base 32.</summary>
    private const string Letters =
        "AehhvhhhBuhhuhhuCehggghe" + "DuhhhhhuEvgguggvFvggugggGehgnhheHhhhvhhhIe44444eJ72222ic" + "KhikokihLggggggvMhrllhhh"
        + "NhpljhhhOehhhhhePuhhugggQehhhlidRuhhukihSfgge11uTv444444UhhhhhheVhhhhha4WhhhlllaXhha4ahhYhha4444Zv1248gv"
        + "0ehjlphe14c4444e2eh1248v3v2421he426aiv225vgu11he668guhhe7v1248888ehhehhe9ehhf12c-000v000.000000c 0000000";

    private static readonly Dictionary<char, string> RowsOf = Enumerable.Range(0, Letters.Length / (Height + 1))
        .ToDictionary(i => Letters[i * (Height + 1)], i => Letters.Substring((i * (Height + 1)) + 1, Height));

    /// <summary>The places of a text's dots, from 0 at its top left; what is neither letter nor digit becomes a hyphen.</summary>
    public static IEnumerable<(int X, int Y)> DotsOf(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var rows = RowsOf.GetValueOrDefault(char.ToUpperInvariant(text[i])) ?? RowsOf['-'];
            for (var dot = 0; dot < LetterWidth * Height; dot++)
            {
                var (y, x) = Math.DivRem(dot, LetterWidth);
                var bits = char.IsAsciiDigit(rows[y]) ? rows[y] - '0' : rows[y] - 'a' + 10;
                if ((bits >> (LetterWidth - 1 - x) & 1) != 0)
                {
                    yield return ((i * Advance) + x, y);
                }
            }
        }
    }
}
