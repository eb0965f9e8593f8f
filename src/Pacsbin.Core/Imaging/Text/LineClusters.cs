namespace Pacsbin.Imaging.Text;

/// <summary>Joins lines found at several levels to proposals: text is found at many levels and stays in its place.</summary>
internal static class LineClusters
{
    /// <summary>Bounds the work for pictures made of nothing but lines.</summary>
    private const int MaximumCandidates = 3000;

    /// <summary>What a candidate that is left out must resemble text to be told of: noise resembles it less.</summary>
    private const double ToldQuality = 0.2;

    /// <summary>The score of the place of what was left out: above the least that is proposed, below what is surely text.</summary>
    private const double LeftOutScore = 0.5;

    public static List<TextProposal> Join(List<LineCandidate> candidates, int levelStep)
    {
        candidates.Sort((a, b) => (b.Quality * Math.Sqrt(b.Area.Width)).CompareTo(a.Quality * Math.Sqrt(a.Area.Width)));
        var proposals = new List<TextProposal>();
        if (candidates.Count > MaximumCandidates)
        {
            // Dense text, such as a page of a report: no line of it may go unseen because others are clearer.
            var leftOut = candidates.Skip(MaximumCandidates).Where(candidate => candidate.Quality >= ToldQuality).ToList();
            if (leftOut.Count > 0)
            {
                proposals.Add(new TextProposal(leftOut.Select(candidate => candidate.Area).Aggregate(Rectangles.Union), LeftOutScore));
            }

            candidates.RemoveRange(MaximumCandidates, candidates.Count - MaximumCandidates);
        }

        var isTaken = new bool[candidates.Count];
        var best = new Dictionary<int, double>();
        for (var i = 0; i < candidates.Count; i++)
        {
            if (isTaken[i])
            {
                continue;
            }

            best.Clear();
            var seed = candidates[i];
            var area = seed.Area;
            for (var j = i; j < candidates.Count; j++)
            {
                if (!isTaken[j] && IsSameLine(seed, candidates[j]))
                {
                    var other = candidates[j];
                    isTaken[j] = true;
                    var share = Math.Min(1, other.Area.Width / (double)seed.Area.Width);
                    best[other.Level] = Math.Max(best.GetValueOrDefault(other.Level), other.Quality * share);
                    if (other.Quality >= 0.25 * seed.Quality && other.Area.Height <= (1.35 * seed.Area.Height) + 1)
                    {
                        area = Rectangles.Union(area, other.Area);
                    }
                }
            }

            var support = best.Values.Sum() * levelStep / 12.0;
            proposals.Add(new TextProposal(area, support / (support + 1)));
        }

        return proposals;
    }

    private static bool IsSameLine(LineCandidate a, LineCandidate b)
    {
        var vertical = Rectangles.Overlap(a.Area.Y, a.Area.Height, b.Area.Y, b.Area.Height);
        var horizontal = Rectangles.Overlap(a.Area.X, a.Area.Width, b.Area.X, b.Area.Width);
        return horizontal >= 0.5 * Math.Min(a.Area.Width, b.Area.Width) && vertical >= 0.55 * Math.Max(a.Area.Height, b.Area.Height);
    }
}
