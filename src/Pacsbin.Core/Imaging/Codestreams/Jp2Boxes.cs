using System.Buffers.Binary;

namespace Pacsbin.Imaging.Codestreams;

/// <summary>Finds the codestream in a JP2 file (T.800 Annex I); some devices put the whole file where PS3.5 A.4.4 wants the codestream.</summary>
internal static class Jp2Boxes
{
    private static ReadOnlySpan<byte> Signature => [0, 0, 0, 12, (byte)'j', (byte)'P', (byte)' ', (byte)' ', 0x0D, 0x0A, 0x87, 0x0A];

    /// <summary>Returns the contents of box <c>jp2c</c>, or the frame itself if it is no JP2 file.</summary>
    public static ReadOnlySpan<byte> FindCodestream(ReadOnlySpan<byte> frame)
    {
        if (!frame.StartsWith(Signature))
        {
            return frame;
        }

        var position = Signature.Length;
        while (true)
        {
            var contents = ReadBox(frame, ref position, out var type);
            if (type.SequenceEqual("jp2c"u8))
            {
                return contents;
            }

            if (type.SequenceEqual("jp2h"u8))
            {
                ValidateHeader(contents, position);
            }
        }
    }

    // Without the file format nothing may be lost that turns codestream components into samples.
    private static void ValidateHeader(ReadOnlySpan<byte> header, int end)
    {
        var position = 0;
        while (position < header.Length)
        {
            var contents = ReadBox(header, ref position, out var type);
            if (type.SequenceEqual("pclr"u8) || type.SequenceEqual("cmap"u8)
                || (type.SequenceEqual("cdef"u8) && !AreChannelsInOrder(contents)))
            {
                throw FrameError.Unsupported("A JP2 file with a palette or mapped channels cannot be cleaned", end);
            }
        }
    }

    // T.800 I.5.3.6: number, type 0 (colour), and which colour of the colour space, for each channel.
    private static bool AreChannelsInOrder(ReadOnlySpan<byte> contents)
    {
        for (var channel = 0; contents.Length >= 2 + (6 * (channel + 1)); channel++)
        {
            var entry = contents[(2 + (6 * channel))..];
            if (BinaryPrimitives.ReadUInt16BigEndian(entry) != channel
                || BinaryPrimitives.ReadUInt16BigEndian(entry[2..]) != 0
                || BinaryPrimitives.ReadUInt16BigEndian(entry[4..]) != channel + 1)
            {
                return false;
            }
        }

        return true;
    }

    private static ReadOnlySpan<byte> ReadBox(ReadOnlySpan<byte> boxes, scoped ref int position, out ReadOnlySpan<byte> type)
    {
        var rest = boxes[position..];
        if (rest.Length < 8)
        {
            throw FrameError.Malformed("The JP2 file ends without a codestream or inside a box", position);
        }

        // T.800 I.4: 1 means that a length of 8 bytes follows the type, 0 that the box is the last.
        type = rest.Slice(4, 4);
        ulong length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        var header = length == 1 ? 16 : 8;
        length = length switch
        {
            0 => (ulong)rest.Length,
            1 when rest.Length >= 16 => BinaryPrimitives.ReadUInt64BigEndian(rest[8..]),
            _ => length,
        };
        if (length < (ulong)header || length > (ulong)rest.Length)
        {
            throw FrameError.Malformed("A JP2 box does not fit into the frame", position);
        }

        position += (int)length;
        return rest[header..(int)length];
    }
}
