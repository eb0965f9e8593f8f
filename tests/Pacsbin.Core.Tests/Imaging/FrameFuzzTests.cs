using System.Buffers;
using System.Diagnostics;
using Pacsbin.Imaging;
using Pacsbin.Tests.Imaging.Jpeg;
using Xunit;

namespace Pacsbin.Tests.Imaging;

public sealed class FrameFuzzTests
{
    private const int Rounds = 1500;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("")]
    [InlineData("-sample 2x2 -restart 2B")]
    [InlineData("-progressive")]
    [InlineData("-sample 4x1 -progressive -restart 1")]
    public void Damaged_JPEG_frames_are_decoded_or_refused(string options)
    {
        var frame = JpegSamples.Encode(33, 41, out _, options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Damage(frame, new ImageFile(33, 41) { Samples = 3, Photometric = "RGB" }, "1.2.840.10008.1.2.4.50");
    }

    [Theory]
    [InlineData("+e1")]
    [InlineData("+el")]
    [InlineData("+ee")]
    [InlineData("+ep")]
    public void Damaged_JPEG_frames_of_16_bit_cells_are_decoded_or_refused(string process)
    {
        var image = new ImageFile(33, 41) { BitsAllocated = 16, BitsStored = 12 };
        using var file = ImageFile.Open(JpegSamples.Convert(image.Native(image.Wavy()), "dcmcjpeg", process)!);
        Assert.True(file.Dataset.TryGet(Pacsbin.Dicom.Tags.PixelData, out var element));
        var frame = new byte[element.Fragments![0].Length];
        file.Source.ReadExactly(element.Fragments[0].Offset, frame);
        Damage(frame, image, "1.2.840.10008.1.2.4.70");
    }

    [Fact]
    public void Damaged_RLE_frames_are_decoded_or_refused()
    {
        var image = new ImageFile(33, 41) { Samples = 3, BitsAllocated = 16, Photometric = "RGB" };
        var writer = new ArrayBufferWriter<byte>();
        RleCodec.Encode(image.Wavy(), new ImageShape(1, 33, 41, 3, 16, 16, 15, false, false), writer);
        Damage(writer.WrittenSpan.ToArray(), image, ImageFile.Rle);
    }

    [Fact]
    public void Damaged_deflated_frames_are_decoded_or_refused()
    {
        var image = new ImageFile(33, 41);
        Damage(DicomBuilder.Deflate(image.Wavy()), image, "1.2.840.10008.1.2.8.1");
    }

    [Fact]
    public void Few_bytes_cannot_ask_for_much_memory()
    {
        // A frame of 65535 x 30000 pixels that holds a header, tables and a scan of nothing.
        var frame = JpegSamples.Encode(16, 16, out _, "-progressive");
        var header = frame.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC2]);
        (frame[header + 5], frame[header + 6], frame[header + 7], frame[header + 8]) = (0xFF, 0xFF, 0x75, 0x30);
        var image = new ImageFile(65535, 30000) { Samples = 3, Photometric = "RGB" };
        foreach (var rows in new[] { 65535, 23000 })
        {
            (frame[header + 5], frame[header + 6]) = ((byte)(rows >> 8), (byte)rows);
            using var file = ImageFile.Open((image with { Rows = rows }).Encapsulated("1.2.840.10008.1.2.4.55", frame));
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<PacsbinException>(() => FrameReader.Open(file));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        }
    }

    private static void Damage(byte[] frame, ImageFile image, string syntax)
    {
        var random = new Random(frame.Length);
        var (decoded, refused) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var damaged = frame.ToArray();
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                // Headers are hit as often as data.
                var at = random.Next(2) == 0 ? random.Next(Math.Min(700, damaged.Length)) : random.Next(damaged.Length);
                damaged[at] = random.Next(3) switch { 0 => 0xFF, 1 => 0, _ => (byte)random.Next(256) };
            }

            if (random.Next(4) == 0)
            {
                damaged = damaged[..random.Next(1, damaged.Length)];
            }

            var watch = Stopwatch.StartNew();
            try
            {
                DecodedFile.TryRead(ImageFile.Open(image.Encapsulated(syntax, damaged)));
                decoded++;
            }
            catch (PacsbinException)
            {
                refused++;
            }

            Assert.True(watch.Elapsed < Patience);
        }

        Assert.True(refused > Rounds / 10 && decoded > 0, $"{decoded} decoded, {refused} refused");
    }
}
