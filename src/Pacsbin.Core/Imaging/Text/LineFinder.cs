using System.Runtime.InteropServices;

namespace Pacsbin.Imaging.Text;

/// <summary>Puts components that stand beside each other, at similar heights, into lines.</summary>
internal sealed class LineFinder
{
    private const int CellSize = 16;

    private readonly int cellRows;
    private readonly int cellColumns;
    private readonly int[] heads;
    private readonly List<int> next = [];
    private readonly List<int> parents = [];
    private readonly List<Component> letters = [];

    public LineFinder(int rows, int columns)
    {
        cellRows = (rows / CellSize) + 1;
        cellColumns = (columns / CellSize) + 1;
        heads = new int[cellRows * cellColumns];
    }

    /// <summary>Lines of two components or more, each from left to right.</summary>
    public List<Component[]> Find(List<Component> components)
    {
        letters.Clear();
        foreach (var component in components)
        {
            if (CanBeLetter(component))
            {
                letters.Add(component);
            }
        }

        Index();
        var all = CollectionsMarshal.AsSpan(letters);
        for (var i = 0; i < all.Length; i++)
        {
            if (Neighbour(all, i) is var neighbour and >= 0)
            {
                parents[Root(neighbour)] = Root(i);
            }
        }

        var lines = new Dictionary<int, List<Component>>();
        for (var i = 0; i < all.Length; i++)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(lines, Root(i), out _) ??= [];
            lines[Root(i)].Add(all[i]);
        }

        return [.. lines.Values.Where(line => line.Count > 1).Select(line => line.OrderBy(letter => letter.Left).ToArray())];
    }

    /// <summary>Letters are strokes: neither solid, nor nearly empty, nor wider than a merged word can be.</summary>
    private static bool CanBeLetter(in Component c)
    {
        var fill = c.Pixels / (double)(c.Width * c.Height);
        var runsPerRow = c.Runs / (double)c.Height;
        return fill >= 0.12 && c.Width <= c.Height * (2 + (4 * runsPerRow)) && runsPerRow <= 2 + (2.5 * c.Width / c.Height)
            && (fill <= 0.9 || c.Width * 2 <= c.Height || c.Height < 8);
    }

    private void Index()
    {
        Array.Fill(heads, -1);
        next.Clear();
        parents.Clear();
        foreach (var letter in CollectionsMarshal.AsSpan(letters))
        {
            var cell = (letter.Top / CellSize * cellColumns) + (letter.Left / CellSize);
            parents.Add(next.Count);
            next.Add(heads[cell]);
            heads[cell] = next.Count - 1;
        }
    }

    /// <summary>The nearest component to the right that can be the next letter; -1 if there is none.</summary>
    private int Neighbour(ReadOnlySpan<Component> all, int index)
    {
        ref readonly var letter = ref all[index];
        var reach = (int)(1.6 * 1.6 * letter.Height) + 2;
        var (best, bestGap) = (-1, int.MaxValue);
        for (var cellRow = Math.Max(0, letter.Top - letter.Height) / CellSize; cellRow <= Math.Min(cellRows - 1, letter.Bottom / CellSize); cellRow++)
        {
            for (var cellColumn = Math.Max(0, letter.Right - (letter.Height / 2)) / CellSize; cellColumn <= Math.Min(cellColumns - 1, (letter.Right + reach) / CellSize); cellColumn++)
            {
                for (var other = heads[(cellRow * cellColumns) + cellColumn]; other >= 0; other = next[other])
                {
                    var gap = all[other].Left - letter.Right;
                    if (other != index && gap < bestGap && all[other].Left > letter.Left && Follows(letter, all[other], gap))
                    {
                        (best, bestGap) = (other, gap);
                    }
                }
            }
        }

        return best;
    }

    private static bool Follows(in Component a, in Component b, int gap)
    {
        var (low, high) = (Math.Min(a.Height, b.Height), Math.Max(a.Height, b.Height));
        var tolerance = Math.Max(1, high * 0.18);
        return high <= (low * 1.7) + 1
            && gap <= 1.6 * high && gap >= -0.5 * low
            && Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Top, b.Top) >= 0.6 * low
            && (Math.Abs(a.Bottom - b.Bottom) <= tolerance || Math.Abs(a.Top - b.Top) <= tolerance || Math.Abs(a.Bottom + a.Top - b.Bottom - b.Top) <= 2 * tolerance);
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
}
