using System.Buffers.Binary;

namespace Pacsbin.Imaging.Codestreams;

/// <summary>Copies a lutAToBType or lutBToAType (ICC.1 10.12, 10.13) with zeros wherever none of its parts lies.</summary>
internal static class IccMultiFunctionTable
{
    private const int HeaderLength = 32;
    private const int MatrixLength = 48;
    private const int GridHeaderLength = 20;
    private const int MaxChannels = 15;

    /// <summary>Fails if a part is of an unknown kind or lies outside the element.</summary>
    public static bool TryClean(ReadOnlySpan<byte> element, out byte[] cleaned)
    {
        cleaned = new byte[element.Length];
        if (element.Length < HeaderLength || element[8] is 0 or > MaxChannels || element[9] is 0 or > MaxChannels)
        {
            return false;
        }

        element[..10].CopyTo(cleaned);
        element[12..HeaderLength].CopyTo(cleaned.AsSpan(12));

        // A curves are on the device's side, B and M curves on the profile connection space's.
        var isToConnection = element.StartsWith("mAB "u8);
        var (device, connection) = isToConnection ? (element[8], element[9]) : (element[9], element[8]);
        return TryCopyCurves(element, 12, connection, cleaned)
            && TryCopy(element, Offset(element, 16), MatrixLength, cleaned)
            && TryCopyCurves(element, 20, connection, cleaned)
            && TryCopyGrid(element, 24, cleaned)
            && TryCopyCurves(element, 28, device, cleaned);
    }

    private static long Offset(ReadOnlySpan<byte> element, int field) => BinaryPrimitives.ReadUInt32BigEndian(element[field..]);

    // An offset of 0 says that the part is absent.
    private static bool TryCopy(ReadOnlySpan<byte> element, long offset, long length, byte[] cleaned)
    {
        if (offset == 0)
        {
            return true;
        }

        if (offset < HeaderLength || length < 0 || length > element.Length - offset)
        {
            return false;
        }

        element.Slice((int)offset, (int)length).CopyTo(cleaned.AsSpan((int)offset));
        return true;
    }

    private static bool TryCopyCurves(ReadOnlySpan<byte> element, int field, int channels, byte[] cleaned)
    {
        var offset = Offset(element, field);
        for (var channel = 0; channel < channels && offset != 0; channel++)
        {
            if (offset > element.Length - 12)
            {
                return false;
            }

            var length = IccTagData.CurveLength(element[(int)offset..]);
            if (!TryCopy(element, offset, length, cleaned))
            {
                return false;
            }

            IccTagData.ClearReserved(cleaned.AsSpan((int)offset));

            // ICC.1 10.12.1: curves follow each other on four-byte boundaries.
            offset += (length + 3) & ~3L;
        }

        return true;
    }

    // 16 grid sizes, the bytes of a value, three of padding, then the values.
    private static bool TryCopyGrid(ReadOnlySpan<byte> element, int field, byte[] cleaned)
    {
        var offset = Offset(element, field);
        if (offset == 0)
        {
            return true;
        }

        if (offset > element.Length - GridHeaderLength || element[(int)offset + 16] is not (1 or 2))
        {
            return false;
        }

        var inputs = element[8];
        var length = (long)element[9] * element[(int)offset + 16];
        for (var input = 0; input < inputs && length <= element.Length; input++)
        {
            length *= element[(int)offset + input];
        }

        if (!TryCopy(element, offset, GridHeaderLength + length, cleaned))
        {
            return false;
        }

        cleaned.AsSpan((int)offset + inputs, 16 - inputs).Clear();
        cleaned.AsSpan((int)offset + 17, 3).Clear();
        return true;
    }
}
