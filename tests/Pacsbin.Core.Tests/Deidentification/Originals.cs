using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Pacsbin.Dicom;

namespace Pacsbin.Tests.Deidentification;

/// <summary>Values for fixtures, one for each VR, and what each must look like to be legal (PS3.5 6.2).</summary>
internal static partial class Originals
{
    public const string Date = "19960229";
    public const string Time = "101530.25";
    public const string DateTime = "19960229101530.123456+0100";
    public const string Uid = "1.2.826.0.1.3680043.99.1";
    public const string Text = "ORIGINAL";

    /// <summary>The value of an attribute with a VR other than SQ, of even length.</summary>
    public static byte[] Of(string vr) => vr switch
    {
        "DA" => Ascii(Date),
        "TM" => Ascii(Time, ' '),
        "DT" => Ascii(DateTime),
        "UI" => Ascii(Uid),
        "AS" => Ascii("045Y"),
        "DS" or "IS" => Ascii("7351"),
        "UR" => Ascii("http://original/"),
        "SH" => Ascii("+0100", ' '), // the one SH that the date options speak of is an offset from UTC
        "US" or "SS" or "OW" => [0x35, 0x73],
        "AT" => [0x11, 0x11, 0x10, 0x10], // a private tag in either byte order
        "UL" or "SL" or "FL" => [0x35, 0x73, 1, 2],
        "FD" or "SV" or "UV" => [0x35, 0x73, 1, 2, 3, 4, 5, 6],
        _ => Ascii(Text),
    };

    /// <summary>Adds an attribute with its original value; a sequence has one item with a text and a reference.</summary>
    public static DicomBuilder Original(this DicomBuilder builder, Tag tag, string vr) => vr == "SQ"
        ? builder.Sequence(tag.Value, undefined: true, item => item.Element(0x00080104, "LO", Text).Element(0x00081155, "UI", Uid))
        : builder.Element(tag.Value, vr, Of(vr));

    /// <summary>Whether a value is one that its VR allows and that a reader of the attribute can take.</summary>
    public static bool IsLegal(string vr, ReadOnlySpan<byte> value)
    {
        var text = Encoding.ASCII.GetString(value).TrimEnd(' ', '\0');
        return value.Length % 2 == 0 && vr switch
        {
            "DA" => System.DateOnly.TryParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
            "TM" => TimePattern().IsMatch(text),
            "DT" => DateTimePattern().IsMatch(text) && System.DateOnly.TryParseExact(text[..8], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
            "UI" => IsUid(text),
            "AS" => AgePattern().IsMatch(text),
            "DS" or "IS" => double.TryParse(text, CultureInfo.InvariantCulture, out _),
            "CS" => CodePattern().IsMatch(text),
            "AE" or "SH" => text.Length is > 0 and <= 16,
            "LO" or "PN" => text.Length is > 0 and <= 64,
            "UR" => System.Uri.IsWellFormedUriString(text, System.UriKind.RelativeOrAbsolute),
            "US" or "SS" or "OW" => value.Length == 2,
            "UL" or "SL" or "FL" or "AT" => value.Length == 4,
            "FD" or "SV" or "UV" => value.Length == 8,
            _ => value.Length > 0,
        };
    }

    /// <summary>PS3.5 9.1.</summary>
    public static bool IsUid(string uid) => uid.Length <= 64 && UidPattern().IsMatch(uid);

    /// <summary>A date of yyyyMMdd moved by days, reckoned without the product.</summary>
    public static string Shift(string date, int days) =>
        System.DateTime.ParseExact(date[..8], "yyyyMMdd", CultureInfo.InvariantCulture).AddDays(days).ToString("yyyyMMdd", CultureInfo.InvariantCulture) + date[8..];

    public static byte[] Ascii(string text, char padding = '\0') => Encoding.ASCII.GetBytes(text.Length % 2 == 0 ? text : text + padding);

    [GeneratedRegex(@"^([01]\d|2[0-3])([0-5]\d){2}(\.\d{1,6})?$")]
    private static partial Regex TimePattern();

    [GeneratedRegex(@"^\d{8}([01]\d|2[0-3])([0-5]\d){2}(\.\d{1,6})?([+-]\d{4})?$")]
    private static partial Regex DateTimePattern();

    [GeneratedRegex(@"^\d{3}[DWMY]$")]
    private static partial Regex AgePattern();

    [GeneratedRegex(@"^[A-Z0-9 _]{1,16}$")]
    private static partial Regex CodePattern();

    [GeneratedRegex(@"^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$")]
    private static partial Regex UidPattern();
}
