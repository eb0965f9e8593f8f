using System.IO.Compression;
using Pacsbin.Imaging.Codestreams;
using Xunit;

namespace Pacsbin.Tests.Imaging.Codestreams;

public class DeflatedFrameTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(300_000)]
    public void Pixels_stay_and_tails_vanish(int length)
    {
        var pixels = new byte[length];
        new Random(length).NextBytes(pixels.AsSpan(0, length / 2));
        byte[] frame = [.. Deflate([.. pixels, .. "DOE^JANE"u8]), .. "DOE^JANE"u8];
        var cleaned = new MemoryStream();
        DeflatedFrame.Clean(frame, length, cleaned);
        Assert.True(cleaned.ToArray().AsSpan().IndexOf("DOE"u8) < 0);
        Assert.Equal(pixels, Inflate(cleaned.ToArray()));
    }

    [Fact]
    public void Too_few_pixels_are_refused()
    {
        Refuse(Deflate(new byte[10]), 11);
        Refuse(Deflate(new byte[10])[..2], 10);
        Refuse([], 10);
        Refuse([0xFF, 0xFF, 0xFF], 10);
    }

    [Fact]
    public void A_size_that_the_frame_cannot_hold_is_refused_at_once() => Refuse(Deflate(new byte[10]), long.MaxValue);

    private static byte[] Deflate(byte[] bytes)
    {
        var output = new MemoryStream();
        using (var stream = new DeflateStream(output, CompressionLevel.Fastest))
        {
            stream.Write(bytes);
        }

        return output.ToArray();
    }

    private static byte[] Inflate(byte[] bytes)
    {
        var output = new MemoryStream();
        using var stream = new DeflateStream(new MemoryStream(bytes), CompressionMode.Decompress);
        stream.CopyTo(output);
        return output.ToArray();
    }

    private static void Refuse(byte[] frame, long frameBytes)
    {
        var e = Assert.Throws<PacsbinException>(() => DeflatedFrame.Clean(frame, frameBytes, new MemoryStream()));
        Assert.Equal(PacsbinError.MalformedElement, e.Error);
    }
}
