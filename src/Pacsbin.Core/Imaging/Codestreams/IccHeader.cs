using System.Buffers.Binary;

namespace Pacsbin.Imaging.Codestreams;

/// <summary>Reduces an ICC profile's header (ICC.1 7.2) to its version, class, colour spaces and rendering choices.</summary>
internal static class IccHeader
{
    private const int Length = 128;

    private static ReadOnlySpan<byte> Classes => "scnrmntrprtrspac"u8;

    private static ReadOnlySpan<byte> ColourSpaces => "XYZ Lab Luv YCbrYxy RGB GRAYHSV HLS CMYKCMY 2CLR3CLR4CLR5CLR6CLR7CLR8CLR9CLRACLRBCLRCCLRDCLRECLRFCLR"u8;

    private static ReadOnlySpan<byte> ConnectionSpaces => "XYZ Lab "u8;

    /// <summary>Fails for what is no profile of an image: device links, named colours, or no profile at all.</summary>
    public static bool TryClean(ReadOnlySpan<byte> profile, out byte[] header)
    {
        header = [];
        if (profile.Length < Length
            || BinaryPrimitives.ReadUInt32BigEndian(profile) is var size && (size < Length || size > (uint)profile.Length)
            || profile[8] is not (2 or 4)
            || !IsListed(profile.Slice(12, 4), Classes)
            || !IsListed(profile.Slice(16, 4), ColourSpaces)
            || !IsListed(profile.Slice(20, 4), ConnectionSpaces)
            || !profile.Slice(36, 4).SequenceEqual("acsp"u8))
        {
            return false;
        }

        header = new byte[Length];
        profile.Slice(8, 2).CopyTo(header.AsSpan(8));
        profile.Slice(12, 12).CopyTo(header.AsSpan(12));
        profile.Slice(36, 4).CopyTo(header.AsSpan(36));

        // Flags (embedded, dependent), attributes (transparency, matte, negative, monochrome), rendering intent: the ICC's own bits.
        header[47] = (byte)(profile[47] & 3);
        header[63] = (byte)(profile[63] & 15);
        header[67] = (byte)(profile[67] & 3);

        // ICC.1 7.2.16: the illuminant is D50 in every profile.
        ReadOnlySpan<byte> illuminant = [0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D];
        illuminant.CopyTo(header.AsSpan(68));
        return true;
    }

    private static bool IsListed(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> list)
    {
        for (; !list.IsEmpty; list = list[4..])
        {
            if (list[..4].SequenceEqual(signature))
            {
                return true;
            }
        }

        return false;
    }
}
