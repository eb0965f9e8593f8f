using Pacsbin.Imaging;
using Pacsbin.Imaging.Jpeg;
using Pacsbin.Redaction;
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
        Assert.Equal(dc, new JpegErasure(8, 8, photometric, RegionMask.Of([new RedactionRegion(0, 0, 8, 8)], 8, 8, 1)).FillDc(isChrominance: false, dcStep: 8, position: 0));

    [Fact]
    public void Frames_of_a_geometry_share_a_map_of_the_MCUs_that_hold_an_erased_pixel()
    {
        var erasure = new JpegErasure(33, 17, PhotometricInterpretation.YbrFull, RegionMask.Of([new RedactionRegion(31, 0, 1, 1), new RedactionRegion(31, 16, 2, 1)], 17, 33, 1));
        var map = erasure.Map(Frame(0x22));
        Assert.Same(map, erasure.Map(Frame(0x22)));
        Assert.Equal([false, true, false], map.Row(0).ToArray());
        Assert.Equal([false, true, true], map.Row(1).ToArray());
        Assert.True(map.HasTouched);
        Assert.NotSame(map, erasure.Map(Frame(0x12)));
    }

    private static JpegFrame Frame(int sampling) =>
        new(0xC0, [8, 0, 17, 0, 33, 3, 1, (byte)sampling, 0, 2, 0x11, 1, 3, 0x11, 1], 0);
}
