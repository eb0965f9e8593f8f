using System.Buffers.Binary;

namespace Pacsbin.Imaging.Codestreams;

/// <summary>Checks the segments of part 2's multiple component transformation (T.801 A.3), the only extension in DICOM (PS3.5 A.4.4).</summary>
internal static class MultipleComponentSegments
{
    public static bool IsExact(ushort marker, ReadOnlySpan<byte> contents, int position) => marker switch
    {
        Jpeg2000Marker.ComponentBitDepth => AreBitDepths(contents),
        Jpeg2000Marker.MultipleComponentTransform => IsArray(contents),
        Jpeg2000Marker.MultipleComponentCollection => IsCollection(contents),
        Jpeg2000Marker.MultipleComponentOrder => contents.Length > 0 && contents.Length == 1 + contents[0],
        >= 0xFF50 and < 0xFF80 => throw FrameError.Unsupported($"Marker segment {marker:X4} cannot be cleaned", position),
        _ => throw FrameError.Malformed("A marker is reserved or out of place", position),
    };

    private static bool AreBitDepths(ReadOnlySpan<byte> contents)
    {
        if (contents.Length < 3)
        {
            return false;
        }

        int count = BinaryPrimitives.ReadUInt16BigEndian(contents);

        // The highest bit: one depth for all components.
        return contents.Length == 2 + (count >= 0x8000 ? 1 : count);
    }

    // Zmct, Imct, Ymct in the first segment of a series, then elements of 2, 4, 4 or 8 bytes.
    private static bool IsArray(ReadOnlySpan<byte> contents)
    {
        if (contents.Length < 4)
        {
            return false;
        }

        var elementBytes = ((contents[2] >> 2) & 3) switch { 0 => 2, 3 => 8, _ => 4 };
        var header = BinaryPrimitives.ReadUInt16BigEndian(contents) == 0 ? 6 : 4;
        return contents.Length > header && (contents.Length - header) % elementBytes == 0;
    }

    // Zmcc, Imcc, Ymcc, Qmcc, then for each collection its inputs, outputs and transformation. Series of segments are refused.
    private static bool IsCollection(ReadOnlySpan<byte> contents)
    {
        if (contents.Length < 7 || contents[0] != 0 || contents[1] != 0 || contents[3] != 0 || contents[4] != 0)
        {
            return false;
        }

        var collections = BinaryPrimitives.ReadUInt16BigEndian(contents[5..]);
        contents = contents[7..];
        for (var index = 0; index < collections; index++)
        {
            if (contents.IsEmpty)
            {
                return false;
            }

            contents = contents[1..];
            if (!TrySkipComponents(ref contents) || !TrySkipComponents(ref contents) || contents.Length < 3)
            {
                return false;
            }

            contents = contents[3..];
        }

        return contents.IsEmpty;
    }

    private static bool TrySkipComponents(ref ReadOnlySpan<byte> contents)
    {
        if (contents.Length < 2)
        {
            return false;
        }

        int count = BinaryPrimitives.ReadUInt16BigEndian(contents);
        var bytes = 2 + (count >= 0x8000 ? 2 * (count & 0x7FFF) : count);
        if (contents.Length < bytes)
        {
            return false;
        }

        contents = contents[bytes..];
        return true;
    }
}
