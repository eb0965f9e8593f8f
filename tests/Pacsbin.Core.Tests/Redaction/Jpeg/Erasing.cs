using System.Buffers;
using Pacsbin.Imaging;
using Pacsbin.Redaction;
using Pacsbin.Redaction.Jpeg;
using Xunit;

namespace Pacsbin.Tests.Redaction.Jpeg;

/// <summary>Erases rectangles from a frame and compares the result with the frame, by coefficients and by libjpeg's pixels.</summary>
internal static class Erasing
{
    public static byte[] Erase(byte[] frame, int columns, int rows, string photometric, params PixelArea[] areas)
    {
        var output = new ArrayBufferWriter<byte>();
        JpegEraser.Erase(frame, Erasure(columns, rows, photometric, areas), output);
        return output.WrittenSpan.ToArray();
    }

    public static JpegErasure Erasure(int columns, int rows, string photometric, params PixelArea[] areas) =>
        new(columns, rows, Enum.Parse<PhotometricInterpretation>(photometric.Replace("_", "", StringComparison.Ordinal), ignoreCase: true),
            RegionMask.Of([.. areas.Select(a => new RedactionRegion(a.X, a.Y, a.Width, a.Height) { Clip = true })], rows, columns, 1));

    /// <summary>Erases areas one by one; asserts that touched MCUs are constant, that all other coefficients are as they were, and that libjpeg agrees.</summary>
    /// <param name="photometric">The photometric interpretation.</param>
    /// <param name="fill">The samples of touched MCUs as libjpeg shows them.</param>
    /// <param name="alternatives">Areas to erase from the frame.</param>
    /// <returns>The result of the last.</returns>
    public static byte[] AssertExact(byte[] frame, string photometric, int fill, params PixelArea[][] alternatives)
    {
        var before = CoefficientDecoder.Decode(frame);
        var pixels = LibJpeg.Decode(frame);
        byte[] erased = [];
        foreach (var areas in alternatives)
        {
            erased = Erase(frame, before.Width, before.Height, photometric, areas);
            AssertCoefficients(before, CoefficientDecoder.Decode(erased), areas);
            AssertPixels(before, pixels, LibJpeg.Decode(erased), fill, areas);
        }

        return erased;
    }

    public static void AssertCoefficients(CoefficientDecoder before, CoefficientDecoder after, params PixelArea[] areas)
    {
        Assert.Equal((before.Width, before.Height, before.Components.Count), (after.Width, after.Height, after.Components.Count));
        for (var i = 0; i < before.Components.Count; i++)
        {
            var (was, now) = (before.Components[i], after.Components[i]);
            Assert.Equal((was.Id, was.H, was.V, was.DcStep), (now.Id, now.H, now.V, now.DcStep));
            var constants = new HashSet<int>();
            for (var b = 0; b < was.Blocks.Length; b++)
            {
                var (column, row) = (b % was.BlocksWide, b / was.BlocksWide);
                if (!IsTouched(before, column / was.H, row / was.V, areas))
                {
                    Assert.Equal(was.Blocks[b], now.Blocks[b]);
                }
                else if (column < CodedBlocks(before.Width, was.H, before.MaxH) && row < CodedBlocks(before.Height, was.V, before.MaxV))
                {
                    Assert.Equal(-1, now.Blocks[b].AsSpan(1).IndexOfAnyExcept(0));
                    constants.Add(now.Blocks[b][0]);
                }
            }

            Assert.True(constants.Count <= 1, "Every erased block has the same DC.");
        }
    }

    private static void AssertPixels(CoefficientDecoder frame, PpmImage before, PpmImage after, int fill, PixelArea[] areas)
    {
        var (width, height) = McuSize(frame);
        var constant = Enumerable.Repeat((byte)fill, before.Samples).ToArray();
        for (var y = 0; y < frame.Height; y++)
        {
            for (var x = 0; x < frame.Width; x++)
            {
                var expected = IsTouched(frame, x / width, y / height, areas) ? constant : before.At(x, y);
                if (!expected.AsSpan().SequenceEqual(after.At(x, y)))
                {
                    Assert.Fail($"Pixel {x}, {y} is {string.Join(' ', after.At(x, y))} instead of {string.Join(' ', expected)}.");
                }
            }
        }
    }

    private static (int Width, int Height) McuSize(CoefficientDecoder frame) =>
        frame.Components.Count == 1 ? (8, 8) : (8 * frame.MaxH, 8 * frame.MaxV);

    private static bool IsTouched(CoefficientDecoder frame, int column, int row, PixelArea[] areas)
    {
        var (width, height) = McuSize(frame);
        var (x, y) = (column * width, row * height);
        return areas.Any(a => a.X < x + width && a.X + a.Width > x && a.Y < y + height && a.Y + a.Height > y);
    }

    private static int CodedBlocks(int pixels, int factor, int max) => ((((pixels * factor) + max - 1) / max) + 7) / 8;
}
