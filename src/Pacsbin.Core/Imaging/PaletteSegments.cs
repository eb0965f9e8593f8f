using System.Buffers.Binary;
using Pacsbin.Dicom;

namespace Pacsbin.Imaging;

/// <summary>Segmented palette data (PS3.3 C.7.9.2): runs that are listed, interpolated, or copied from earlier ones.</summary>
internal static class PaletteSegments
{
    private const int Discrete = 0;
    private const int Linear = 1;
    private const int Indirect = 2;

    /// <summary>Makes one number of each entry.</summary>
    /// <param name="data">The segmented data.</param>
    /// <param name="count">The entries that the descriptor announces.</param>
    /// <param name="bits">8 or 16: how wide the numbers of the data are.</param>
    /// <param name="tag">For messages.</param>
    /// <exception cref="PacsbinException">MalformedElement if the segments do not give <paramref name="count"/> entries.</exception>
    public static ushort[] Expand(ReadOnlySpan<byte> data, int count, int bits, Tag tag)
    {
        var numbers = Numbers(data, bits);
        var entries = new ushort[count];
        var filled = 0;
        var position = 0;
        while (position < numbers.Length && filled < count)
        {
            position = Run(numbers, position, entries, ref filled, isCopy: false, bits, tag);
        }

        return filled == count ? entries : throw Malformed($"The segments give {filled} of {count} entries", tag);
    }

    private static int Run(ushort[] numbers, int position, ushort[] entries, ref int filled, bool isCopy, int bits, Tag tag)
    {
        if (position + 2 >= numbers.Length)
        {
            throw Malformed("A segment is cut off", tag);
        }

        var (kind, length) = (numbers[position], numbers[position + 1]);
        position += 2;
        if (length == 0 || (length > entries.Length - filled && kind is Discrete or Linear))
        {
            throw Malformed("The segments give none or more entries than the descriptor announces", tag);
        }

        switch (kind)
        {
            case Discrete when length <= numbers.Length - position:
                numbers.AsSpan(position, length).CopyTo(entries.AsSpan(filled));
                filled += length;
                return position + length;
            case Linear when filled > 0:
                Interpolate(entries.AsSpan(filled - 1, length + 1), numbers[position]);
                filled += length;
                return position + 1;
            case Indirect when !isCopy:
                return Copy(numbers, position, length, entries, ref filled, bits, tag);
            default:
                throw Malformed("A segment is of an unknown kind, cut off, or out of place", tag);
        }
    }

    // The offset is in bytes from the first segment, its low 16 bits first (in 8-bit data, its low byte).
    private static int Copy(ushort[] numbers, int position, int segments, ushort[] entries, ref int filled, int bits, Tag tag)
    {
        var width = bits == 8 ? 4 : 2;
        if (width > numbers.Length - position)
        {
            throw Malformed("A segment is cut off", tag);
        }

        long offset = 0;
        for (var i = width - 1; i >= 0; i--)
        {
            offset = (offset << bits) | numbers[position + i];
        }

        // A copied segment is before this one, and is none that copies: so it ends.
        var from = offset / (bits / 8);
        var limit = position - 2;
        for (var i = 0; i < segments; i++)
        {
            if (from >= limit)
            {
                throw Malformed("A segment is copied that does not come before", tag);
            }

            from = Run(numbers, (int)from, entries, ref filled, isCopy: true, bits, tag);
        }

        return position + width;
    }

    private static void Interpolate(Span<ushort> entries, int last)
    {
        int first = entries[0];
        var steps = entries.Length - 1;
        for (var i = 1; i <= steps; i++)
        {
            entries[i] = (ushort)Math.Round(first + ((double)(last - first) * i / steps));
        }
    }

    private static ushort[] Numbers(ReadOnlySpan<byte> value, int bits)
    {
        var numbers = new ushort[bits == 8 ? value.Length : value.Length / 2];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = bits == 8 ? value[i] : BinaryPrimitives.ReadUInt16LittleEndian(value[(2 * i)..]);
        }

        return numbers;
    }

    private static PacsbinException Malformed(string what, Tag tag) => new(PacsbinError.MalformedElement, $"{what} (PS3.3 C.7.9.2).", tag);
}
