using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>Entropy-coded segments (T.81 B.1.1.5): bytes where FF is followed by a stuffed zero, up to a marker.</summary>
internal static class EntropyCodedData
{
    /// <summary>Copies a segment without its stuffing, followed by <see cref="BlockReader.Padding"/> zeros that are not counted.</summary>
    /// <returns>The position of the marker after the segment, or of the frame's end.</returns>
    public static int Unstuff(ReadOnlySpan<byte> frame, int position, ByteBuffer output)
    {
        output.Clear();
        while (true)
        {
            var rest = frame[position..];
            var found = rest.IndexOf((byte)0xFF);
            if (found < 0 || found + 1 == rest.Length)
            {
                var end = found < 0 ? rest.Length : found;
                output.Write(rest[..end]);
                position += end;
                break;
            }

            if (rest[found + 1] != 0)
            {
                output.Write(rest[..found]);
                position += found;
                RequireMarker(frame, position);
                break;
            }

            output.Write(rest[..(found + 1)]);
            position += found + 2;
        }

        output.Reserve(BlockReader.Padding)[..BlockReader.Padding].Clear();
        return position;
    }

    /// <summary>Where in the frame a byte is that <see cref="Unstuff"/> has copied from a segment.</summary>
    public static int Locate(ReadOnlySpan<byte> frame, int start, long index)
    {
        var position = start;
        for (; index > 0 && position < frame.Length; index--)
        {
            position += frame[position] == 0xFF ? 2 : 1;
        }

        return Math.Min(position, frame.Length);
    }

    // Decoders disagree on FF FF 00: fill bytes of a marker that does not follow, or data.
    private static void RequireMarker(ReadOnlySpan<byte> frame, int position)
    {
        var next = frame[position..].IndexOfAnyExcept((byte)0xFF);
        if (next >= 0 && frame[position + next] == 0)
        {
            throw FrameError.Malformed("Fill bytes are not followed by a JPEG marker", position);
        }
    }
}
