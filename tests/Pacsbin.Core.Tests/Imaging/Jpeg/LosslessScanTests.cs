using Xunit;

namespace Pacsbin.Tests.Imaging.Jpeg;

public sealed class LosslessScanTests
{
    public static TheoryData<int, int, int, int, int, bool> Frames()
    {
        var data = new TheoryData<int, int, int, int, int, bool>();
        for (var predictor = 1; predictor <= 7; predictor++)
        {
            data.Add(16, 1, predictor, 0, 0, true);
            data.Add(16, 1, predictor, 3, 5, true);
            data.Add(12, 3, predictor, 0, 1, true);
            data.Add(8, 3, predictor, 2, 7, false);
        }

        for (var precision = 2; precision <= 16; precision++)
        {
            data.Add(precision, 1, 4, 0, 2, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public void T_81_H_restarts_point_transforms_and_separate_components_are_decoded(int precision, int components, int predictor, int pointTransform, int restartRows, bool isInterleaved)
    {
        var cell = precision <= 8 ? 1 : 2;
        var image = new ImageFile(23, 31)
        {
            Samples = components, BitsAllocated = 8 * cell, BitsStored = precision, Photometric = components == 3 ? "RGB" : "MONOCHROME2",
        };
        var pixels = image.Wavy();
        var samples = new int[pixels.Length / cell];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = cell == 1 ? pixels[i] : BitConverter.ToUInt16(pixels, 2 * i);
        }

        var encoder = new LosslessEncoder(23, 31, components, precision)
        {
            Predictor = predictor, PointTransform = pointTransform, RestartRows = restartRows, IsInterleaved = isInterleaved,
        };
        var file = image.Encapsulated("1.2.840.10008.1.2.4.57", encoder.Encode(samples));
        var expected = samples.SelectMany(s => BitConverter.GetBytes(s >> pointTransform << pointTransform).AsSpan(0, cell).ToArray()).ToArray();
        Assert.Equal(expected, DecodedFile.TryRead(ImageFile.Open(file))!.Samples);

        // The encoder itself is checked by another decoder, where that one knows the precision.
        if (precision is 8 or 12 or 16)
        {
            var native = JpegSamples.Convert(file, "dcmdjpeg", "+cn");
            Assert.NotNull(native);
            Assert.Equal(expected, DecodedFile.TryRead(ImageFile.Open(native))!.Samples);
        }
    }

    [Fact]
    public void A_restart_that_is_missing_or_out_of_order_is_refused()
    {
        var image = new ImageFile(23, 31);
        var pixels = image.Wavy();
        var frame = new LosslessEncoder(23, 31, 1, 8) { RestartRows = 5 }.Encode(Array.ConvertAll(pixels, p => (int)p));
        var at = frame.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD1]);
        foreach (var marker in new byte[] { 0xD2, 0x00 })
        {
            frame[at + 1] = marker;
            var file = image.Encapsulated("1.2.840.10008.1.2.4.57", frame);
            Assert.Equal(PacsbinError.MalformedElement, Assert.Throws<PacsbinException>(() => DecodedFile.TryRead(ImageFile.Open(file))).Error);
        }
    }
}
