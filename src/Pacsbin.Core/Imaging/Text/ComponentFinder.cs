using System.Runtime.InteropServices;

namespace Pacsbin.Imaging.Text;

/// <summary>Finds the connected components of a picture at or above a level, run by run.</summary>
/// <remarks>The lists are kept between levels, so that a picture costs its memory once.</remarks>
internal sealed class ComponentFinder(int rows, int columns)
{
    private readonly List<Run> runs = [];
    private readonly List<int> parents = [];
    private readonly List<Component> components = [];
    private readonly List<Component> found = [];

    /// <summary>The components whose heights are within bounds; the list is valid until the next call.</summary>
    public List<Component> Find(ReadOnlySpan<byte> gray, byte level, int minimumHeight, int maximumHeight)
    {
        runs.Clear();
        parents.Clear();
        components.Clear();
        found.Clear();
        int above = 0, here = 0;
        for (var row = 0; row < rows; row++)
        {
            AddRuns(gray.Slice(row * columns, columns), row, level);
            Connect(above, here);
            (above, here) = (here, runs.Count);
        }

        Gather();
        foreach (var component in CollectionsMarshal.AsSpan(components))
        {
            if (component.Pixels > 0 && component.Height >= minimumHeight && component.Height <= maximumHeight)
            {
                found.Add(component);
            }
        }

        return found;
    }

    private void AddRuns(ReadOnlySpan<byte> line, int row, byte level)
    {
        var at = 0;
        while (at < line.Length)
        {
            var start = line[at..].IndexOfAnyInRange(level, byte.MaxValue);
            if (start < 0)
            {
                return;
            }

            start += at;
            var length = line[start..].IndexOfAnyExceptInRange(level, byte.MaxValue);
            var end = length < 0 ? line.Length : start + length;
            byte peak = 0;
            foreach (var value in line[start..Math.Min(end, start + Run.PeakReach)])
            {
                peak = Math.Max(peak, value);
            }

            parents.Add(runs.Count);
            runs.Add(new Run(row, start, end, peak));
            at = end + 1;
        }
    }

    /// <summary>Joins the runs of the last row with those above that they touch, diagonally too.</summary>
    private void Connect(int above, int here)
    {
        var all = CollectionsMarshal.AsSpan(runs);
        var upper = above;
        for (var lower = here; lower < all.Length; lower++)
        {
            while (upper < here && all[upper].End < all[lower].Start)
            {
                upper++;
            }

            for (var next = upper; next < here && all[next].Start <= all[lower].End; next++)
            {
                Join(next, lower);
            }
        }
    }

    private void Join(int a, int b)
    {
        var (first, second) = (Root(a), Root(b));
        parents[Math.Max(first, second)] = Math.Min(first, second);
    }

    private int Root(int at)
    {
        var all = CollectionsMarshal.AsSpan(parents);
        while (all[at] != at)
        {
            all[at] = all[all[at]];
            at = all[at];
        }

        return at;
    }

    /// <summary>Sums up the runs; a component stands at the place of its first run.</summary>
    private void Gather()
    {
        CollectionsMarshal.SetCount(components, runs.Count);
        var all = CollectionsMarshal.AsSpan(components);
        all.Clear();
        var index = 0;
        foreach (var run in CollectionsMarshal.AsSpan(runs))
        {
            ref var component = ref all[Root(index++)];
            component = component.Pixels == 0
                ? new Component(run.Start, run.Row, run.End, run.Row + 1, run.End - run.Start, 1, run.Peak)
                : new Component(
                    Math.Min(component.Left, run.Start),
                    component.Top,
                    Math.Max(component.Right, run.End),
                    run.Row + 1,
                    component.Pixels + run.End - run.Start,
                    component.Runs + 1,
                    Math.Max(component.Peak, run.Peak));
        }
    }

    private readonly record struct Run(int Row, int Start, int End, byte Peak)
    {
        /// <summary>A longer run is no stroke of a letter, and reading all of it at every level would cost the most.</summary>
        public const int PeakReach = 64;
    }
}
