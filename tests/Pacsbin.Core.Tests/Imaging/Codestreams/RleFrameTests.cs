using System.Buffers.Binary;
using Pacsbin.Imaging.Codestreams;
using Xunit;

namespace Pacsbin.Tests.Imaging.Codestreams;

public class RleFrameTests
{
    [Fact]
    public void Plain_frame_stays_as_it_is()
    {
        var frame = Frame([64, 68], [3, 1, 2, 3, 4, 0], [0xFD, 7]);
        frame = Frame([64, 70], frame[64..]);
        Assert.Equal(frame, Clean(frame, 2, 4, out var removed));
        Assert.False(removed);
    }

    [Fact]
    public void Gaps_tails_and_unused_offsets_are_removed()
    {
        var frame = Frame([70, 80], "JANE^^"u8.ToArray(), [0xFD, 9], "DOE^JANE"u8.ToArray(), [1, 5, 6, 1, 7, 8], "1970"u8.ToArray());
        "DOE^"u8.CopyTo(frame.AsSpan(40));
        Assert.Equal(Frame([64, 66], [0xFD, 9], [1, 5, 6, 1, 7, 8]), Clean(frame, 2, 4, out var removed));
        Assert.True(removed);
    }

    [Fact]
    public void Runs_beyond_the_last_pixel_are_shortened()
    {
        var frame = Frame([64, 74], [7, 1, 2, .. "DOE^JA"u8, 0], [0x81, 9]);
        Assert.Equal(Frame([64, 68], [1, 1, 2, 0], [0xFF, 9]), Clean(frame, 2, 2, out _));
        Assert.Equal(Frame([64, 66], [0, 1], [0, 9]), Clean(frame, 2, 1, out _));
    }

    [Fact]
    public void No_operation_bytes_are_removed() =>
        Assert.Equal(Frame([64], [1, 1, 2, 0]), Clean(Frame([64], [0x80, 0x80, 1, 1, 2, 0x80, 0x80]), 1, 2, out _));

    [Fact]
    public void A_segment_that_ends_early_is_kept()
    {
        var frame = Frame([64], [2, 1, 2, 3]);
        Assert.Equal(frame, Clean(frame, 1, 100, out _));
        Assert.Equal(Frame([64], [0xFE, 1]), Clean(Frame([64], [0xFE, 1, 0]), 1, 100, out _));
    }

    [Fact]
    public void PS3_5_G_5_offsets_are_ascending_inside_the_frame_and_as_many_as_the_image_needs()
    {
        byte[] data = [1, 1, 2, 0, 1, 3, 4, 0];
        Refuse(Frame([64, 64], data), 2);
        Refuse(Frame([68, 64], data), 2);
        Refuse(Frame([60, 68], data), 2);
        Refuse(Frame([64, 72], data), 2);
        Refuse(Frame([64, 0xDEADBEEF], data), 2);
        Refuse(Frame([64, 68], data), 1);
        Refuse(Frame([64, 68], data), 3);
        Refuse(Frame([], data), 0);
        Refuse(Frame([64], data)[..63], 1);
        Refuse(Frame([64], [3, 1, 2]), 1);
        Refuse(Frame([64], [0xFE]), 1);
        Refuse(Frame([64], [0]), 1);
    }

    private static byte[] Frame(uint[] offsets, params byte[][] parts)
    {
        var header = new byte[64];
        BinaryPrimitives.WriteInt32LittleEndian(header, offsets.Length);
        for (var index = 0; index < offsets.Length; index++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4 + (4 * index)), offsets[index]);
        }

        return [.. header, .. parts.SelectMany(part => part)];
    }

    private static byte[] Clean(byte[] frame, int segments, long segmentBytes, out bool removed)
    {
        var destination = new byte[frame.Length + RleFrame.MaxGrowth];
        return destination[..RleFrame.Clean(frame, segments, segmentBytes, destination, out removed)];
    }

    private static void Refuse(byte[] frame, int segments)
    {
        var e = Assert.Throws<PacsbinException>(() => Clean(frame, segments, 4, out _));
        Assert.Equal(PacsbinError.MalformedElement, e.Error);
    }
}
