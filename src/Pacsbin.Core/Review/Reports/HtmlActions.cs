using System.Globalization;

namespace Pacsbin.Review.Reports;

/// <summary>The part of a page that counts attributes by what was done with them.</summary>
internal static class HtmlActions
{
    public static void Write(HtmlWriter page, ReportActions? actions, int files)
    {
        if (actions is null)
        {
            page.OpenTable("Attributes by action", new("Action"), new("Count", ColumnKind.Number)).Row("All", "not counted").CloseTable();
            return;
        }

        (string Name, string Style, long Count)[] parts =
        [
            ("Kept", "kept", actions.Kept), ("Removed", "removed", actions.Removed), ("Emptied", "emptied", actions.Emptied),
            ("Replaced", "replaced", actions.Replaced), ("UIDs replaced", "uids", actions.Uids), ("Dates moved", "dates", actions.Dates),
        ];
        var sum = Math.Max(1, parts.Sum(p => Math.Max(0, p.Count)));
        page.OpenTable("Attributes by action", new("Action"), new("Count", ColumnKind.Number), new("Share", ColumnKind.Number));
        foreach (var (name, style, count) in parts)
        {
            page.Open("tr").OpenCell(0).Open("span", "key " + style).Close().Text(name).Close();
            page.OpenCell(1).Text(ReportText.Number(count)).Close().OpenCell(2).Text(Share(count, sum)).Close().Close();
        }

        page.CloseTable();
        WriteBar(page, parts, sum);
        if (actions.Files < files)
        {
            page.Element("p", $"Not counted in {ReportText.Count(files - actions.Files, "file")}, which an earlier version wrote.", "note");
        }
    }

    private static string Share(long count, long sum) =>
        count > 0 && count * 1000 < sum ? "< 0.1 %" : (100.0 * count / sum).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static void WriteBar(HtmlWriter page, (string Name, string Style, long Count)[] parts, long sum)
    {
        page.Open("svg", "bar").Attribute("viewBox", "0 0 1000 10").Attribute("preserveAspectRatio", "none").Attribute("aria-hidden", "true");
        var x = 0.0;
        foreach (var (_, style, count) in parts.Where(p => p.Count > 0))
        {
            var width = 1000.0 * count / sum;
            page.Open("rect", style).Attribute("x", Number(x)).Attribute("y", "0").Attribute("width", Number(width)).Attribute("height", "10").Close();
            x += width;
        }

        page.Close();

        static string Number(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
    }
}
