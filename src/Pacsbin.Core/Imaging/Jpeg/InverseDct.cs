using System.Runtime.Intrinsics;

namespace Pacsbin.Imaging.Jpeg;

/// <summary>The inverse cosine transform of a block (T.81 A.3.3), in single precision and for eight columns at once.</summary>
internal static class InverseDct
{
    // Half the cosines of multiples of pi / 16.
    private const float C1 = 0.490392640f;
    private const float C2 = 0.461939766f;
    private const float C3 = 0.415734806f;
    private const float C4 = 0.353553391f;
    private const float C5 = 0.277785117f;
    private const float C6 = 0.191341716f;
    private const float C7 = 0.097545161f;

    /// <summary>Makes samples of coefficients.</summary>
    /// <param name="coefficients">64, row by row.</param>
    /// <param name="steps">The quantization steps, row by row.</param>
    /// <param name="precision">Bits of a sample.</param>
    /// <param name="samples">64, from 0 to 2 to the power of <paramref name="precision"/> - 1.</param>
    public static void Transform(ReadOnlySpan<short> coefficients, ReadOnlySpan<float> steps, int precision, Span<int> samples)
    {
        float middle = 1 << (precision - 1);
        var limit = (1 << precision) - 1;
        if (!coefficients[1..].ContainsAnyExcept((short)0))
        {
            samples.Fill(Math.Clamp((int)MathF.Floor((coefficients[0] * steps[0] / 8) + middle + 0.5f), 0, limit));
            return;
        }

        Span<float> block = stackalloc float[64];
        for (var i = 0; i < 64; i++)
        {
            // Transposed, so that after two transformations of columns rows are rows again.
            block[((i & 7) << 3) | (i >> 3)] = coefficients[i] * steps[i];
        }

        TransformColumns(block);
        for (var y = 0; y < 8; y++)
        {
            for (var x = y + 1; x < 8; x++)
            {
                (block[(8 * y) + x], block[(8 * x) + y]) = (block[(8 * x) + y], block[(8 * y) + x]);
            }
        }

        TransformColumns(block);
        for (var y = 0; y < 8; y++)
        {
            var row = Vector256.Create<float>(block[(8 * y)..]) + Vector256.Create(middle + 0.5f);
            row = Vector256.Min(Vector256.Max(row, Vector256<float>.Zero), Vector256.Create((float)limit));
            Vector256.ConvertToInt32(row).CopyTo(samples[(8 * y)..]);
        }
    }

    private static void TransformColumns(Span<float> block)
    {
        var r0 = Vector256.Create<float>(block);
        var r1 = Vector256.Create<float>(block[8..]);
        var r2 = Vector256.Create<float>(block[16..]);
        var r3 = Vector256.Create<float>(block[24..]);
        var r4 = Vector256.Create<float>(block[32..]);
        var r5 = Vector256.Create<float>(block[40..]);
        var r6 = Vector256.Create<float>(block[48..]);
        var r7 = Vector256.Create<float>(block[56..]);

        var sum = (r0 + r4) * C4;
        var difference = (r0 - r4) * C4;
        var wide = (r2 * C2) + (r6 * C6);
        var narrow = (r2 * C6) - (r6 * C2);
        var (e0, e1, e2, e3) = (sum + wide, difference + narrow, difference - narrow, sum - wide);
        var o0 = (r1 * C1) + (r3 * C3) + (r5 * C5) + (r7 * C7);
        var o1 = (r1 * C3) - (r3 * C7) - (r5 * C1) - (r7 * C5);
        var o2 = (r1 * C5) - (r3 * C1) + (r5 * C7) + (r7 * C3);
        var o3 = (r1 * C7) - (r3 * C5) + (r5 * C3) - (r7 * C1);

        (e0 + o0).CopyTo(block);
        (e1 + o1).CopyTo(block[8..]);
        (e2 + o2).CopyTo(block[16..]);
        (e3 + o3).CopyTo(block[24..]);
        (e3 - o3).CopyTo(block[32..]);
        (e2 - o2).CopyTo(block[40..]);
        (e1 - o1).CopyTo(block[48..]);
        (e0 - o0).CopyTo(block[56..]);
    }
}
