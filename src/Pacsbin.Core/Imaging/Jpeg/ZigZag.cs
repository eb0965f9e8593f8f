namespace Pacsbin.Imaging.Jpeg;

/// <summary>The order in which a block's coefficients are coded (T.81 figure A.6).</summary>
internal static class ZigZag
{
    private static readonly byte[] Order = Walk();

    /// <summary>For each coded coefficient its place in the block, row by row.</summary>
    public static ReadOnlySpan<byte> Natural => Order;

    private static byte[] Walk()
    {
        var order = new byte[64];
        var next = 0;
        for (var diagonal = 0; diagonal < 15; diagonal++)
        {
            for (var i = 0; i <= diagonal; i++)
            {
                // Odd diagonals run down to the left, even ones up to the right.
                var (x, y) = diagonal % 2 == 0 ? (i, diagonal - i) : (diagonal - i, i);
                if (x < 8 && y < 8)
                {
                    order[next++] = (byte)((8 * y) + x);
                }
            }
        }

        return order;
    }
}
