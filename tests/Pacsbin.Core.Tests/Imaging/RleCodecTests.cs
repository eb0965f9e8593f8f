using System.Buffers;
using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Pacsbin.Imaging;
using Xunit;

namespace Pacsbin.Tests.Imaging;

public sealed class RleCodecTests
{
    private static readonly ImageShape[] Shapes =
    [
        Shape(8, 1), Shape(16, 1), Shape(32, 1), Shape(8, 3), Shape(16, 3), Shape(32, 3), Shape(8, 3, isPlanar: true), Shape(16, 3, isPlanar: true), Shape(1, 1),
    ];

    [Fact]
    public void Decoding_what_was_encoded_gives_the_frame()
    {
        var property = Prop.ForAll(ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<byte[]>(), (seed, bytes) =>
        {
            var random = new Random(seed);
            var shape = Shapes[random.Next(Shapes.Length)] with { Rows = random.Next(1, 9), Columns = random.Next(1, 400) };
            var frame = new byte[shape.FrameBytes];
            for (var i = 0; i < frame.Length; i++)
            {
                // Runs of all lengths, with random bytes between them.
                frame[i] = random.Next(3) > 0 && i > 0 ? frame[i - 1] : bytes.Length > 0 ? bytes[i % bytes.Length] : (byte)random.Next(256);
            }

            var decoded = new byte[frame.Length];
            RleCodec.Decode(Encode(frame, shape), shape, decoded);
            return decoded.AsSpan().SequenceEqual(frame);
        });
        property.QuickCheckThrowOnFailure();
    }

    [Fact]
    public void PS3_5_G_2_segments_are_samples_and_bytes_the_most_significant_first()
    {
        var shape = Shape(16, 3) with { Rows = 1, Columns = 2 };
        var encoded = Encode([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], shape);
        Assert.Equal(6u, BinaryPrimitives.ReadUInt32LittleEndian(encoded));
        Assert.Equal([1, 2, 8, 0, 1, 1, 7, 0, 1, 4, 10, 0, 1, 3, 9, 0, 1, 6, 12, 0, 1, 5, 11, 0], encoded[64..]);
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(64u + (4u * (uint)i), BinaryPrimitives.ReadUInt32LittleEndian(encoded.AsSpan(4 + (4 * i))));
        }
    }

    [Fact]
    public void PS3_5_G_3_1_runs_end_with_their_row()
    {
        var encoded = Encode(new byte[12], Shape(8, 1) with { Rows = 3, Columns = 4 });
        Assert.Equal([253, 0, 253, 0, 253, 0], encoded[64..]);
    }

    [Fact]
    public void Frames_are_larger_than_their_pixels_by_little()
    {
        var frame = new byte[512 * 512];
        new Random(3).NextBytes(frame);
        Assert.InRange(Encode(frame, Shape(8, 1) with { Rows = 512, Columns = 512 }).Length, frame.Length, frame.Length * 1.02);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(40)]
    public void Segments_that_end_early_are_refused(int missing)
    {
        var shape = Shape(8, 1) with { Rows = 8, Columns = 16 };
        var frame = new byte[128];
        new Random(4).NextBytes(frame);
        var encoded = Encode(frame, shape);
        Assert.Equal(64 + 136, encoded.Length);
        var e = Assert.Throws<PacsbinException>(() => RleCodec.Decode(encoded.AsSpan(0, encoded.Length - missing), shape, new byte[128]));
        Assert.Equal(PacsbinError.MalformedElement, e.Error);
    }

    [Fact]
    public void Others_decode_what_is_encoded()
    {
        Codestreams.Decoder.Require("dcmdrle");
        Peer.RequirePython("pydicom, numpy");
        var folder = Directory.CreateTempSubdirectory("pacsbin-rle-");
        try
        {
            List<string> paths = [];
            List<byte[]> expected = [];
            foreach (var shape in Shapes.Where(s => s.BitsAllocated is 8 or 16 && !s.IsPlanar).Select(s => s with { Rows = 45, Columns = 67 }))
            {
                var image = new ImageFile(45, 67) { Samples = shape.Samples, BitsAllocated = shape.BitsAllocated, Photometric = shape.Samples == 3 ? "RGB" : "MONOCHROME2" };
                var pixels = image.Wavy();
                var path = Path.Combine(folder.FullName, $"{paths.Count}.dcm");
                File.WriteAllBytes(path, image.Encapsulated(ImageFile.Rle, Encode(pixels, shape)));
                var native = Codestreams.Decoder.Run("dcmdrle", path + ".native", path, path + ".native");
                Assert.NotNull(native);
                Assert.Equal(pixels, DecodedFile.TryRead(ImageFile.Open(native))!.Samples);
                paths.Add(path);
                expected.Add(pixels);
            }

            Assert.Equal(expected, OtherDecoders.Decode(paths).Select(d => d.Samples));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Frames_of_another_program_are_decoded()
    {
        Codestreams.Decoder.Require("dcmcrle");
        var folder = Directory.CreateTempSubdirectory("pacsbin-rle-");
        try
        {
            foreach (var (bits, samples, planar) in new[] { (8, 1, false), (16, 1, false), (8, 3, false), (8, 3, true), (16, 3, false) })
            {
                var image = new ImageFile(45, 67) { Samples = samples, BitsAllocated = bits, IsPlanar = planar, Photometric = samples == 3 ? "RGB" : "MONOCHROME2" };
                var native = image.Native(image.Wavy(), bits == 8 ? "OB" : "OW");
                var path = Path.Combine(folder.FullName, "native.dcm");
                File.WriteAllBytes(path, native);
                var encoded = Codestreams.Decoder.Run("dcmcrle", path + ".rle", path, path + ".rle");
                Assert.NotNull(encoded);
                Assert.Equal(DecodedFile.TryRead(ImageFile.Open(native))!.Samples, DecodedFile.TryRead(ImageFile.Open(encoded))!.Samples);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static ImageShape Shape(int bits, int samples, bool isPlanar = false) =>
        new(1, 1, 1, samples, bits, bits, bits - 1, IsSigned: false, IsSubsampled: false) { IsPlanar = isPlanar };

    private static byte[] Encode(byte[] frame, ImageShape shape)
    {
        var writer = new ArrayBufferWriter<byte>();
        RleCodec.Encode(frame, shape, writer);
        return writer.WrittenSpan.ToArray();
    }
}
