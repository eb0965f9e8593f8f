namespace Pacsbin.Imaging.Text;

/// <summary>Makes few proposals of many: pieces of a line become one, and what two polarities both found is found once.</summary>
internal static class ProposalMerging
{
    /// <summary>What a weak piece beside a strong one must at least score.</summary>
    public const double WeakScore = 0.05;

    /// <summary>How many times as high as a line another place may be to become part of it: a page around a line is none.</summary>
    private const int PageHeights = 5;

    /// <summary>Extends strong proposals by weak ones on the same line, then joins those that overlap.</summary>
    public static List<TextProposal> Merge(IEnumerable<TextProposal> proposals, double minimumScore)
    {
        var rest = proposals.Where(proposal => proposal.Score >= Math.Min(WeakScore, minimumScore)).OrderByDescending(proposal => proposal.Score).ToList();
        var merged = new List<TextProposal>();
        while (rest.Count > 0 && rest[0].Score >= minimumScore)
        {
            var strong = rest[0];
            rest.RemoveAt(0);
            for (var i = 0; i < rest.Count; i++)
            {
                if (Belongs(strong.Area, rest[i].Area))
                {
                    strong = strong with { Area = Rectangles.Union(strong.Area, rest[i].Area) };
                    rest.RemoveAt(i);
                    i = -1;
                }
            }

            merged.Add(strong);
        }

        return merged;
    }

    private static bool Belongs(PixelArea strong, PixelArea other)
    {
        if (other.Height > PageHeights * strong.Height)
        {
            return false;
        }

        if (Rectangles.Intersection(strong, other) * 2 >= Math.Min((long)strong.Width * strong.Height, (long)other.Width * other.Height))
        {
            return true;
        }

        var (low, high) = (Math.Min(strong.Height, other.Height), Math.Max(strong.Height, other.Height));
        return high <= 1.8 * low
            && Rectangles.Overlap(strong.Y, strong.Height, other.Y, other.Height) >= 0.7 * low
            && -Rectangles.Overlap(strong.X, strong.Width, other.X, other.Width) <= 2 * low;
    }
}
