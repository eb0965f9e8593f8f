namespace Pacsbin.Imaging.Codestreams;

/// <summary>Checks that segments are exactly as long as what they hold, so that nothing else fits into them.</summary>
internal static class JpegSegments
{
    /// <param name="marker">The marker's second byte.</param>
    /// <param name="contents">What follows the length.</param>
    /// <param name="position">Where the segment ends, for messages.</param>
    public static void Validate(byte marker, ReadOnlySpan<byte> contents, int position)
    {
        var exact = marker switch
        {
            JpegMarker.StartOfScan => contents.Length > 0 && contents[0] is >= 1 and <= 4 && contents.Length == 4 + (2 * contents[0]),
            JpegMarker.DefineQuantizationTables => AreQuantizationTables(contents),
            JpegMarker.DefineHuffmanTables => AreHuffmanTables(contents),
            JpegMarker.DefineArithmeticConditioning => contents.Length is > 0 and <= 16 && contents.Length % 2 == 0,
            JpegMarker.DefineRestartInterval or JpegMarker.DefineNumberOfLines => contents.Length == 2,
            JpegMarker.ExpandReferenceComponents => contents.Length == 1,
            JpegMarker.JpegLsParameters => AreJpegLsParameters(contents, position),
            JpegMarker.DefineHierarchicalProgression => IsFrameHeader(contents),
            _ when JpegMarker.IsStartOfFrame(marker) => IsFrameHeader(contents),
            _ => throw FrameError.Malformed("A JPEG marker is reserved or out of place", position),
        };
        if (!exact)
        {
            throw FrameError.Malformed($"The length of JPEG segment FF{marker:X2} contradicts its contents", position);
        }
    }

    // T.81 B.2.2; DICOM has at most four components (PS3.5 8.2.1).
    private static bool IsFrameHeader(ReadOnlySpan<byte> contents) =>
        contents.Length >= 6 && contents[5] is >= 1 and <= 4 && contents.Length == 6 + (3 * contents[5]);

    // T.81 B.2.4.1
    private static bool AreQuantizationTables(ReadOnlySpan<byte> contents)
    {
        var some = false;
        while (!contents.IsEmpty)
        {
            var (precision, destination) = (contents[0] >> 4, contents[0] & 15);
            var size = 1 + (64 << precision);
            if (precision > 1 || destination > 3 || contents.Length < size)
            {
                return false;
            }

            contents = contents[size..];
            some = true;
        }

        return some;
    }

    // T.81 B.2.4.2
    private static bool AreHuffmanTables(ReadOnlySpan<byte> contents)
    {
        var some = false;
        while (!contents.IsEmpty)
        {
            if (contents.Length < 17 || contents[0] >> 4 > 1 || (contents[0] & 15) > 3)
            {
                return false;
            }

            var values = 0;
            var codeSpace = 0;
            for (var bits = 1; bits <= 16; bits++)
            {
                values += contents[bits];
                codeSpace += contents[bits] << (16 - bits);
            }

            // T.81 C.2: more codes than a prefix code has would never be read.
            if (values > 256 || codeSpace > 0x10000 || contents.Length < 17 + values)
            {
                return false;
            }

            contents = contents[(17 + values)..];
            some = true;
        }

        return some;
    }

    // T.87 C.2.4.1: presets and oversize dimensions; mapping tables (2 and 3) could hold anything.
    private static bool AreJpegLsParameters(ReadOnlySpan<byte> contents, int position)
    {
        if (contents.IsEmpty)
        {
            return false;
        }

        return contents[0] switch
        {
            1 => contents.Length == 11,
            2 or 3 => throw FrameError.Unsupported("JPEG-LS mapping tables cannot be cleaned", position),
            4 => contents.Length >= 2 && contents[1] is >= 2 and <= 4 && contents.Length == 2 + (2 * contents[1]),
            _ => throw FrameError.Malformed("A JPEG-LS parameter segment is reserved", position),
        };
    }
}
