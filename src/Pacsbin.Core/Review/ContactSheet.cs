using System.Globalization;
using Pacsbin.Imaging;
using Pacsbin.Redaction;
using Pacsbin.Studies;

namespace Pacsbin.Review;

/// <summary>One picture of a whole study: the middle image of each series, labelled with modality, series number and how many images and frames there are.</summary>
/// <remarks>An overview, never a review: all other images and frames are not seen. Nothing else of the header is on it; what is burned into the images is.</remarks>
internal sealed class ContactSheet(DicomStudy study)
{
    private const int TileSide = 256;
    private const int Gap = 8;
    private const int NarrowTile = 200;
    private const int MostColumns = 6;
    private const int Ground = 0x202428;
    private const int Ink = 0xD8DCE0;
    private const int LongestModality = 16; // PS3.5 6.2: a CS

    /// <summary>The size of one image on the sheet, and the sheet's format.</summary>
    public PictureOptions Options { get; init; } = new();

    /// <summary>The window of gray images.</summary>
    public RenderOptions Render { get; init; } = RenderOptions.Default;

    /// <summary>Regions that are drawn.</summary>
    public IReadOnlyList<RedactionRegion> Regions { get; init; } = [];

    /// <summary>Whether an image may be shown; one that may not is passed over for the next.</summary>
    public Predicate<DicomInstance> IsShown { get; init; } = static _ => true;

    /// <summary>Receives each file that cannot be shown; the sheet says so in its place.</summary>
    public Action<string, PacsbinException> Rejected { get; init; } = static (_, _) => { };

    // A letter of two by two pixels for each dot is readable; in a narrow tile it would be cut off.
    private int Dot => TileWidth < NarrowTile ? 1 : 2;

    private int LabelHeight => (PictureText.Height + 4) * Dot;

    private int TileWidth => Options.Width ?? Options.Height ?? TileSide;

    private int TileHeight => Options.Height ?? Options.Width ?? TileSide;

    /// <summary>Writes the sheet as a picture.</summary>
    /// <exception cref="PacsbinException">LimitExceeded if it is too large.</exception>
    public void Write(Stream output, CancellationToken cancellationToken = default)
    {
        var series = study.Series.Where(s => !s.Instances.All(i => i.IsMediaDirectory)).OrderBy(s => s.SeriesNumber ?? int.MaxValue).ToList();
        var columns = Columns(series.Count);
        var rows = (series.Count + columns - 1) / columns;
        var (width, height) = (TileWidth, TileHeight);
        long sheetWidth = Gap + ((long)columns * (width + Gap)), sheetHeight = Gap + ((long)rows * (height + LabelHeight + Gap));
        if (Math.Max(sheetWidth, sheetHeight) > PictureOptions.LargestSide)
        {
            throw new PacsbinException(PacsbinError.LimitExceeded, $"A sheet of {series.Count} series would have {sheetWidth} x {sheetHeight} pixels.");
        }

        using var sheet = new Picture((int)sheetWidth, (int)sheetHeight, Ground);
        using var archives = new ArchiveCache();
        for (var i = 0; i < series.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Draw(sheet, series[i], Gap + (i % columns * (width + Gap)), Gap + (i / columns * (height + LabelHeight + Gap)), width, height, archives);
        }

        sheet.Write(output, Options);
    }

    /// <summary>The modality, unless somebody wrote into it what is none.</summary>
    public static string ModalityOf(DicomSeries series) =>
        series.Modality is { Length: <= LongestModality } modality && modality.All(char.IsAsciiLetterOrDigit) ? modality : "-";

    private static int Columns(int series) => Math.Clamp((int)Math.Ceiling(Math.Sqrt(series)), 1, Math.Max(MostColumns, (int)Math.Sqrt(series)));

    private void Draw(Picture sheet, DicomSeries series, int x, int y, int width, int height, ArchiveCache archives)
    {
        var frames = 0;
        string? missing = null;
        var path = "";
        try
        {
            using var source = FromTheMiddle(series).Where(i => IsShown(i)).Select(Open).FirstOrDefault(s => s is not null);
            using var picture = source?.PictureOf(source.MiddleFrame, Render, Options with { Width = width, Height = height }, Regions, out _);
            if (picture is null)
            {
                missing = "NO IMAGE";
            }
            else
            {
                frames = source!.Frames;
                sheet.Put(picture, x + ((width - picture.Width) / 2), y + ((height - picture.Height) / 2));
            }
        }
        catch (PacsbinException e)
        {
            Rejected(path, e);
            missing = e.Error == PacsbinError.UnsupportedTransferSyntax ? "NOT DECODED" : "NOT READABLE";
        }

        if (missing is not null)
        {
            sheet.Write(missing, x + ((width - WidthOf(missing)) / 2), y + (height / 2), Dot, Ink);
        }

        Label(sheet, series, frames, x, y + height + (2 * Dot), width);

        PictureSource? Open(DicomInstance instance)
        {
            path = instance.Path;
            return PictureSource.Open(series, instance, archives);
        }
    }

    /// <summary>The images of a series from the one in the middle to both ends: some may have no pixels, as reports have none.</summary>
    private static IEnumerable<DicomInstance> FromTheMiddle(DicomSeries series)
    {
        var middle = series.Instances.Count / 2;
        return series.Instances.Select((instance, index) => (instance, index)).OrderBy(p => Math.Abs(p.index - middle)).Select(p => p.instance);
    }

    private void Label(Picture sheet, DicomSeries series, int frames, int x, int y, int width)
    {
        var left = string.Create(CultureInfo.InvariantCulture, $"{ModalityOf(series)} {series.SeriesNumber}");
        var count = series.Instances.Count;
        var images = count == 1 ? "1 IMAGE" : $"{count} IMAGES";
        var right = count == 1 && frames > 1 ? $"{frames} FRAMES" : frames > 1 ? $"{images} {frames} FRAMES" : images;
        if (WidthOf(left) <= width)
        {
            sheet.Write(left, x, y, Dot, Ink);
        }

        // Two counts have the room in small letters only.
        for (var dot = Dot; dot > 0; dot--)
        {
            if (WidthOf(left) + WidthOf("  ") + (WidthOf(right) / Dot * dot) <= width)
            {
                sheet.Write(right, x + width - (WidthOf(right) / Dot * dot), y, dot, Ink);
                return;
            }
        }
    }

    private int WidthOf(string text) => text.Length * PictureText.Advance * Dot;
}
