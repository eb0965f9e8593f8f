using System.Text;
using Pacsbin.Imaging.Codestreams;
using Xunit;

namespace Pacsbin.Tests.Imaging.Codestreams;

/// <summary>Cleans what encoders make with options that the corpus lacks.</summary>
public class OtherEncodersTests
{
    [Theory]
    [InlineData("")]
    [InlineData("-t 32,32")]
    [InlineData("-t 32,32 -TP R -SOP -EPH")]
    [InlineData("-t 32,32 -TLM -PLT")]
    [InlineData("-t 32,32 -TP R -TLM -p RPCL")]
    [InlineData("-I -r 8,4,2 -c [64,64],[32,32] -M 63")]
    [InlineData("-n 1 -b 16,16 -POC T0=0,0,1,1,3,LRCP")]
    public void JPEG_2000_pixels_stay(string options)
    {
        Decoder.Require("opj_compress", "opj_decompress");
        InFolder(folder =>
        {
            var (input, coded, cleaned) = (Path.Combine(folder, "in.ppm"), Path.Combine(folder, "coded.j2k"), Path.Combine(folder, "cleaned.j2k"));
            File.WriteAllBytes(input, Picture());
            var frame = Decoder.Run("opj_compress", coded, ["-i", input, "-o", coded, "-C", "DOE^JANE", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
            Assert.NotNull(frame);
            Assert.True(frame.AsSpan().IndexOf("DOE^JANE"u8) >= 0);
            var result = new byte[frame.Length];
            var length = Jpeg2000Codestream.Clean(frame, result, out var removed);
            File.WriteAllBytes(cleaned, result[..length]);
            Assert.True(removed && result.AsSpan().IndexOf("DOE^JANE"u8) < 0);
            Assert.Equal(options.Contains("TLM", StringComparison.Ordinal), result.AsSpan(0, length).IndexOf([(byte)0xFF, (byte)0x55]) >= 0);
            var output = Path.Combine(folder, "out.ppm");
            var before = Decoder.Run("opj_decompress", output, "-i", coded, "-o", output);
            Assert.NotNull(before);
            Assert.Equal(before, Decoder.Run("opj_decompress", output, "-i", cleaned, "-o", output));
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("-progressive")]
    [InlineData("-arithmetic")]
    [InlineData("-arithmetic -progressive -restart 1B")]
    [InlineData("-restart 1 -optimize")]
    [InlineData("-rgb")]
    [InlineData("-grayscale -sample 2x1")]
    public void JPEG_pixels_stay(string options)
    {
        Decoder.Require("cjpeg", "djpeg");
        InFolder(folder =>
        {
            var (input, coded, cleaned) = (Path.Combine(folder, "in.ppm"), Path.Combine(folder, "coded.jpg"), Path.Combine(folder, "cleaned.jpg"));
            File.WriteAllBytes(input, Picture());
            var frame = Decoder.Run("cjpeg", coded, [.. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-outfile", coded, input]);
            Assert.NotNull(frame);
            frame = [.. frame.AsSpan(0, 2), 0xFF, 0xFE, 0, 10, .. "DOE^JANE"u8, .. frame.AsSpan(2)];
            File.WriteAllBytes(coded, frame);
            var result = new byte[frame.Length];
            var length = JpegCodestream.Clean(frame, result, out _);
            Assert.Equal(frame.Length - 12, length);
            File.WriteAllBytes(cleaned, result[..length]);
            var output = Path.Combine(folder, "out.ppm");
            var before = Decoder.Run("djpeg", output, "-outfile", output, coded);
            Assert.NotNull(before);
            Assert.Equal(before, Decoder.Run("djpeg", output, "-outfile", output, cleaned));
        });
    }

    // 64 x 64 x RGB with gradients and noise.
    private static byte[] Picture()
    {
        var random = new Random(1);
        var pixels = new byte[64 * 64 * 3];
        for (var index = 0; index < pixels.Length; index++)
        {
            pixels[index] = (byte)((index / 48) + random.Next(30));
        }

        return [.. Encoding.ASCII.GetBytes("P6\n64 64\n255\n"), .. pixels];
    }

    private static void InFolder(Action<string> test)
    {
        var folder = Directory.CreateTempSubdirectory("codestreams").FullName;
        try
        {
            test(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
