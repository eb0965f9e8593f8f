namespace Pacsbin.Imaging.Text;

/// <summary>Measures lines of components on the picture that they were found in.</summary>
internal static class LineMeter
{
    public static PixelArea Around(ReadOnlySpan<Component> line)
    {
        var (left, top, right, bottom) = (int.MaxValue, int.MaxValue, 0, 0);
        foreach (var letter in line)
        {
            (left, top) = (Math.Min(left, letter.Left), Math.Min(top, letter.Top));
            (right, bottom) = (Math.Max(right, letter.Right), Math.Max(bottom, letter.Bottom));
        }

        return new PixelArea(left, top, right - left, bottom - top);
    }

    public static LineFeatures Measure(ReadOnlySpan<byte> gray, int rows, int columns, byte level, Component[] line, PixelArea area)
    {
        double pixels = 0, runs = 0, heights = 0, widths = 0, boxes = 0;
        foreach (var letter in line)
        {
            pixels += letter.Pixels;
            runs += letter.Runs;
            heights += letter.Height;
            widths += letter.Width;
            boxes += letter.Width * (double)letter.Height;
        }

        var height = Median(line, letter => letter.Height);
        var (bottom, top) = (Median(line, letter => letter.Bottom), Median(line, letter => letter.Top));
        var tolerance = Math.Max(1, height * 0.1);
        var (contrast, crispness, roughness, within, unevenness) = Inside(gray, columns, level, area);
        var band = Math.Max(1, (int)(height / 5));
        var (above, below) = (Density(gray, rows, columns, level, area, area.Y - band, area.Y), Density(gray, rows, columns, level, area, area.Y + area.Height, area.Y + area.Height + band));
        var peaks = line.Select(letter => letter.Peak).Order().ToArray();
        return new LineFeatures
        {
            Letters = line.Length,
            Height = height,
            RunsPerRow = runs / heights,
            Stroke = pixels / runs / height,
            Fill = pixels / boxes,
            Margin = (above + below) / 2 / Math.Max(within, 1e-3),
            Aligned = line.Count(letter => Math.Abs(letter.Bottom - bottom) <= tolerance || Math.Abs(letter.Top - top) <= tolerance) / (double)line.Length,
            Contrast = contrast,
            Crispness = crispness / Math.Max(contrast, 1),
            PeakSpread = (peaks[^(1 + (int)(peaks.Length * 0.15))] - peaks[(int)(peaks.Length * 0.15)]) / Math.Max(contrast, 1),
            Roughness = roughness / Math.Max(contrast, 1),
            Unevenness = unevenness / Math.Max(contrast, 1),
            StrokesPerWidth = runs / widths,
        };
    }

    private static double Median(Component[] line, Func<Component, int> of)
    {
        var values = line.Select(of).Order().ToArray();
        return values[values.Length / 2];
    }

    private static (double Contrast, double Jump, double Roughness, double Density, double Unevenness) Inside(ReadOnlySpan<byte> gray, int columns, byte level, PixelArea area)
    {
        long ink = 0, inkSum = 0, restSum = 0, restSquares = 0, jumps = 0, ends = 0, core = 0, coreSum = 0, coreSquares = 0;
        for (var row = area.Y; row < area.Y + area.Height; row++)
        {
            var line = gray.Slice(row * columns, columns);
            for (var x = area.X; x < area.X + area.Width; x++)
            {
                int value = line[x];
                if (value < level)
                {
                    restSum += value;
                    restSquares += value * value;
                    continue;
                }

                ink++;
                inkSum += value;
                if (x > area.X && x + 1 < area.X + area.Width && row > area.Y && row + 1 < area.Y + area.Height
                    && line[x - 1] >= level && line[x + 1] >= level && gray[((row - 1) * columns) + x] >= level && gray[((row + 1) * columns) + x] >= level)
                {
                    core++;
                    coreSum += value;
                    coreSquares += value * value;
                }

                if (x > 1 && line[x - 1] < level)
                {
                    ends++;
                    jumps += Math.Max(value, line[Math.Min(x + 1, columns - 1)]) - Math.Min(line[x - 1], line[x - 2]);
                }

                if (x + 2 < columns && line[x + 1] < level)
                {
                    ends++;
                    jumps += Math.Max(value, line[Math.Max(x - 1, 0)]) - Math.Min(line[x + 1], line[x + 2]);
                }
            }
        }

        var size = (double)area.Width * area.Height;
        var rest = Math.Max(1, size - ink);
        var mean = restSum / rest;
        return (ink == 0 ? 0 : (inkSum / (double)ink) - mean, jumps / Math.Max(1.0, ends), Deviation(restSum, restSquares, (long)rest), ink / size, Deviation(coreSum, coreSquares, core) * Math.Min(1, 10.0 * core / Math.Max(ink, 1)));
    }

    private static double Deviation(long sum, long squares, long count)
    {
        var mean = sum / Math.Max(1.0, count);
        return Math.Sqrt(Math.Max(0, (squares / Math.Max(1.0, count)) - (mean * mean)));
    }

    /// <summary>The share of pixels at or above the level in some rows beside an area; 0 beyond the picture.</summary>
    private static double Density(ReadOnlySpan<byte> gray, int rows, int columns, byte level, PixelArea area, int from, int to)
    {
        (from, to) = (Math.Max(0, from), Math.Min(rows, to));
        var ink = 0;
        for (var row = from; row < to; row++)
        {
            foreach (var value in gray.Slice((row * columns) + area.X, area.Width))
            {
                ink += value >= level ? 1 : 0;
            }
        }

        return to > from ? ink / ((double)(to - from) * area.Width) : 0;
    }
}
