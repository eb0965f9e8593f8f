using System.Runtime.InteropServices;

namespace Pacsbin.Imaging;

/// <summary>Looks for shapes drawn with one value on a ground of one value, both outside of the window.</summary>
/// <remarks>A window hides something of nearly every image, such as lung and bone. But noise and anatomy seldom have the same two values side by side
/// again and again, as the edges of burned-in letters do.</remarks>
internal static class HiddenStrokes
{
    /// <summary>How often the same two values must be neighbours; a line of a few letters has more.</summary>
    private const int LeastEdges = 40;

    /// <summary>Differences below this part of the frame's range would be faint in a full-range picture too.</summary>
    private const int LeastContrast = 64;

    /// <summary>Bounds the memory that a frame of noise takes.</summary>
    private const int MostPairs = 1 << 16;

    /// <summary>Whether a frame has such shapes.</summary>
    /// <param name="cells">Cells of 8 or 16 bits.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="table">The gray of each value, as <see cref="GrayFrame.Render"/> gives it.</param>
    public static bool Any(ReadOnlySpan<byte> cells, in ImageShape shape, byte[] table)
    {
        var stored = new StoredBits(shape);
        var pixels = shape.Rows * shape.Columns;
        if (shape.BitsAllocated == 8)
        {
            return Any(cells[..pixels], static cell => cell, stored, shape.Columns, table);
        }

        return Any(MemoryMarshal.Cast<byte, ushort>(cells)[..pixels], static cell => cell, stored, shape.Columns, table);
    }

    private static bool Any<T>(ReadOnlySpan<T> cells, Func<T, int> valueOf, StoredBits stored, int columns, byte[] table)
        where T : unmanaged
    {
        int lowest = int.MaxValue, highest = int.MinValue;
        bool isBlack = false, isWhite = false;
        foreach (var cell in cells)
        {
            var index = stored.IndexOf(valueOf(cell));
            var value = stored.ValueOf(index);
            (lowest, highest) = (Math.Min(lowest, value), Math.Max(highest, value));
            isBlack |= table[index] == byte.MinValue;
            isWhite |= table[index] == byte.MaxValue;
        }

        var least = Math.Max(2, (highest - lowest) / LeastContrast);
        return (isBlack || isWhite) && HasEdges(cells, valueOf, stored, columns, table, least);
    }

    private static bool HasEdges<T>(ReadOnlySpan<T> cells, Func<T, int> valueOf, StoredBits stored, int columns, byte[] table, int least)
        where T : unmanaged
    {
        var edges = new Dictionary<(int, int), int>();
        for (var start = 0; start < cells.Length; start += columns)
        {
            var before = stored.IndexOf(valueOf(cells[start]));
            foreach (var cell in cells.Slice(start, columns))
            {
                var index = stored.IndexOf(valueOf(cell));
                var isHidden = index != before && table[index] == table[before] && (table[index] is byte.MinValue or byte.MaxValue);
                if (isHidden && Math.Abs(stored.ValueOf(index) - stored.ValueOf(before)) >= least && Count(edges, before, index) >= LeastEdges)
                {
                    return true;
                }

                before = index;
            }
        }

        return false;
    }

    private static int Count(Dictionary<(int, int), int> edges, int first, int second)
    {
        var pair = (Math.Min(first, second), Math.Max(first, second));
        if (edges.Count >= MostPairs && !edges.ContainsKey(pair))
        {
            return 0;
        }

        return ++CollectionsMarshal.GetValueRefOrAddDefault(edges, pair, out _);
    }
}
