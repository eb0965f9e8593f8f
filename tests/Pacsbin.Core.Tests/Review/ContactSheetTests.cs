using Pacsbin.Imaging;
using Pacsbin.Redaction;
using Pacsbin.Review;
using Pacsbin.Studies;
using Pacsbin.Tests.Imaging;
using SkiaSharp;
using Xunit;

namespace Pacsbin.Tests.Review;

public sealed class ContactSheetTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pacsbin-sheet").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Sheet_has_a_tile_for_each_series()
    {
        for (var series = 1; series <= 5; series++)
        {
            Add($"{series}", series, "CT", 20 * series);
        }

        using var sheet = SKBitmap.Decode(Sheet());
        Assert.Equal((8 + (3 * 264), 8 + (2 * (256 + 22 + 8))), (sheet.Width, sheet.Height));
        for (var series = 1; series <= 5; series++)
        {
            // Images of one gray become the gray that their bits stand for.
            var (x, y) = (8 + ((series - 1) % 3 * 264) + 128, 8 + ((series - 1) / 3 * 286) + 128);
            Assert.Equal(20 * series, sheet.GetPixel(x, y).Red);
        }
    }

    [Fact]
    public void Nothing_of_the_header_but_modality_number_and_count_is_on_it()
    {
        Add("1", 1, "US", 100);
        var plain = Sheet();
        Add("1", 1, "US", 100, image => image.Text(0x00100010, "PN", "MUELLER^ANNA").Text(0x00100020, "LO", "P-17").Text(0x0008103E, "LO", "Series of Anna")
            .Text(0x00081030, "LO", "Study of Anna").Text(0x00080020, "DA", "20240310").Text(0x00080050, "SH", "A-1"));
        Assert.Equal(plain, Sheet());
        Add("1", 2, "US", 100);
        Assert.NotEqual(plain, Sheet());
    }

    [Fact]
    public void Modality_that_is_text_is_not_shown()
    {
        Add("1", 1, "MUELLER ANNA", 100);
        var first = Sheet();
        Add("1", 1, "SCHMIDT^EVA", 100);
        Assert.Equal(first, Sheet());
    }

    [Fact]
    public void Series_that_cannot_be_shown_has_its_place_and_one_error()
    {
        Add("1", 1, "CT", 100);
        Add("2", 2, "SR", null);
        var broken = new MadeImage(10, 10, 8).Text(0x0020000E, "UI", "1.2.3.3").Text(0x00200011, "IS", "3").Pixels<byte>(1, 2);
        File.WriteAllBytes(Path.Join(folder, "3"), broken.ToBytes());
        List<(string, PacsbinError)> rejected = [];
        using var sheet = SKBitmap.Decode(Sheet(rejected: (path, e) => rejected.Add((Path.GetFileName(path), e.Error))));
        Assert.Equal([("3", PacsbinError.MalformedElement)], rejected);
        Assert.Equal(8 + (2 * 286), sheet.Height);
        Assert.True(HasInk(sheet, 8 + 264, 8, 256, 256));
        Assert.True(HasInk(sheet, 8, 8 + 286, 256, 256));
        Assert.False(HasInk(sheet, 8 + 264, 8 + 286, 256, 278));
    }

    [Fact]
    public void Image_nearest_to_the_middle_that_has_pixels_is_shown()
    {
        Add("1", 1, "CT", 60, image => image.Text(0x00200013, "IS", "1"));
        Add("2", 1, "CT", null, image => image.Text(0x00080018, "UI", "1.2.4.92").Text(0x00200013, "IS", "2"));
        Add("3", 1, "CT", null, image => image.Text(0x00080018, "UI", "1.2.4.93").Text(0x00200013, "IS", "3"));
        using var sheet = SKBitmap.Decode(Sheet());
        Assert.Equal(60, sheet.GetPixel(8 + 128, 8 + 128).Red);
    }

    [Fact]
    public void Frames_are_on_the_label_beside_images()
    {
        Add("1", 1, "US", 100);
        Add("2", 1, "US", 100, image => image.Text(0x00080018, "UI", "1.2.4.92"));
        using var still = SKBitmap.Decode(Sheet());
        foreach (var name in (string[])["1", "2"])
        {
            Add(name, 1, "US", 100, image => image.Text(0x00080018, "UI", "1.2.4.9" + name).Text(0x00280008, "IS", "1200").Pixels([.. Enumerable.Repeat((byte)100, 1200 * 256)]));
        }

        using var loops = SKBitmap.Decode(Sheet());
        Assert.Equal(still.GetPixel(8 + 128, 8 + 128), loops.GetPixel(8 + 128, 8 + 128));
        Assert.Equal(8 + 256 - (2 * 6 * "2 IMAGES".Length), Start(still));
        Assert.Equal(8 + 256 - (6 * "2 IMAGES 1200 FRAMES".Length), Start(loops));

        static int Start(SKBitmap sheet) => Enumerable.Range(100, 164).First(x => Enumerable.Range(264, 22).Any(y => sheet.GetPixel(x, y).Red > 200));
    }

    [Fact]
    public void Width_and_height_are_those_of_a_tile()
    {
        Add("1", 1, "CT", 100);
        using var sheet = SKBitmap.Decode(Sheet(new PictureOptions { Width = 100, Height = 50 }));
        Assert.Equal((116, 8 + 50 + 11 + 8), (sheet.Width, sheet.Height));
    }

    [Fact]
    public void Regions_of_the_series_are_outlined()
    {
        Add("1", 1, "CT", 100);
        Add("2", 2, "CT", 100);
        RedactionRegion[] regions = [new(0, 0, 16, 8) { SeriesInstanceUid = "1.2.3.2" }, new(0, 0, 16, 8) { FirstFrame = 7 }, new(100, 100, 8, 8)];
        using var sheet = SKBitmap.Decode(Sheet(regions: regions));
        Assert.NotEqual(SKColors.Yellow, sheet.GetPixel(8 + 60, 8));
        Assert.Equal(SKColors.Yellow, sheet.GetPixel(8 + 264 + 60, 8));
    }

    [Fact]
    public void Sheet_that_would_be_too_large_is_refused()
    {
        for (var series = 1; series <= 4; series++)
        {
            Add($"{series}", series, "CT", 100);
        }

        Assert.Equal(PacsbinError.LimitExceeded, Assert.Throws<PacsbinException>(() => Sheet(new PictureOptions { Width = 10000 })).Error);
    }

    private static bool HasInk(SKBitmap sheet, int x, int y, int width, int height) =>
        Enumerable.Range(0, width * height).Any(i => sheet.GetPixel(x + (i % width), y + (i / width)).Red > 200);

    private byte[] Sheet(PictureOptions? options = null, RedactionRegion[]? regions = null, Action<string, PacsbinException>? rejected = null)
    {
        var study = Assert.Single(new StudyScanner().Scan([folder], cancellationToken: TestContext.Current.CancellationToken).Studies);
        using var bytes = new MemoryStream();
        new ContactSheet(study) { Options = options ?? new(), Regions = regions ?? [], Rejected = rejected ?? ((_, e) => throw e) }
            .Write(bytes, TestContext.Current.CancellationToken);
        return bytes.ToArray();
    }

    /// <summary>Writes a square image of one gray, or an instance without pixels.</summary>
    private void Add(string name, int series, string modality, int? gray, Action<MadeImage>? change = null)
    {
        var image = new MadeImage(16, 16, 8).Text(0x00080060, "CS", modality).Text(0x0020000E, "UI", $"1.2.3.{series}").Text(0x00200011, "IS", $"{series}")
            .Text(0x00080018, "UI", $"1.2.4.{series}");
        if (gray is { } value)
        {
            image.Pixels([.. Enumerable.Repeat((byte)value, 256)]);
        }

        change?.Invoke(image);
        File.WriteAllBytes(Path.Join(folder, name), image.ToBytes());
    }
}
