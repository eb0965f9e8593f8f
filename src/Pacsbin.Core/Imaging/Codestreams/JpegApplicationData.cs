namespace Pacsbin.Imaging.Codestreams;

/// <summary>Reduces application data to the few numbers that change how colours are decoded.</summary>
internal struct JpegApplicationData
{
    private int? adobeTransform;
    private int? jpegLsTransform;

    /// <summary>Whether there is a JFIF segment.</summary>
    public bool HasJfif { get; private set; }

    /// <summary>What Adobe's segment says: 0 for none, 1 for YCbCr, 2 for YCCK; null if there is no such segment.</summary>
    public readonly int? AdobeTransform => adobeTransform;

    /// <summary>Writes what must stay of an APPn segment, at most once each and with everything else constant.</summary>
    public void Write(byte marker, scoped ReadOnlySpan<byte> contents, ref CodestreamWriter writer, int position)
    {
        if (marker == JpegMarker.Application0 && contents.Length >= 14 && contents.StartsWith("JFIF\0"u8) && !HasJfif)
        {
            // T.871: the presence of JFIF means YCbCr. Version 1.01, aspect ratio 1:1, no thumbnail.
            HasJfif = true;
            writer.Write([0xFF, marker, 0, 16, .. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
        }
        else if (marker == JpegMarker.Application14 && contents.Length >= 12 && contents.StartsWith("Adobe"u8)
            && IsFirst(ref adobeTransform, contents[11], largest: 2, position))
        {
            // T.872 6.5.3: the transform; version and flags do not matter to decoders.
            writer.Write([0xFF, marker, 0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0, contents[11]]);
        }
        else if (marker == JpegMarker.Application8 && contents.Length == 5 && contents.StartsWith("mrfx"u8)
            && IsFirst(ref jpegLsTransform, contents[4], largest: 5, position))
        {
            writer.Write([0xFF, marker, 0, 7, .. contents]);
        }
    }

    private static bool IsFirst(ref int? known, byte value, int largest, int position)
    {
        if (value > largest || (known is not null && known != value))
        {
            throw FrameError.Malformed("A JPEG colour transform is unknown or contradicts an earlier one", position);
        }

        var first = known is null;
        known = value;
        return first;
    }
}
