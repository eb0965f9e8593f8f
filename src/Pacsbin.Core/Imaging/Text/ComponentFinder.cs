using System.Runtime.InteropServices;

namespace Pacsbin.Imaging.Text;

/// <summary>Finds the connected components of a picture at or above a level, run by run.</summary>
/// <remarks>The arrays are kept between levels; they grow with the runs, up to a bound.</remarks>
internal sealed class ComponentFinder(int rows, int columns)
{
    /// <summary>Gaps and strokes up to this length are walked, as most are short; longer ones are searched.</summary>
    private const int WalkedPixels = 16;

    /// <summary>More runs than this are stripes or noise, not letters: half of the pixels of a picture of four million.</summary>
    private const int MaximumRuns = 2_000_000;

    private readonly List<Component> components = [];
    private readonly List<Component> found = [];
    private Run[] runs = new Run[Math.Max(256, columns)];
    private int[] parents = new int[Math.Max(256, columns)];
    private int[] places = new int[Math.Max(256, columns)];
    private int count;

    /// <summary>The components whose heights are within bounds, none where the level cuts everything to pieces; the list is valid until the next call.</summary>
    public List<Component> Find(ReadOnlySpan<byte> gray, byte level, int minimumHeight, int maximumHeight)
    {
        count = 0;
        found.Clear();
        int above = 0, here = 0;
        for (var row = 0; row < rows; row++)
        {
            AddRuns(gray.Slice(row * columns, columns), row, level);
            if (count > MaximumRuns)
            {
                return found;
            }

            Connect(above, here);
            (above, here) = (here, count);
        }

        Gather();
        foreach (ref readonly var component in CollectionsMarshal.AsSpan(components))
        {
            if (component.Height >= minimumHeight && component.Height <= maximumHeight)
            {
                found.Add(component);
            }
        }

        return found;
    }

    private void AddRuns(ReadOnlySpan<byte> line, int row, byte level)
    {
        if (runs.Length < count + (line.Length / 2) + 1)
        {
            Array.Resize(ref runs, (2 * runs.Length) + line.Length);
            Array.Resize(ref parents, runs.Length);
            Array.Resize(ref places, runs.Length);
        }

        var at = 0;
        while (true)
        {
            var walked = Math.Min(line.Length, at + WalkedPixels);
            while (at < walked && line[at] < level)
            {
                at++;
            }

            if (at == walked && at < line.Length)
            {
                var next = line[at..].IndexOfAnyInRange(level, byte.MaxValue);
                at = next < 0 ? line.Length : at + next;
            }

            if (at == line.Length)
            {
                return;
            }

            var start = at;
            byte peak = 0;
            walked = Math.Min(line.Length, at + (4 * WalkedPixels));
            while (at < walked && line[at] >= level)
            {
                peak = Math.Max(peak, line[at++]);
            }

            if (at == walked && at < line.Length)
            {
                // A longer run is no stroke of a letter: its peak does not matter.
                var next = line[at..].IndexOfAnyExceptInRange(level, byte.MaxValue);
                at = next < 0 ? line.Length : at + next;
            }

            parents[count] = count;
            runs[count++] = new Run(row, start, at, peak);
        }
    }

    /// <summary>Joins the runs of the last row with those above that they touch, diagonally too.</summary>
    private void Connect(int above, int here)
    {
        var upper = above;
        for (var lower = here; lower < count; lower++)
        {
            while (upper < here && runs[upper].End < runs[lower].Start)
            {
                upper++;
            }

            for (var next = upper; next < here && runs[next].Start <= runs[lower].End; next++)
            {
                var (first, second) = (Root(next), Root(lower));
                parents[Math.Max(first, second)] = Math.Min(first, second);
            }
        }
    }

    private int Root(int at)
    {
        while (parents[at] != at)
        {
            parents[at] = parents[parents[at]];
            at = parents[at];
        }

        return at;
    }

    /// <summary>Sums up the runs; the first run of a component is its root.</summary>
    private void Gather()
    {
        components.Clear();
        for (var i = 0; i < count; i++)
        {
            var run = runs[i];
            var root = Root(i);
            if (root == i)
            {
                places[i] = components.Count;
                components.Add(new Component(run.Start, run.Row, run.End, run.Row + 1, run.End - run.Start, 1, run.Peak));
                continue;
            }

            ref var component = ref CollectionsMarshal.AsSpan(components)[places[root]];
            component.Left = Math.Min(component.Left, run.Start);
            component.Right = Math.Max(component.Right, run.End);
            component.Bottom = run.Row + 1;
            component.Pixels += run.End - run.Start;
            component.Runs++;
            component.Peak = Math.Max(component.Peak, run.Peak);
        }
    }

    private readonly record struct Run(int Row, int Start, int End, byte Peak);
}
