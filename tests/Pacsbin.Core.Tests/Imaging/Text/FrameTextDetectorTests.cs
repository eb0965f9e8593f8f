using Pacsbin.Imaging;
using Pacsbin.Imaging.Text;
using Xunit;

namespace Pacsbin.Tests.Imaging.Text;

public sealed class FrameTextDetectorTests
{
    private const int Rows = 120, Columns = 240;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Text_in_all_frames_scores_higher_than_in_one_when_the_rest_moves()
    {
        var frames = Enumerable.Range(0, 4).Select(seed => Frame(seed, out _)).ToList();
        var single = new TextDetector().Find(frames[0].Gray, Rows, Columns, Token);
        var still = Detect(frames);
        var area = new PixelArea(30, 50, 47, 7);
        Assert.True(Best(still, area) > Best(single, area));
        Assert.True(Best(still, area) > 0.7);
    }

    [Fact]
    public void Text_that_noise_hides_in_each_frame_is_found_in_all_of_them()
    {
        var frames = Enumerable.Range(0, 8).Select(seed =>
        {
            var picture = new LetterPicture(Rows, Columns, 0);
            picture.Speckle(seed, 0, 256);
            picture.Write(30, 50, 255);
            return picture;
        }).ToList();
        var area = new PixelArea(30, 50, 47, 7);
        Assert.True(Best(Detect(frames), area) > 0.6);
        Assert.True(Best(new TextDetector().Find(frames[0].Gray, Rows, Columns, Token), area) < 0.5);
    }

    [Fact]
    public void Text_that_only_one_frame_shows_is_found()
    {
        var frames = Enumerable.Range(0, 6).Select(seed =>
        {
            var picture = new LetterPicture(Rows, Columns, 0);
            picture.Speckle(seed, 20, 110);
            return picture;
        }).ToList();
        var area = frames[3].Write(30, 50, 255);
        Assert.True(Best(Detect(frames), area) >= new TextDetectorOptions().MinimumScore);
    }

    [Fact]
    public void Ruler_that_stands_still_is_not_text()
    {
        var frames = Enumerable.Range(0, 6).Select(seed =>
        {
            var picture = new LetterPicture(Rows, Columns, 0);
            picture.Speckle(seed, 20, 110);
            picture.Fill(new PixelArea(0, 90, Columns, 30), 0);
            for (var tick = 0; tick < 30; tick++)
            {
                picture.Fill(new PixelArea(4 + (tick * 7), 110 - (tick % 5 == 0 ? 12 : 6), 1, tick % 5 == 0 ? 12 : 6), 255);
            }

            return picture;
        });
        Assert.Empty(Detect(frames));
    }

    [Fact]
    public void Identical_frames_say_what_one_frame_says()
    {
        var frame = Frame(1, out _);
        var single = new TextDetector().Find(frame.Gray, Rows, Columns, Token);
        Assert.Equal(single, Detect([frame, frame, frame]));
        Assert.Equal(single, Detect([frame]));
    }

    [Fact]
    public void Frame_that_shows_a_text_best_is_told()
    {
        var frames = Enumerable.Range(0, 6).Select(seed =>
        {
            var picture = new LetterPicture(Rows, Columns, 0);
            picture.Speckle(seed, 20, 110);
            return picture;
        }).ToList();
        frames[3].Write(30, 50, 255);
        Assert.Equal(3, Assert.Single(Detect(frames)).Frame);
    }

    [Fact]
    public void Large_frame_is_shrunk_and_its_text_found_in_its_place()
    {
        const int Side = 6000, Zoom = 4;
        var word = new LetterPicture(Rows, Columns, 0);
        var area = word.Write(30, 50, 255);
        var frame = new byte[Side * Side];
        for (var i = 0; i < Rows * Zoom * Columns * Zoom; i++)
        {
            var (x, y) = (i % (Columns * Zoom), i / (Columns * Zoom));
            frame[((Side - (Rows * Zoom) + y) * Side) + Side - (Columns * Zoom) + x] = word.Gray[(y / Zoom * Columns) + (x / Zoom)];
        }

        var found = Assert.Single(new TextDetector().Find(frame, Side, Side, Token)).Area;
        var (left, top) = (Side - (Columns * Zoom) + (area.X * Zoom), Side - (Rows * Zoom) + (area.Y * Zoom));
        Assert.InRange(found.X, left - 40, left);
        Assert.InRange(found.Y, top - 40, top);
        Assert.InRange(found.X + found.Width, left + (area.Width * Zoom), left + (area.Width * Zoom) + 40);
        Assert.InRange(found.Y + found.Height, top + (area.Height * Zoom), top + (area.Height * Zoom) + 40);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Stripes_of_a_huge_frame_cost_no_more_than_the_frame_justifies(int period)
    {
        const int Side = 4096;
        var frame = new byte[Side * Side];
        for (var i = 0; i < frame.Length; i++)
        {
            frame[i] = (byte)(i % period < period / 2 ? 255 : 0);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Empty(new TextDetector().Find(frame, Side, Side, Token));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400_000_000);
    }

    [Fact]
    public void No_frames_have_no_text() => Assert.Empty(Detect([]));

    [Fact]
    public void Frame_of_another_size_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new FrameTextDetector(new TextDetector(), Rows, Columns).Add(new byte[10], Token));

    private static LetterPicture Frame(int seed, out PixelArea area)
    {
        var picture = new LetterPicture(Rows, Columns, 0);
        picture.Speckle(seed, 20, 160);
        area = picture.Write(30, 50, 240);
        return picture;
    }

    private static IReadOnlyList<TextProposal> Detect(IEnumerable<LetterPicture> frames)
    {
        var detector = new FrameTextDetector(new TextDetector(), Rows, Columns);
        foreach (var frame in frames)
        {
            detector.Add(frame.Gray, Token);
        }

        return detector.Result(Token);
    }

    /// <summary>The highest score of proposals that cover the middle of an area; 0 if none does.</summary>
    private static double Best(IReadOnlyList<TextProposal> proposals, PixelArea area)
    {
        var (x, y) = (area.X + (area.Width / 2), area.Y + (area.Height / 2));
        return proposals.Where(p => x >= p.Area.X && x < p.Area.X + p.Area.Width && y >= p.Area.Y && y < p.Area.Y + p.Area.Height)
            .Select(p => p.Score).DefaultIfEmpty(0).Max();
    }
}
