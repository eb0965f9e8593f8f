using System.Buffers.Binary;
using System.Numerics;

namespace Pacsbin.Imaging.Text;

/// <summary>Brings cells of 32 or 64 bits, whole numbers or fractions, into 16 bits and keeps their order.</summary>
internal static class WideValues
{
    /// <summary>Reads as many values as there is room for.</summary>
    /// <param name="cells">Little-endian cells.</param>
    /// <param name="shape">Tells what the cells hold.</param>
    /// <param name="values">Receives a value for each cell, as fine as the frame's range allows.</param>
    public static void Read(ReadOnlySpan<byte> cells, in ImageShape shape, Span<ushort> values)
    {
        var (lowest, highest) = (ulong.MaxValue, ulong.MinValue);
        for (var i = 0; i < values.Length; i++)
        {
            var key = Key(cells, shape, i);
            (lowest, highest) = (Math.Min(lowest, key), Math.Max(highest, key));
        }

        var shift = Math.Max(0, 48 - BitOperations.LeadingZeroCount(highest - lowest));
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (ushort)((Key(cells, shape, i) - lowest) >> shift);
        }
    }

    /// <summary>A whole number without a sign that orders as the cell's value does.</summary>
    private static ulong Key(ReadOnlySpan<byte> cells, in ImageShape shape, int index)
    {
        var isSingle = shape.BitsAllocated == 32;
        if (shape.IsFloat)
        {
            double value = isSingle ? BinaryPrimitives.ReadSingleLittleEndian(cells[(4 * index)..]) : BinaryPrimitives.ReadDoubleLittleEndian(cells[(8 * index)..]);
            var bits = BitConverter.DoubleToUInt64Bits(double.IsFinite(value) ? value : 0);
            return bits >> 63 == 0 ? bits | (1UL << 63) : ~bits;
        }

        var cell = isSingle ? BinaryPrimitives.ReadUInt32LittleEndian(cells[(4 * index)..]) : BinaryPrimitives.ReadUInt64LittleEndian(cells[(8 * index)..]);
        var high = Math.Clamp(shape.HighBit, shape.BitsStored - 1, shape.BitsAllocated - 1);
        var top = cell << (63 - high);
        return (shape.IsSigned ? top ^ (1UL << 63) : top) >> (64 - shape.BitsStored);
    }
}
