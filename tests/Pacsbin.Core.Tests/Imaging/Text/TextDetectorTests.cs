using Pacsbin.Benchmarks;
using Pacsbin.Imaging;
using Pacsbin.Imaging.Text;
using Xunit;

namespace Pacsbin.Tests.Imaging.Text;

public sealed class TextDetectorTests
{
    private static readonly TextDetector Detector = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Generated_text_is_found_and_hardly_anything_else()
    {
        Fonts.Require();
        var score = BurnedInTextBenchmark.Measure(BurnedInTextBenchmark.TestSeed, 60, Environment.ProcessorCount, out _);
        Assert.Equal(60, score.Pictures);
        Assert.True(score.Texts > 80);
        Assert.True(score.Recall >= 0.95, $"Recall is {score.Recall:F3}.");
        Assert.True(score.FalseBoxesAnImage <= 0.1, $"There are {score.FalseBoxesAnImage:F3} false boxes an image.");
        Assert.True(score.ProposedArea <= 2.5, $"Proposals cover {score.ProposedArea:F2} times the text.");
    }

    [Theory]
    [InlineData(255, 0)]
    [InlineData(0, 255)]
    [InlineData(180, 90)]
    [InlineData(40, 120)]
    public void Proposal_covers_all_letters_whatever_their_gray(byte ink, byte paper)
    {
        var picture = new LetterPicture(200, 300, paper);
        var area = picture.Write(40, 50, ink);
        var proposal = Assert.Single(Find(picture));
        Assert.True(proposal.Area.X <= area.X && proposal.Area.Y <= area.Y);
        Assert.True(proposal.Area.X + proposal.Area.Width >= area.X + area.Width && proposal.Area.Y + proposal.Area.Height >= area.Y + area.Height);
        Assert.True((long)proposal.Area.Width * proposal.Area.Height <= 3L * area.Width * area.Height);
        Assert.InRange(proposal.Score, 0.7, 1);
    }

    [Fact]
    public void Lines_below_each_other_are_all_covered()
    {
        var picture = new LetterPicture(200, 300, 0);
        var areas = Enumerable.Range(0, 5).Select(line => picture.Write(10, 10 + (line * 11), 255)).ToList();
        var proposals = Find(picture);
        Assert.All(areas, area => Assert.Contains(proposals, p => p.Area.Y <= area.Y && p.Area.Y + p.Area.Height >= area.Y + area.Height && p.Area.X <= area.X));
    }

    [Fact]
    public void Page_too_dense_to_look_at_every_line_is_covered_whole()
    {
        var picture = new LetterPicture(1100, 1500, 0);
        var areas = (from y in Enumerable.Range(0, 76) from x in Enumerable.Range(0, 20) select picture.Write(10 + (x * 74), 10 + (y * 14), (byte)(120 + ((x + y) % 120)))).ToList();
        var proposals = Find(picture);
        Assert.All(areas, area => Assert.Contains(proposals, p => p.Area.X <= area.X && p.Area.Y <= area.Y
            && p.Area.X + p.Area.Width >= area.X + area.Width && p.Area.Y + p.Area.Height >= area.Y + area.Height));
    }

    [Fact]
    public void Line_across_a_black_bar_and_a_bright_picture_is_found()
    {
        var picture = new LetterPicture(120, 300, 215);
        picture.Fill(new PixelArea(0, 0, 300, 12), 0);
        for (var word = 0; word < 3; word++)
        {
            picture.Write(10 + (word * 54), 8, 255);
        }

        var proposal = Assert.Single(Find(picture));
        Assert.True(proposal.Area.X <= 10 && proposal.Area.X + proposal.Area.Width >= 164);
    }

    [Fact]
    public void Options_without_steps_or_heights_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TextDetector(new TextDetectorOptions { LevelStep = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TextDetector(new TextDetectorOptions { MinimumLetterHeight = 0 }));
    }

    [Fact]
    public void Cancellation_stops_the_search() =>
        Assert.Throws<OperationCanceledException>(() => Detector.Find(new byte[100], 10, 10, new CancellationToken(canceled: true)));

    [Fact]
    public void Ruler_grid_and_gray_scale_bar_are_not_text()
    {
        var picture = new LetterPicture(300, 400, 0);
        for (var tick = 0; tick < 30; tick++)
        {
            picture.Fill(new PixelArea(20 + (tick * 10), 280 - (tick % 5 == 0 ? 12 : 6), 1, tick % 5 == 0 ? 12 : 6), 255);
            picture.Fill(new PixelArea(380, 10 + (tick * 9), 8, 1), 255);
            picture.Fill(new PixelArea(10, 20 + (tick * 6), 12, 6), (byte)(250 - (tick * 8)));
        }

        for (var line = 1; line < 8; line++)
        {
            picture.Fill(new PixelArea(50, 30 * line, 300, 1), 150);
            picture.Fill(new PixelArea(40 * line, 10, 1, 250), 150);
        }

        Assert.Empty(Find(picture));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 10)]
    [InlineData(1, 1)]
    [InlineData(1, 500)]
    [InlineData(500, 1)]
    [InlineData(3, 3)]
    public void Tiny_and_empty_pictures_have_no_text(int rows, int columns) =>
        Assert.Empty(Detector.Find(new byte[rows * columns], rows, columns, Token));

    [Fact]
    public void Length_that_contradicts_the_shape_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Detector.Find(new byte[99], 10, 10, Token));

    [Fact]
    public void Any_picture_gives_proposals_within_it()
    {
        var random = new Random(7);
        for (var round = 0; round < 60; round++)
        {
            var (rows, columns) = (random.Next(1, 160), random.Next(1, 160));
            var gray = new byte[rows * columns];
            var (period, levels) = (random.Next(1, 12), random.Next(1, 256));
            for (var i = 0; i < gray.Length; i++)
            {
                gray[i] = (byte)(i % columns / period % 2 == i / columns / period % 2 ? random.Next(levels) : 255 - random.Next(levels));
            }

            Assert.All(new TextDetector(new TextDetectorOptions { MinimumScore = 0 }).Find(gray, rows, columns, Token), proposal =>
            {
                Assert.True(proposal.Area is { X: >= 0, Y: >= 0, Width: > 0, Height: > 0 });
                Assert.True(proposal.Area.X + proposal.Area.Width <= columns && proposal.Area.Y + proposal.Area.Height <= rows);
                Assert.InRange(proposal.Score, 0, 1);
            });
        }
    }

    [Fact]
    public void Same_picture_gives_the_same_proposals()
    {
        var picture = new LetterPicture(120, 300, 30);
        picture.Write(10, 10, 220);
        picture.Write(60, 80, 200);
        Assert.Equal(Find(picture), Find(picture));
    }

    private static IReadOnlyList<TextProposal> Find(LetterPicture picture) => Detector.Find(picture.Gray, picture.Rows, picture.Columns, Token);
}
