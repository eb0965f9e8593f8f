namespace Pacsbin.Imaging;

/// <summary>Makes a rendered frame larger or smaller; every pixel of a large one has its share in a small one, so that thin lines stay.</summary>
internal static class FrameScaler
{
    private const int UnitBits = 22; // the most for which 255 units fit into an int
    private const int Unit = 1 << UnitBits;
    private const int LineBits = 7;

    /// <summary>Scales by a triangle filter as wide as two pixels of the coarser of the two grids.</summary>
    public static RenderedFrame Scale(RenderedFrame frame, int width, int height)
    {
        if ((width, height) == (frame.Columns, frame.Rows))
        {
            return frame;
        }

        var samples = frame.BytesPerPixel;
        var (across, down) = (Axis(frame.Columns, width), Axis(frame.Rows, height));
        var result = GC.AllocateUninitializedArray<byte>(width * height * samples);
        var line = new int[frame.Columns * samples];
        for (var y = 0; y < height; y++)
        {
            Blend(frame.Pixels.Span, down[y], line);
            var row = result.AsSpan(y * width * samples, width * samples);
            for (var x = 0; x < width; x++)
            {
                Blend(line, across[x], samples, row.Slice(x * samples, samples));
            }
        }

        return new RenderedFrame(height, width, frame.IsColor, result, 1);
    }

    /// <summary>Makes one line of several rows, in units of 1/128 of a level.</summary>
    private static void Blend(ReadOnlySpan<byte> pixels, Tap tap, int[] line)
    {
        Array.Clear(line);
        for (var i = 0; i < tap.Weights.Length; i++)
        {
            var weight = tap.Weights[i];
            var row = pixels.Slice((tap.First + i) * line.Length, line.Length);
            for (var x = 0; x < row.Length; x++)
            {
                line[x] += weight * row[x];
            }
        }

        for (var x = 0; x < line.Length; x++)
        {
            line[x] >>= UnitBits - LineBits;
        }
    }

    private static void Blend(int[] line, Tap tap, int samples, Span<byte> pixel)
    {
        for (var sample = 0; sample < samples; sample++)
        {
            long sum = 0;
            for (var i = 0; i < tap.Weights.Length; i++)
            {
                sum += (long)tap.Weights[i] * line[((tap.First + i) * samples) + sample];
            }

            pixel[sample] = (byte)((sum + (1L << (UnitBits + LineBits - 1))) >> (UnitBits + LineBits));
        }
    }

    private static Tap[] Axis(int from, int to)
    {
        var scale = from / (double)to;
        var reach = Math.Max(1, scale);
        var taps = new Tap[to];
        for (var i = 0; i < to; i++)
        {
            var center = ((i + 0.5) * scale) - 0.5;
            var first = Math.Max(0, (int)Math.Ceiling(center - reach));
            var last = Math.Min(from - 1, (int)Math.Floor(center + reach));
            var shares = Enumerable.Range(first, last - first + 1).Select(at => Math.Max(0, 1 - (Math.Abs(at - center) / reach))).ToArray();
            var total = shares.Sum();
            taps[i] = new Tap(first, Weights(shares, total));
        }

        return taps;
    }

    /// <summary>Rounds where shares begin and end instead of the shares: none is negative, however many there are, and they add up.</summary>
    private static int[] Weights(double[] shares, double total)
    {
        var weights = new int[shares.Length];
        var (sum, before) = (0.0, 0);
        for (var i = 0; i < shares.Length; i++)
        {
            sum += shares[i];
            var end = i == shares.Length - 1 ? Unit : Math.Min(Unit, (int)Math.Round(sum / total * Unit));
            weights[i] = end - before;
            before = end;
        }

        return weights;
    }

    /// <summary>The rows or columns of the source that have a share, and their shares, which add up to <see cref="Unit"/>.</summary>
    private readonly record struct Tap(int First, int[] Weights);
}
