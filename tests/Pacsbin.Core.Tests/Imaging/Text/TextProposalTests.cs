using Pacsbin.Imaging;
using Pacsbin.Imaging.Text;
using Xunit;

namespace Pacsbin.Tests.Imaging.Text;

public sealed class TextProposalTests
{
    [Fact]
    public void Same_place_in_several_pictures_is_proposed_once_and_covered_whole()
    {
        TextProposal[] first = [new(new PixelArea(10, 10, 100, 20), 0.6), new(new PixelArea(10, 200, 50, 20), 0.5)];
        TextProposal[] second = [new(new PixelArea(12, 11, 104, 20), 0.9)];
        Assert.Equal([new(new PixelArea(10, 10, 106, 21), 0.9), new(new PixelArea(10, 200, 50, 20), 0.5)], TextProposal.Join([first, second]));
    }

    [Fact]
    public void Places_that_merely_touch_stay_apart()
    {
        TextProposal[] first = [new(new PixelArea(0, 0, 100, 20), 0.6)];
        TextProposal[] second = [new(new PixelArea(0, 15, 100, 20), 0.6), new(new PixelArea(0, 0, 20, 20), 0.6)];
        Assert.Equal(3, TextProposal.Join([first, second]).Count);
    }

    [Theory]
    [InlineData("DOE", true)]
    [InlineData("12", true)]
    [InlineData("山田", true)]
    [InlineData("|.", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Reading_letters_or_digits_raises_the_score(string? text, bool raises)
    {
        var proposal = new TextProposal(new PixelArea(0, 0, 10, 10), 0.5);
        var after = proposal.WithReading(text).Score;
        Assert.Equal(raises, after > 0.5);
        Assert.InRange(after, 0.5, 1);
    }
}
