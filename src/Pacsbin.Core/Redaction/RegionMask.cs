using Pacsbin.Imaging;

namespace Pacsbin.Redaction;

/// <summary>Columns of a row, half-open.</summary>
internal readonly record struct ColumnSpan(int Start, int End);

/// <summary>The pixels of a frame that are to be erased, as spans of each row.</summary>
internal sealed class RegionMask
{
    private readonly int columns;
    private readonly ColumnSpan[] spans;
    private readonly int[] ends;

    private RegionMask(int columns, ColumnSpan[] spans, int[] ends)
    {
        this.columns = columns;
        this.spans = spans;
        this.ends = ends;
    }

    /// <summary>Makes the union of what each region erases.</summary>
    /// <exception cref="PacsbinException">RegionOutsideImage.</exception>
    public static RegionMask Of(IReadOnlyList<RedactionRegion> regions, int rows, int columns, int frames)
    {
        var areas = regions.Select(r => (Area: r.In(rows, columns, frames), r.Outside)).ToArray();
        List<ColumnSpan> all = [];
        List<ColumnSpan> row = [];
        var ends = new int[rows];
        for (var y = 0; y < rows; y++)
        {
            row.Clear();
            foreach (var (area, outside) in areas)
            {
                var inside = area is { } known ? SpanOf(known, y, columns) : default;
                if (!outside)
                {
                    row.Add(inside);
                }
                else
                {
                    row.Add(new ColumnSpan(0, inside.Start));
                    row.Add(new ColumnSpan(inside.End, columns));
                }
            }

            AddUnion(row, all);
            ends[y] = all.Count;
        }

        return new RegionMask(columns, [.. all], ends);
    }

    /// <summary>The number of rows.</summary>
    public int Rows => ends.Length;

    /// <summary>Whether no pixel is erased.</summary>
    public bool IsEmpty => spans.Length == 0;

    /// <summary>What is erased of a row: ascending, without gaps of zero columns.</summary>
    public ReadOnlySpan<ColumnSpan> Row(int row)
    {
        var start = row == 0 ? 0 : ends[row - 1];
        return spans.AsSpan(start, ends[row] - start);
    }

    /// <summary>Whether any pixel of a rectangle is erased; what lies beyond the image is not.</summary>
    public bool Touches(int left, int top, int right, int bottom)
    {
        right = Math.Min(right, columns);
        bottom = Math.Min(bottom, ends.Length);
        for (var y = top; y < bottom; y++)
        {
            foreach (var span in Row(y))
            {
                if (span.Start < right && span.End > left)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The same pixels, seen from a plane whose first pixel lies elsewhere.</summary>
    /// <param name="top">The row of the image at which the plane begins; may be negative.</param>
    /// <param name="left">The column of the image at which the plane begins.</param>
    /// <param name="planeRows">Rows of the plane.</param>
    /// <param name="planeColumns">Columns of the plane.</param>
    /// <param name="beyond">Whether what lies beyond the image is erased.</param>
    public RegionMask MovedTo(int top, int left, int planeRows, int planeColumns, bool beyond)
    {
        List<ColumnSpan> all = [];
        List<ColumnSpan> row = [];
        var newEnds = new int[planeRows];
        for (var y = 0; y < planeRows; y++)
        {
            row.Clear();
            var imageRow = y + (long)top;
            var isInImage = imageRow >= 0 && imageRow < Rows;
            if (isInImage)
            {
                foreach (var span in Row((int)imageRow))
                {
                    row.Add(Clipped(span.Start - (long)left, span.End - (long)left, planeColumns));
                }
            }

            if (beyond)
            {
                row.Add(Clipped(0, isInImage ? -(long)left : planeColumns, planeColumns));
                row.Add(Clipped(columns - (long)left, planeColumns, planeColumns));
            }

            AddUnion(row, all);
            newEnds[y] = all.Count;
        }

        return new RegionMask(planeColumns, [.. all], newEnds);
    }

    private static ColumnSpan Clipped(long start, long end, int columns) =>
        new((int)Math.Clamp(start, 0, columns), (int)Math.Clamp(end, 0, columns));

    private static ColumnSpan SpanOf(PixelArea area, int y, int columns)
    {
        if (y < area.Y || y >= (long)area.Y + area.Height)
        {
            return default;
        }

        double start = area.X;
        var end = start + area.Width;
        if (area.IsEllipse)
        {
            var dy = (y + 0.5 - area.Y - (area.Height / 2.0)) / (area.Height / 2.0);
            var half = area.Width / 2.0 * Math.Sqrt(Math.Max(0, 1 - (dy * dy)));
            var center = area.X + (area.Width / 2.0);

            // The centers of pixels, half a column to the right of their left edges.
            (start, end) = (Math.Ceiling(center - half - 0.5), Math.Floor(center + half - 0.5) + 1);
        }

        var first = (int)Math.Clamp(start, 0, columns);
        return new ColumnSpan(first, Math.Max(first, (int)Math.Clamp(end, 0, columns)));
    }

    private static void AddUnion(List<ColumnSpan> row, List<ColumnSpan> all)
    {
        row.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        var first = all.Count;
        foreach (var span in row)
        {
            if (span.Start >= span.End)
            {
                continue;
            }

            if (all.Count > first && span.Start <= all[^1].End)
            {
                all[^1] = new ColumnSpan(all[^1].Start, Math.Max(all[^1].End, span.End));
            }
            else
            {
                all.Add(span);
            }
        }
    }
}
