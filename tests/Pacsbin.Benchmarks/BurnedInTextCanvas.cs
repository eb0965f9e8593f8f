namespace Pacsbin.Benchmarks;

/// <summary>A gray picture of real numbers, 0 black to 255 white, that backgrounds are painted on.</summary>
internal sealed class BurnedInTextCanvas(int rows, int columns, Random random)
{
    public int Rows => rows;

    public int Columns => columns;

    public Random Random => random;

    public float[] Values { get; } = new float[rows * columns];

    public double Between(double low, double high) => low + (random.NextDouble() * (high - low));

    public bool Chance(double probability) => random.NextDouble() < probability;

    /// <summary>Noise of mean 0 and standard deviation 1 whose neighbours resemble each other over a radius.</summary>
    public float[] Noise(int horizontalRadius, int verticalRadius)
    {
        var noise = new float[Values.Length];
        var state = (uint)random.Next(1, int.MaxValue);
        for (var i = 0; i < noise.Length; i++)
        {
            // Marsaglia's xorshift, as Random would take most of the time; the sum of four bytes is nearly normal.
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            noise[i] = (state & 255) + ((state >> 8) & 255) + ((state >> 16) & 255) + (state >> 24) - 510f;
        }

        noise = Blur(noise, horizontalRadius, verticalRadius);
        double squares = 0;
        foreach (var value in noise)
        {
            squares += value * value;
        }

        var scale = (float)Math.Sqrt(noise.Length / squares);
        for (var i = 0; i < noise.Length; i++)
        {
            noise[i] *= scale;
        }

        return noise;
    }

    public float[] Blur(float[] source, int horizontalRadius, int verticalRadius)
    {
        // One pass of a box for a radius of 1, where two look the same; two are nearly a bell.
        for (var pass = 0; pass < Math.Min(2, Math.Max(horizontalRadius, verticalRadius)); pass++)
        {
            source = BlurLines(source, horizontalRadius, rows, columns, columns, 1);
            source = BlurLines(source, verticalRadius, columns, rows, 1, columns);
        }

        return source;
    }

    /// <summary>Changes what lies in a rotated ellipse; the change is given the distance from the middle, 0 to 1.</summary>
    public void Ellipse(double x, double y, double radiusX, double radiusY, double angle, Func<float, double, float> change)
    {
        var reach = (int)Math.Max(radiusX, radiusY) + 1;
        var (sin, cos) = Math.SinCos(angle);
        for (var row = Math.Max(0, (int)y - reach); row < Math.Min(rows, y + reach); row++)
        {
            for (var column = Math.Max(0, (int)x - reach); column < Math.Min(columns, x + reach); column++)
            {
                var along = (((column - x) * cos) + ((row - y) * sin)) / radiusX;
                var across = (((row - y) * cos) - ((column - x) * sin)) / radiusY;
                var distance = (along * along) + (across * across);
                if (distance <= 1)
                {
                    ref var value = ref Values[(row * columns) + column];
                    value = change(value, Math.Sqrt(distance));
                }
            }
        }
    }

    public void Fill(int x, int y, int width, int height, Func<int, int, float> value)
    {
        for (var row = Math.Max(0, y); row < Math.Min(rows, y + height); row++)
        {
            for (var column = Math.Max(0, x); column < Math.Min(columns, x + width); column++)
            {
                Values[(row * columns) + column] = value(column - x, row - y);
            }
        }
    }

    /// <summary>A line of a thickness, soft over one pixel at its edges, that shows where the change says.</summary>
    public void Line(double fromX, double fromY, double toX, double toY, double thickness, float value)
    {
        var length = Math.Max(1e-6, Math.Sqrt(((toX - fromX) * (toX - fromX)) + ((toY - fromY) * (toY - fromY))));
        var (directionX, directionY) = ((toX - fromX) / length, (toY - fromY) / length);
        var reach = (thickness / 2) + 1;
        for (var row = Math.Max(0, (int)(Math.Min(fromY, toY) - reach)); row <= Math.Min(rows - 1, Math.Max(fromY, toY) + reach); row++)
        {
            for (var column = Math.Max(0, (int)(Math.Min(fromX, toX) - reach)); column <= Math.Min(columns - 1, Math.Max(fromX, toX) + reach); column++)
            {
                var along = Math.Clamp(((column - fromX) * directionX) + ((row - fromY) * directionY), 0, length);
                var (offX, offY) = (column - fromX - (along * directionX), row - fromY - (along * directionY));
                var cover = (float)Math.Clamp((thickness / 2) + 0.5 - Math.Sqrt((offX * offX) + (offY * offY)), 0, 1);
                ref var at = ref Values[(row * columns) + column];
                at += (value - at) * cover;
            }
        }
    }

    public byte[] ToBytes() => Array.ConvertAll(Values, v => (byte)Math.Clamp(v + 0.5f, 0, 255));

    private static float[] BlurLines(float[] source, int radius, int lines, int length, int lineStep, int step)
    {
        if (radius == 0)
        {
            return source;
        }

        var result = new float[source.Length];
        var weight = 1f / ((2 * radius) + 1);
        for (var line = 0; line < lines; line++)
        {
            var at = line * lineStep;
            float sum = 0;
            var (enter, leave) = (at, at - (((2 * radius) + 1) * step));
            for (var i = -radius; i < length; i++)
            {
                sum += i + radius < length ? source[enter] : 0;
                sum -= i > radius ? source[leave] : 0;
                enter += step;
                leave += step;
                if (i >= 0)
                {
                    result[at + (i * step)] = sum * weight;
                }
            }
        }

        return result;
    }
}
