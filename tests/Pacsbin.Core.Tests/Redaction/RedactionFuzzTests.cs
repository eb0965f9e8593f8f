using Pacsbin.Redaction;
using Xunit;

namespace Pacsbin.Tests.Redaction;

/// <summary>Damaged files: whatever still comes out shows nothing in the region, and nothing but the product's own error is thrown.</summary>
public sealed class RedactionFuzzTests(ITestOutputHelper output)
{
    private const int Times = 250;
    private static readonly TextImage Gray = new("MONOCHROME2", 1, 8, 8) { Rows = 40, Columns = 48, LetterHeight = 12 };

    public static TheoryData<string, string> Kinds => new()
    {
        { "1.2.840.10008.1.2.1", "" },
        { "1.2.840.10008.1.2.5", "" },
        { "1.2.840.10008.1.2.1.98", "" },
        { "1.2.840.10008.1.2.8.1", "" },
        { "1.2.840.10008.1.2.4.50", "+eb" },
        { "1.2.840.10008.1.2.4.55", "+ep" },
        { "1.2.840.10008.1.2.4.70", "+e1" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_damaged_file_shows_nothing_or_is_refused(string syntax, string options)
    {
        var frames = options.Length > 0 ? [.. JpegRedactionTests.FramesOf(JpegRedactionTests.Compress(Gray, options))] : Gray.NativeFrames();
        var image = syntax == DicomBuilder.ExplicitLittle ? Gray.ToNative() : Gray.ToEncapsulated(syntax, [.. frames.Select(f => syntax switch
        {
            "1.2.840.10008.1.2.5" => RleEncoder.Encode(f, 1, 1, false),
            "1.2.840.10008.1.2.8.1" => DicomBuilder.Deflate(f),
            _ => f,
        })], Wrapping.BasicOffsets);
        var random = new Random(20261122);
        var (erased, refused, unreadable) = (0, 0, 0);
        for (var time = 0; time < Times; time++)
        {
            var bytes = Damaged(image, random);
            byte[] result;
            try
            {
                result = Erased.Of(bytes, new RedactionRegion(0, 0, 48, 12) { Clip = true });
            }
            catch (PacsbinException)
            {
                refused++;
                continue;
            }
            catch (Xunit.Sdk.NotNullException)
            {
                continue; // the damage hit the pixel data's tag: there is no image to erase
            }

            try
            {
                AssertNothingShown(Decoded.Of(result), time);
                erased++;
            }
            catch (PacsbinException)
            {
                unreadable++;
            }
        }

        output.WriteLine($"{syntax}: erased {erased}, refused {refused}, erased but not decoded {unreadable}");
        Assert.True(erased + refused > Times / 2 && erased > 0);
    }

    /// <summary>A few bytes changed, most of them in the header or at the start of a frame, where they matter.</summary>
    private static byte[] Damaged(byte[] image, Random random)
    {
        var bytes = image.ToArray();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(3) switch
            {
                0 => random.Next(320, Math.Min(560, bytes.Length)),
                1 => random.Next(500, Math.Min(1200, bytes.Length)),
                _ => random.Next(320, bytes.Length),
            };
            bytes[at] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)(bytes[at] ^ (1 << random.Next(8)));
        }

        return bytes;
    }

    private static void AssertNothingShown(Decoded image, int time)
    {
        for (var frame = 0; frame < image.Frames.Length; frame++)
        {
            for (var row = 0; row < Math.Min(12, image.Shape.Rows); row++)
            {
                for (var column = 0; column < Math.Min(48, image.Shape.Columns); column++)
                {
                    for (var sample = 0; sample < image.Shape.Samples; sample++)
                    {
                        if (image.At(frame, row, column, sample) != image.At(0, 0, 0, sample))
                        {
                            Assert.Fail($"Time {time}: frame {frame} row {row} column {column} of {image.Shape} is still seen.");
                        }
                    }
                }
            }
        }
    }
}
