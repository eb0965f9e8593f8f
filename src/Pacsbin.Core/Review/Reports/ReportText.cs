using System.Globalization;
using System.Text;
using Pacsbin.Dicom;
using Pacsbin.Redaction;

namespace Pacsbin.Review.Reports;

/// <summary>How a report words what it tells, the same in each format and in each language of the system.</summary>
internal static class ReportText
{
    private static readonly string[] Units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>A number with its thousands parted.</summary>
    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count of things, such as <c>1 file</c> or <c>2,000 files</c>.</summary>
    public static string Count(long number, string one, string? many = null) => $"{Number(number)} {(number == 1 ? one : many ?? one + "s")}";

    /// <summary>Bytes in the largest unit that keeps three digits.</summary>
    public static string Size(long bytes)
    {
        var unit = 0;
        double size = bytes;
        while (size >= 999.5 && unit < Units.Length - 1)
        {
            size /= 1000;
            unit++;
        }

        return unit == 0 ? Count(bytes, "byte") : $"{size.ToString(size < 9.995 ? "0.00" : size < 99.95 ? "0.0" : "0", CultureInfo.InvariantCulture)} {Units[unit]}";
    }

    /// <summary>A moment, to the minute, in UTC.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";

    /// <summary>An attribute's name and tag.</summary>
    public static string Name(Tag tag) => DicomDictionary.TryGet(tag, out var entry) && entry.Name.Length > 0 ? $"{entry.Name} {tag}" : $"{tag}";

    /// <summary>A text of people or files without what a page cannot hold or a terminal would obey.</summary>
    public static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text; // as nearly all are
        }

        StringBuilder? clean = null;
        for (var i = 0; i < text.Length; i++)
        {
            var length = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]) ? 2 : 1;
            if (length == 1 && (text[i] is '\uFFFE' or '\uFFFF' || char.IsSurrogate(text[i]) || (char.IsControl(text[i]) && text[i] is not ('\t' or '\n'))))
            {
                (clean ??= new StringBuilder(text))[i] = '\uFFFD';
            }

            i += length - 1;
        }

        return clean?.ToString() ?? text;
    }

    /// <summary>A region as <c>x,y,width,height</c> and what else it is.</summary>
    public static string Describe(RedactionRegion region)
    {
        var shape = region.Shape == RegionShape.Ellipse ? " ellipse" : "";
        var frames = region.FirstFrame is not { } first ? ""
            : region.LastFrame is { } last && last != first ? string.Create(CultureInfo.InvariantCulture, $" frames {first} to {last}") : string.Create(CultureInfo.InvariantCulture, $" frame {first}");
        return $"{region}{shape}{(region.Outside ? " outside" : "")}{frames}";
    }
}
