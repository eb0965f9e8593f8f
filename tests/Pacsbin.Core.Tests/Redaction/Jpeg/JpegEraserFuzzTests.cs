using System.Buffers;
using System.Diagnostics;
using Pacsbin.Imaging;
using Pacsbin.Redaction.Jpeg;
using Xunit;

namespace Pacsbin.Tests.Redaction.Jpeg;

public class JpegEraserFuzzTests
{
    private static readonly PixelArea Area = new(0, 0, 40, 20);

    [Theory]
    [InlineData("-sample 2x2")]
    [InlineData("-sample 2x1 -restart 1 -optimize")]
    [InlineData("-grayscale -optimize")]
    [InlineData("0;1;2;")]
    public void Damaged_frames_give_an_erased_frame_or_a_PacsbinException(string form)
    {
        var image = PpmImage.Photo(72, 48, 3, letterHeight: 16);
        var original = form.EndsWith(';') ? LibJpeg.EncodeInScans(image, form) : LibJpeg.Encode(image, form.Split(' '));
        var random = new Random(20261122);
        var results = 0;
        for (var round = 0; round < 3000; round++)
        {
            var damaged = (byte[])original.Clone();
            for (var changes = random.Next(1, 5); changes > 0; changes--)
            {
                var at = random.Next(random.Next(2) == 0 ? 700 : damaged.Length);
                damaged[at] = random.Next(4) switch
                {
                    0 => 0xFF,
                    1 => 0,
                    2 => (byte)(damaged[at] ^ (1 << random.Next(8))),
                    _ => (byte)random.Next(256),
                };
            }

            results += Erase(damaged[..(random.Next(8) == 0 ? random.Next(damaged.Length) : damaged.Length)]);
        }

        Assert.True(results > 100, $"Some frames must be erased, not only {results}.");
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0xFF)]
    [InlineData(0x55)]
    public void Time_grows_with_the_length_alone(int filler)
    {
        var frame = new byte[16 * 1024 * 1024];
        frame.AsSpan().Fill((byte)filler);
        var start = LibJpeg.Encode(PpmImage.Photo(72, 48, 1), "-restart", "1")[..^2];
        start.CopyTo(frame, 0);
        var watch = Stopwatch.StartNew();
        Erase(frame);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(3), $"{watch.Elapsed}");
    }

    // Whatever is written is a frame whose touched blocks are constant, to a decoder that shares nothing with the product.
    private static int Erase(byte[] frame)
    {
        var output = new ArrayBufferWriter<byte>();
        try
        {
            JpegEraser.CanErase(frame);
            JpegEraser.Erase(frame, Erasing.Erasure(72, 48, "YBR_FULL", Area), output);
        }
        catch (PacsbinException e)
        {
            Assert.True(e.Error is PacsbinError.MalformedElement or PacsbinError.Truncated or PacsbinError.UnsupportedTransferSyntax);
            Assert.Equal(0, output.WrittenCount);
            return 0;
        }

        var erased = CoefficientDecoder.Decode(output.WrittenSpan.ToArray());
        Assert.Equal((72, 48), (erased.Width, erased.Height));
        Erasing.AssertCoefficients(TryDecode(frame) ?? erased, erased, Area);
        return 1;
    }

    // Null for what the strict decoder of the tests does not read to its end.
    private static CoefficientDecoder? TryDecode(byte[] frame)
    {
        try
        {
            return CoefficientDecoder.Decode(frame);
        }
        catch (Exception e) when (e is InvalidDataException or IndexOutOfRangeException or KeyNotFoundException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }
}
