using Pacsbin.Imaging;
using SkiaSharp;

namespace Pacsbin.Benchmarks;

/// <summary>Draws pictures with known text: the same seed gives the same picture.</summary>
internal sealed class BurnedInTextGenerator : IDisposable
{
    private const string KanjiFont = "Kanji";
    private const string Folder = "/usr/share/fonts/truetype";

    /// <summary>Debian's fonts-dejavu-core, fonts-liberation, fonts-freefont-ttf and fonts-droid-fallback.</summary>
    private static readonly (string Name, string Path)[] Fonts =
    [
        ("DejaVu Sans", $"{Folder}/dejavu/DejaVuSans.ttf"),
        ("DejaVu Sans Mono", $"{Folder}/dejavu/DejaVuSansMono.ttf"),
        ("Liberation Sans", $"{Folder}/liberation/LiberationSans-Regular.ttf"),
        ("Liberation Serif", $"{Folder}/liberation/LiberationSerif-Regular.ttf"),
        ("FreeMono", $"{Folder}/freefont/FreeMono.ttf"),
        (KanjiFont, $"{Folder}/droid/DroidSansFallbackFull.ttf"),
    ];

    private static readonly string[] Styles = ["bright", "bright", "bright", "gray", "black on white", "white on gray", "shadow", "outline"];

    private readonly SKTypeface[] typefaces = [.. Fonts.Select(font => SKTypeface.FromFile(font.Path))];

    /// <summary>The first font file that is not installed; null if all are.</summary>
    public static string? MissingFont => Fonts.Select(font => font.Path).FirstOrDefault(path => !File.Exists(path));

    public BurnedInTextPicture Make(int seed, bool withText)
    {
        var random = new Random(seed);
        var background = (Background)(seed % 3);
        var canvas = BurnedInTextBackgrounds.Paint(background, random);
        var (rows, columns) = (canvas.Rows, canvas.Columns);
        using var bitmap = new SKBitmap(new SKImageInfo(columns, rows, SKColorType.Gray8, SKAlphaType.Opaque));
        canvas.ToBytes().CopyTo(bitmap.GetPixelSpan());
        var texts = withText ? DrawTexts(bitmap, random) : [];
        if (random.NextDouble() < 0.3)
        {
            using var jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, random.Next(60, 96));
            using var decoded = SKBitmap.Decode(jpeg.AsSpan(), new SKImageInfo(columns, rows, SKColorType.Gray8, SKAlphaType.Opaque));
            return new BurnedInTextPicture(decoded.GetPixelSpan().ToArray(), rows, columns, background, texts);
        }

        return new BurnedInTextPicture(bitmap.GetPixelSpan().ToArray(), rows, columns, background, texts);
    }

    public void Dispose() => Array.ForEach(typefaces, typeface => typeface.Dispose());

    private List<DrawnText> DrawTexts(SKBitmap bitmap, Random random)
    {
        var texts = new List<DrawnText>();
        var wanted = random.Next(1, 7);
        for (var attempt = 0; attempt < 200 && texts.Count < wanted; attempt++)
        {
            var lines = Math.Min(wanted - texts.Count, random.NextDouble() < 0.4 ? random.Next(2, 5) : 1);
            var font = random.NextDouble() < 0.08 ? Fonts.Length - 1 : random.Next(Fonts.Length - 1);
            var size = random.Next(Fonts[font].Name == KanjiFont ? 14 : 10, 41);
            DrawBlock(bitmap, random, lines, font, size, texts);
        }

        return texts;
    }

    /// <summary>Draws lines below each other, unless they would not fit, lie on other text, or could not be read.</summary>
    private void DrawBlock(SKBitmap bitmap, Random random, int lines, int font, int size, List<DrawnText> texts)
    {
        using var skFont = new SKFont(typefaces[font], size)
        {
            Edging = random.NextDouble() < 0.3 ? SKFontEdging.Alias : SKFontEdging.Antialias,
            Hinting = random.NextDouble() < 0.5 ? SKFontHinting.None : SKFontHinting.Full,
            Subpixel = random.NextDouble() < 0.5,
        };
        var style = Styles[random.Next(Styles.Length)];
        var contents = Enumerable.Range(0, lines).Select(_ => BurnedInTextSentences.Make(random, Fonts[font].Name == KanjiFont)).ToArray();
        var spacing = (int)Math.Ceiling(size * (1.15 + (random.NextDouble() * 0.3)));
        var width = (int)Math.Ceiling(contents.Max(content => skFont.MeasureText(content)));
        var height = (spacing * (lines - 1)) + (int)(size * 1.3);
        if (width + 12 >= bitmap.Width || height + 12 >= bitmap.Height)
        {
            return;
        }

        var margin = random.Next(4, 12);
        var isCorner = random.NextDouble() < 0.6;
        var x = !isCorner ? random.Next(4, bitmap.Width - width - 4) : random.Next(2) == 0 ? margin : bitmap.Width - width - margin;
        var y = !isCorner ? random.Next(4, bitmap.Height - height - 4) : random.Next(2) == 0 ? margin : bitmap.Height - height - margin;
        var block = new SKRectI(Math.Max(0, x - 4), Math.Max(0, y - 4), Math.Min(bitmap.Width, x + width + 4), Math.Min(bitmap.Height, y + height + 4));
        if (texts.Exists(text => block.IntersectsWith(SKRectI.Create(text.Area.X - 3, text.Area.Y - 3, text.Area.Width + 6, text.Area.Height + 6))))
        {
            return;
        }

        byte? plate = style switch { "black on white" => 245, "white on gray" => (byte)random.Next(70, 130), _ => null };
        var value = style switch { "gray" => (byte)random.Next(150, 200), "black on white" => (byte)10, _ => (byte)random.Next(225, 256) };
        if (plate is null && !IsReadable(bitmap, block, value))
        {
            return;
        }

        using var canvas = new SKCanvas(bitmap);
        using var paint = new SKPaint { IsAntialias = true };
        if (plate is { } shade)
        {
            paint.Color = new SKColor(shade, shade, shade);
            canvas.DrawRect(block, paint);
        }

        for (var line = 0; line < lines; line++)
        {
            var baseline = y + size + (line * spacing);
            paint.Color = SKColors.Black;
            if (style == "shadow")
            {
                canvas.DrawText(contents[line], x + 1, baseline + 1, skFont, paint);
            }
            else if (style == "outline")
            {
                paint.Style = SKPaintStyle.Stroke;
                paint.StrokeWidth = 2.5f;
                canvas.DrawText(contents[line], x, baseline, skFont, paint);
                paint.Style = SKPaintStyle.Fill;
            }

            paint.Color = new SKColor(value, value, value);
            canvas.DrawText(contents[line], x, baseline, skFont, paint);
            var drawn = Ink(bitmap, contents[line], x, baseline, skFont);
            if (drawn.Count > 0)
            {
                texts.Add(new DrawnText(Around(drawn, bitmap.Width), drawn, Fonts[font].Name, size, style));
            }
        }
    }

    /// <summary>Whether the text's gray is 55 or more away from nearly all that is behind it, on one side.</summary>
    private static bool IsReadable(SKBitmap bitmap, SKRectI block, byte value)
    {
        var pixels = bitmap.GetPixelSpan();
        int darker = 0, brighter = 0;
        for (var row = block.Top; row < block.Bottom; row++)
        {
            for (var column = block.Left; column < block.Right; column++)
            {
                var behind = pixels[(row * bitmap.RowBytes) + column];
                darker += behind <= value - 55 ? 1 : 0;
                brighter += behind >= value + 55 ? 1 : 0;
            }
        }

        return Math.Max(darker, brighter) >= 0.98 * block.Width * block.Height;
    }

    private static List<int> Ink(SKBitmap bitmap, string content, int x, int baseline, SKFont font)
    {
        var top = Math.Max(0, baseline - (int)(font.Size * 1.5));
        var height = Math.Min(bitmap.Height, baseline + (int)font.Size) - top;
        using var mask = new SKBitmap(new SKImageInfo(bitmap.Width, height, SKColorType.Gray8, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(mask);
        using var paint = new SKPaint { IsAntialias = true, Color = SKColors.White };
        canvas.Clear(SKColors.Black);
        canvas.DrawText(content, x, baseline - top, font, paint);
        var pixels = mask.GetPixelSpan();
        var ink = new List<int>();
        for (var i = 0; i < pixels.Length; i++)
        {
            if (pixels[i] >= 64)
            {
                ink.Add(((top + (i / mask.RowBytes)) * bitmap.Width) + (i % mask.RowBytes));
            }
        }

        return ink;
    }

    private static PixelArea Around(List<int> ink, int columns)
    {
        var (left, right) = (ink.Min(i => i % columns), ink.Max(i => i % columns));
        var (top, bottom) = (ink.Min(i => i / columns), ink.Max(i => i / columns));
        return new PixelArea(left, top, right - left + 1, bottom - top + 1);
    }
}
