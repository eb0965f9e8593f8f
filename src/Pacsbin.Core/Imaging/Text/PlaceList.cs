namespace Pacsbin.Imaging.Text;

/// <summary>Places where text was proposed, each once, however many pictures show it.</summary>
internal sealed class PlaceList
{
    /// <summary>Bounds memory and time when every picture shows something else.</summary>
    private const int MaximumPlaces = 1000;

    private readonly List<TextProposal> places = [];

    public void Add(TextProposal proposal)
    {
        var same = places.FindIndex(place => IsSame(place.Area, proposal.Area));
        if (same >= 0)
        {
            var best = proposal.Score > places[same].Score ? proposal : places[same];
            places[same] = best with { Area = Rectangles.Union(places[same].Area, proposal.Area) };
        }
        else
        {
            places.Add(proposal);
            if (places.Count > 2 * MaximumPlaces)
            {
                places.Sort((a, b) => b.Score.CompareTo(a.Score));
                places.RemoveRange(MaximumPlaces, MaximumPlaces);
            }
        }
    }

    /// <summary>The places, the most certain first.</summary>
    public IOrderedEnumerable<TextProposal> ByScore() => places.OrderByDescending(place => place.Score);

    /// <summary>Whether each covers at least half of the other.</summary>
    private static bool IsSame(PixelArea a, PixelArea b) =>
        2 * Rectangles.Intersection(a, b) >= Math.Max((long)a.Width * a.Height, (long)b.Width * b.Height);
}
