using Pacsbin.Imaging;
using Pacsbin.Imaging.Jpeg;
using Pacsbin.Redaction.Jpeg;
using Xunit;

namespace Pacsbin.Tests.Redaction.Jpeg;

public class JpegErasureTests
{
    [Theory]
    [InlineData(PhotometricInterpretation.Monochrome1, 127)]
    [InlineData(PhotometricInterpretation.Monochrome2, -128)]
    [InlineData(PhotometricInterpretation.Rgb, -128)]
    [InlineData(PhotometricInterpretation.YbrFull422, -128)]
    public void Fill_is_the_darkest_displayed_value(PhotometricInterpretation photometric, int dc) =>
        Assert.Equal(dc, new JpegErasure(8, 8, photometric, (_, _, _, _) => true).FillDc(isChrominance: false, dcStep: 8, position: 0));

    [Fact]
    public void Pixels_are_asked_about_once_for_each_MCU_of_a_geometry()
    {
        var asked = new List<(int, int, int, int)>();
        var erasure = new JpegErasure(33, 17, PhotometricInterpretation.YbrFull, (x0, y0, x1, y1) =>
        {
            asked.Add((x0, y0, x1, y1));
            return x0 == 16;
        });
        var map = erasure.Map(Frame(0x22));
        Assert.Same(map, erasure.Map(Frame(0x22)));
        Assert.Equal([(0, 0, 16, 16), (16, 0, 32, 16), (32, 0, 33, 16), (0, 16, 16, 17), (16, 16, 32, 17), (32, 16, 33, 17)], asked);
        Assert.Equal([false, true, false], map.Row(1).ToArray());
        Assert.True(map.HasTouched);
        Assert.NotSame(map, erasure.Map(Frame(0x12)));
    }

    private static JpegFrame Frame(int sampling) =>
        new(0xC0, [8, 0, 17, 0, 33, 3, 1, (byte)sampling, 0, 2, 0x11, 1, 3, 0x11, 1], 0);
}
