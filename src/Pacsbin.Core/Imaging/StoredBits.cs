namespace Pacsbin.Imaging;

/// <summary>The bits of a cell of at most 16 that hold the value (PS3.5 8.1.1), which others beside them are no part of.</summary>
internal readonly struct StoredBits
{
    private readonly int shift;
    private readonly int mask;
    private readonly int signBit;

    public StoredBits(in ImageShape shape)
    {
        var stored = Math.Min(shape.BitsStored, shape.BitsAllocated);
        // A wrong High Bit must not move the value out of its cell.
        shift = Math.Clamp(shape.HighBit + 1 - stored, 0, shape.BitsAllocated - stored);
        mask = (1 << stored) - 1;
        signBit = shape.IsSigned ? 1 << (stored - 1) : 0;
    }

    /// <summary>Whether values can be negative.</summary>
    public bool IsSigned => signBit != 0;

    /// <summary>How many values there are.</summary>
    public int Count => mask + 1;

    /// <summary>The value's bits, from 0 to <see cref="Count"/> exclusive.</summary>
    public int IndexOf(int cell) => (cell >> shift) & mask;

    /// <summary>The value that bits stand for.</summary>
    public int ValueOf(int index) => (index ^ signBit) - signBit;
}

/// <summary>The lowest and the highest of some values.</summary>
internal struct ValueRange
{
    public static ValueRange Empty => new() { Minimum = double.PositiveInfinity, Maximum = double.NegativeInfinity };

    public double Minimum { get; private set; }

    public double Maximum { get; private set; }

    /// <summary>Whether there are two values that differ.</summary>
    public readonly bool HasSeveral => Minimum < Maximum;

    /// <summary>Takes a value into account, unless it is infinite or no number.</summary>
    public void Add(double value)
    {
        if (double.IsFinite(value))
        {
            Minimum = Math.Min(Minimum, value);
            Maximum = Math.Max(Maximum, value);
        }
    }
}
