using System.Diagnostics;
using Pacsbin.Imaging.Codestreams;
using Xunit;

namespace Pacsbin.Tests.Imaging.Codestreams;

public class CodestreamFuzzTests
{
    private delegate int Cleaning(ReadOnlySpan<byte> frame, Span<byte> destination);

    private static readonly Dictionary<string, Cleaning> Cleanings = new()
    {
        ["jpeg"] = (frame, destination) => JpegCodestream.Clean(frame, destination, out _),
        ["jpegls"] = (frame, destination) => JpegCodestream.Clean(frame, destination, out _),
        ["j2k"] = (frame, destination) => Jpeg2000Codestream.Clean(frame, destination, out _),
        ["rle"] = (frame, destination) => RleFrame.Clean(frame, 2, 4096, destination, out _),
        ["icc"] = (frame, _) => IccProfile.Clean(frame).Length,
        ["deflate"] = (frame, _) =>
        {
            DeflatedFrame.Clean(frame, 100, new MemoryStream());
            return 0;
        },
    };

    [Theory]
    [InlineData("jpeg")]
    [InlineData("jpegls")]
    [InlineData("j2k")]
    [InlineData("rle")]
    [InlineData("icc")]
    [InlineData("deflate")]
    public void Damaged_input_gives_a_result_or_a_PacsbinException(string form)
    {
        var random = new Random(20261122);
        var original = form switch
        {
            "jpeg" => JpegCodestreamTests.Rich,
            "jpegls" => JpegCodestreamTests.RichJpegLs,
            "j2k" => Jpeg2000CodestreamTests.Rich,
            "rle" => [2, 0, 0, 0, 64, 0, 0, 0, 70, .. new byte[55], 0x81, 1, 0x81, 2, 0, 3, 0xFE, 4, 1, 5, 6],
            "icc" => IccProfileTests.Rgb(),
            _ => Convert.FromHexString("73747571D5757574D3717572750103000A"),
        };
        var results = 0;
        for (var length = 0; length < original.Length; length++)
        {
            Count(form, original, length);
        }

        for (var round = 0; round < 10_000; round++)
        {
            var damaged = (byte[])original.Clone();
            for (var flips = random.Next(1, 5); flips > 0; flips--)
            {
                damaged[random.Next(damaged.Length)] = (byte)(random.Next(3) == 0 ? 0xFF : random.Next(256));
            }

            results += Count(form, damaged, random.Next(4) == 0 ? random.Next(damaged.Length) : damaged.Length);
        }

        Assert.True(results > 0, "Some inputs must be cleaned.");
    }

    [Theory]
    [InlineData("jpeg", 0xFF)]
    [InlineData("jpeg", 0x00)]
    [InlineData("j2k", 0xFF)]
    [InlineData("j2k", 0x00)]
    [InlineData("rle", 0x80)]
    [InlineData("rle", 0x00)]
    public void Time_grows_with_the_length_alone(string form, byte filler)
    {
        byte[] start = form switch
        {
            "jpeg" => JpegCodestreamTests.Rich[..^2],
            "j2k" => Jpeg2000CodestreamTests.Open,
            _ => [1, 0, 0, 0, 64, .. new byte[59]],
        };
        var frame = new byte[32 * 1024 * 1024];
        frame.AsSpan().Fill(filler);
        start.CopyTo(frame, 0);
        var watch = Stopwatch.StartNew();
        Count(form, frame, frame.Length);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{watch.Elapsed}");
    }

    private static int Count(string form, byte[] bytes, int length)
    {
        // An exact copy: a read beyond the frame is a read beyond the array.
        var frame = bytes.AsSpan(0, length).ToArray();
        try
        {
            Assert.True(Cleanings[form](frame, new byte[length + RleFrame.MaxGrowth]) <= length + 200);
            return 1;
        }
        catch (PacsbinException e)
        {
            Assert.True(e.Error is PacsbinError.MalformedElement or PacsbinError.UnsupportedTransferSyntax);
            return 0;
        }
    }
}
