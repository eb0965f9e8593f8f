namespace Pacsbin.Tests.Imaging.Jpeg;

/// <summary>Encodes lossless JPEG frames (T.81 annex H) with what other encoders leave out: restarts, and a scan for each component.</summary>
internal sealed class LosslessEncoder(int rows, int columns, int components, int precision)
{
    private readonly List<byte> frame = [];
    private ulong bits;
    private int bitCount;

    public int Predictor { get; init; } = 1;

    public int PointTransform { get; init; }

    /// <summary>Rows between restart markers; 0 for none.</summary>
    public int RestartRows { get; init; }

    public bool IsInterleaved { get; init; } = true;

    /// <param name="samples">Color by pixel.</param>
    public byte[] Encode(int[] samples)
    {
        frame.AddRange([0xFF, 0xD8]);
        Segment(0xC3, [(byte)precision, .. Word(rows), .. Word(columns), (byte)components, .. Enumerable.Range(1, components).SelectMany(c => new byte[] { (byte)c, 0x11, 0 })]);

        // All 17 categories have codes of five bits.
        Segment(0xC4, [0, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. Enumerable.Range(0, 17).Select(i => (byte)i)]);
        if (RestartRows > 0)
        {
            Segment(0xDD, Word(RestartRows * columns));
        }

        var all = Enumerable.Range(0, components).ToArray();
        foreach (var scan in IsInterleaved ? [all] : all.Select(c => new[] { c }))
        {
            Segment(0xDA, [(byte)scan.Length, .. scan.SelectMany(c => new byte[] { (byte)(c + 1), 0 }), (byte)Predictor, 0, (byte)PointTransform]);
            Scan(samples, scan);
        }

        frame.AddRange([0xFF, 0xD9]);
        return [.. frame];
    }

    private void Scan(int[] samples, int[] scan)
    {
        for (var y = 0; y < rows; y++)
        {
            var isFirst = y == 0;
            if (RestartRows > 0 && y > 0 && y % RestartRows == 0)
            {
                Flush();
                frame.AddRange([0xFF, (byte)(0xD0 + (((y / RestartRows) - 1) & 7))]);
                isFirst = true;
            }

            for (var x = 0; x < columns; x++)
            {
                foreach (var component in scan)
                {
                    int At(int column, int row) => samples[((((row * columns) + column) * components) + component)] >> PointTransform;
                    var prediction = (x, isFirst) switch
                    {
                        (0, true) => 1 << (precision - PointTransform - 1),
                        (_, true) => At(x - 1, y),
                        (0, _) => At(0, y - 1),
                        _ => Predict(At(x - 1, y), At(x, y - 1), At(x - 1, y - 1)),
                    };
                    Write((short)(At(x, y) - prediction));
                }
            }
        }

        Flush();
    }

    private int Predict(int a, int b, int c) => Predictor switch
    {
        1 => a, 2 => b, 3 => c, 4 => a + b - c, 5 => a + ((b - c) >> 1), 6 => b + ((a - c) >> 1), _ => (a + b) / 2,
    };

    private void Write(short difference)
    {
        var category = difference == 0 ? 0 : 32 - int.LeadingZeroCount(Math.Abs((int)difference));
        Bits(category, 5);
        if (category is > 0 and < 16)
        {
            Bits(difference < 0 ? difference - 1 + (1 << category) : difference, category);
        }
    }

    private void Bits(int value, int count)
    {
        (bits, bitCount) = ((bits << count) | (uint)value, bitCount + count);
        while (bitCount >= 8)
        {
            bitCount -= 8;
            var next = (byte)(bits >> bitCount);
            frame.Add(next);
            if (next == 0xFF)
            {
                frame.Add(0);
            }
        }
    }

    private void Flush()
    {
        if (bitCount > 0)
        {
            Bits((1 << (8 - bitCount)) - 1, 8 - bitCount);
        }
    }

    private void Segment(byte marker, byte[] contents) => frame.AddRange([0xFF, marker, .. Word(contents.Length + 2), .. contents]);

    private static byte[] Word(int value) => [(byte)(value >> 8), (byte)value];
}
