using Pacsbin.Imaging;
using Pacsbin.Imaging.Text;
using Pacsbin.Review;
using Pacsbin.Studies;
using Pacsbin.Tests.Imaging;
using Pacsbin.Tests.Imaging.Text;
using Xunit;

namespace Pacsbin.Tests.Review;

public sealed class BurnedInTextSearchTests : IDisposable
{
    private const int Rows = 160, Columns = 240;

    private static readonly PixelArea Word = new(30, 20, 47, 7);

    private readonly string folder = Directory.CreateTempSubdirectory("pacsbin-search").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(0, 255, 0)]
    [InlineData(0, 400, 0)]
    [InlineData(1400, 4000, 0)]
    [InlineData(0, 255, 60000)]
    public void Text_beside_the_display_window_is_found(int paper, int ink, int outlier)
    {
        var cells = Tissue(paper);
        Write(cells, (ushort)ink);
        cells[^1] = (ushort)(outlier > 0 ? outlier : cells[^1]);
        Save(Wide(cells));
        Assert.Contains(Search(), Covers);
    }

    [Fact]
    public void Text_beside_the_window_of_signed_and_of_wide_values_is_found()
    {
        var cells = Tissue(0);
        Write(cells, 255);
        Save(Windowed(new MadeImage(Rows, Columns, 16, isSigned: true), 0).Pixels(Array.ConvertAll(cells, c => (short)(c - 1000))));
        Assert.Contains(Search(), Covers);
        Save(Windowed(new MadeImage(Rows, Columns, 32), 1000).Pixels(Array.ConvertAll(cells, c => (uint)c)));
        Assert.Contains(Search(), Covers);
        var fractions = Windowed(new MadeImage(Rows, Columns, 32), 1);
        Save(fractions.Text(0x00281051, "DS", "0.5").Bytes(0x7FE00008, "OF", [.. cells.SelectMany(c => BitConverter.GetBytes(c / 1000f))]));
        Assert.Contains(Search(), Covers);
    }

    [Fact]
    public void Tissue_whose_values_the_window_cuts_off_is_no_text()
    {
        Save(Wide(Tissue(0)));
        Assert.Empty(Search());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(19)]
    public void Text_of_the_first_and_of_the_last_frame_is_found(int frame)
    {
        Save(Loop(20, frame));
        Assert.Contains(Search(), Covers);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(19)]
    public void Text_is_read_in_the_frame_that_shows_it(int frame)
    {
        Save(Loop(20, frame));
        Assert.Contains("JANE", Read(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Text_beside_the_window_is_read()
    {
        var cells = Tissue(0);
        Write(cells, 255);
        Save(Wide(cells));
        Assert.Contains("JANE", Read(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void File_that_is_gone_is_rejected_and_the_search_goes_on()
    {
        Save(Loop(1, 0), "gone.dcm");
        Save(Loop(1, 0).Text(0x00080018, "UI", "1.2.3.5"), "there.dcm");
        var studies = new StudyScanner().Scan([folder], cancellationToken: Token).Studies;
        File.Delete(Path.Join(folder, "gone.dcm"));
        List<(string Path, PacsbinException Error)> rejected = [];
        List<BurnedInText> found = [];
        new BurnedInTextSearch { ThrottleLimit = 1, Rejected = (path, error) => rejected.Add((path, error)) }.Run(studies, found.AddRange, cancellationToken: Token);
        var (name, known) = Assert.Single(rejected);
        Assert.Equal((Path.Join(folder, "gone.dcm"), PacsbinError.FileNotFound), (name, known.Error));
        Assert.Contains(found, Covers);
    }

    private static bool Covers(BurnedInText text) =>
        text.X <= Word.X && text.Y <= Word.Y && text.X + text.Width >= Word.X + Word.Width && text.Y + text.Height >= Word.Y + Word.Height && text.Height < 40;

    /// <summary>Grainy tissue of 800 to 1200 below a strip of one value.</summary>
    private static ushort[] Tissue(int paper)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, Rows * Columns).Select(i => (ushort)(i / Columns < 60 ? paper : 1000 + (150 * Math.Sin(i % Columns / 30.0) * Math.Cos(i / Columns / 25.0)) + random.Next(-50, 50)))];
    }

    private static void Write(ushort[] cells, ushort ink)
    {
        var letters = new LetterPicture(Rows, Columns, 0);
        letters.Write(Word.X, Word.Y, 255);
        for (var i = 0; i < cells.Length; i++)
        {
            cells[i] = letters.Gray[i] > 0 ? ink : cells[i];
        }
    }

    private static MadeImage Windowed(MadeImage image, int center) => image.Text(0x00281050, "DS", $"{center}").Text(0x00281051, "DS", "500");

    private static MadeImage Wide(ushort[] cells) => Windowed(new MadeImage(Rows, Columns, 16), 1000).Pixels(cells);

    private static MadeImage Loop(int frames, int withText)
    {
        var pictures = Enumerable.Range(0, frames).Select(seed =>
        {
            var picture = new LetterPicture(Rows, Columns, 0);
            picture.Speckle(seed, 20, 110);
            return picture;
        }).ToList();
        pictures[withText].Write(Word.X, Word.Y, 255);
        return new MadeImage(Rows, Columns, 8, frames: frames).Pixels(pictures.SelectMany(p => p.Gray).ToArray());
    }

    private string Read()
    {
        var reader = Tesseract.Find();
        Assert.False(reader is null && Environment.GetEnvironmentVariable("CI") == "true", "tesseract is not installed.");
        Assert.SkipWhen(reader is null, "tesseract is not installed.");
        return string.Join('\n', Search(reader).Where(Covers).Select(text => text.Text));
    }

    private void Save(MadeImage image, string name = "image.dcm") => File.WriteAllBytes(Path.Join(folder, name), image.ToBytes());

    private List<BurnedInText> Search(Tesseract? reader = null)
    {
        List<BurnedInText> found = [];
        var search = new BurnedInTextSearch { ThrottleLimit = 1, Reader = reader, IncludeText = true, Rejected = (path, error) => Assert.Fail($"{path}: {error}") };
        search.Run(new StudyScanner().Scan([folder], cancellationToken: Token).Studies, found.AddRange, cancellationToken: Token);
        return found;
    }
}
