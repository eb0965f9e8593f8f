using Pacsbin.Imaging;
using Pacsbin.Imaging.Codestreams;
using Pacsbin.Imaging.Jpeg;
using Xunit;

namespace Pacsbin.Tests.Redaction.Jpeg;

public class JpegEraserColorTests
{
    private static readonly byte[] Jfif = [0xFF, 0xE0, 0, 16, .. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0];
    private static readonly byte[] ShortJfif = [0xFF, 0xE0, 0, 9, .. "JFIF\0"u8, 1, 1];

    public static TheoryData<string, bool, string, bool> Frames() => new()
    {
        // Segments; whether components are named R, G, B; what the data set says; whether they are red, green and blue
        { "adobe 0", false, "YBR_FULL_422", true },
        { "adobe 1", true, "RGB", false },
        { "adobe 2", true, "RGB", false },
        { "jfif, adobe 0", false, "YBR_FULL", true },
        { "jfif", true, "RGB", false },
        { "short jfif", false, "RGB", true },
        { "short jfif", true, "YBR_FULL", true },
        { "", true, "YBR_FULL_422", true },
        { "", false, "RGB", true },
        { "", false, "YBR_FULL", false },
        { "", false, "YBR_FULL_422", false },
        { "late adobe 0", false, "YBR_FULL", false },
    };

    [Theory]
    [MemberData(nameof(Frames))]
    public void Colors_are_the_same_for_erasing_decoding_and_after_cleaning(string segments, bool isNamed, string declared, bool isRgb)
    {
        var frame = Frame(segments, isNamed);
        var photometric = Enum.Parse<PhotometricInterpretation>(declared.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
        Assert.Equal(isRgb, IsRgb(frame, photometric));

        var cleaned = new byte[frame.Length];
        var length = JpegCodestream.Clean(frame, cleaned, out _);
        Assert.Equal(isRgb, IsRgb(cleaned[..length], photometric));

        var erased = Erasing.Erase(frame, 32, 16, declared, new PixelArea(0, 0, 8, 8));
        Assert.Equal(isRgb, IsRgb(erased, photometric));
        Assert.Equal(isRgb, CoefficientDecoder.Decode(erased).Components[2].Blocks[0][0] != 0);
    }

    [Fact]
    public void A_transform_that_nobody_knows_is_refused()
    {
        var frame = Frame("adobe 3", isNamed: false);
        Assert.Throws<PacsbinException>(() => JpegDecoder.ReadHeader(frame));
        Assert.Throws<PacsbinException>(() => Erasing.Erase(frame, 32, 16, "RGB", new PixelArea(0, 0, 8, 8)));
    }

    private static bool IsRgb(byte[] frame, PhotometricInterpretation declared)
    {
        var (header, colors) = JpegDecoder.ReadHeader(frame);
        return colors.Find(header, declared) == PhotometricInterpretation.Rgb;
    }

    private static byte[] Frame(string segments, bool isNamed)
    {
        var frame = LibJpeg.EncodeInScans(PpmImage.Photo(32, 16, 3), "0;1;2;")[2..];
        frame = frame[frame.AsSpan().IndexOf([(byte)0xFF, (byte)0xDB])..];
        if (isNamed)
        {
            var header = frame.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
            for (var i = 0; i < 3; i++)
            {
                frame[frame.AsSpan().IndexOf([(byte)0xFF, (byte)0xDA, (byte)0, (byte)8, (byte)1, (byte)(i + 1)]) + 5] = (byte)"RGB"[i];
                frame[header + 10 + (3 * i)] = (byte)"RGB"[i];
            }
        }

        byte[] start = [0xFF, 0xD8];
        foreach (var segment in segments.Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            byte[] adobe = [0xFF, 0xEE, 0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0, (byte)(segment[^1] - '0')];
            if (segment.StartsWith("late", StringComparison.Ordinal))
            {
                var second = frame.AsSpan().IndexOf([(byte)0xFF, (byte)0xDA, (byte)0, (byte)8, (byte)1, (byte)2]);
                frame = [.. frame[..second], .. adobe, .. frame[second..]];
            }
            else
            {
                start = [.. start, .. segment switch { "jfif" => Jfif, "short jfif" => ShortJfif, _ => adobe }];
            }
        }

        return [.. start, .. frame];
    }
}
