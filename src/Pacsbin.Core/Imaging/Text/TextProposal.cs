namespace Pacsbin.Imaging.Text;

/// <summary>A place where a picture seems to show text.</summary>
/// <param name="Area">The rectangle, which covers whole letters and a few pixels around them.</param>
/// <param name="Score">How much speaks for text, from 0 to 1.</param>
public sealed record TextProposal(PixelArea Area, double Score)
{
    /// <summary>The picture that shows it best, from 0 in the order in which pictures were looked at.</summary>
    public int Frame { get; init; }

    /// <summary>The proposal after its pixels were read as text: letters or digits raise the score, nothing lowers it.</summary>
    /// <param name="text">What was read; null if reading failed.</param>
    public TextProposal WithReading(string? text) =>
        text is not null && text.Count(char.IsLetterOrDigit) >= 2 ? this with { Score = 1 - ((1 - Score) * 0.4) } : this;

    /// <summary>Joins proposals of several pictures that show the same place, so that each place is proposed once.</summary>
    /// <param name="pictures">Proposals of pictures of the same size, such as the frames or the images of a series.</param>
    /// <returns>Areas that cover all of what they were joined from, with the highest of its scores; the highest first.</returns>
    public static IReadOnlyList<TextProposal> Join(IEnumerable<IReadOnlyList<TextProposal>> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        var places = new PlaceList();
        foreach (var proposal in pictures.SelectMany(picture => picture))
        {
            places.Add(proposal);
        }

        return [.. places.ByScore()];
    }
}
