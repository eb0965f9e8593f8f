using System.Runtime.InteropServices;
using Pacsbin.Imaging;
using Xunit;

namespace Pacsbin.Tests.Imaging;

public sealed class LookupTableTests
{
    private const uint Descriptor = 0x00283002;
    private const uint Data = 0x00283006;
    private const uint ModalityLut = 0x00283000;
    private const uint VoiLut = 0x00283010;

    [Fact]
    public void Voi_lut_maps_values_and_its_ends_stand_for_all_beyond()
    {
        var image = new MadeImage(1, 5, 16).Pixels<ushort>(0, 10, 11, 12, 999).Sequence(VoiLut, Lut(3, 10, 16, 0, 32768, 65535));
        Assert.Equal([0, 0, 128, 255, 255], Gray(image));
        Assert.Equal([255, 255, 127, 0, 0], Gray(image.Text(0x20500020, "CS", "INVERSE")));
    }

    [Theory]
    [InlineData(0, new byte[] { 0, 255 })]
    [InlineData(-1024, new byte[] { 0, 255 })]
    public void First_value_is_negative_where_values_can_be(int intercept, byte[] expected)
    {
        var image = new MadeImage(1, 2, 16, isSigned: intercept == 0).Pixels((short)(-5 - intercept), (short)(5 - intercept))
            .Text(0x00281053, "DS", "1").Text(0x00281052, "DS", intercept.ToString(System.Globalization.CultureInfo.InvariantCulture))
            .Sequence(VoiLut, Lut(2, -1 & 0xFFFF, 8, 0, 255));
        Assert.Equal(expected, Gray(image));
    }

    [Fact]
    public void Voi_lut_comes_before_a_window() =>
        Assert.Equal([0, 255], Gray(new MadeImage(1, 2, 16).Pixels<ushort>(0, 1).Sequence(VoiLut, Lut(2, 0, 8, 0, 255)).Text(0x00281050, "DS", "0").Text(0x00281051, "DS", "4096")));

    [Fact]
    public void Modality_lut_comes_before_the_window()
    {
        var image = new MadeImage(1, 4, 8).Pixels<byte>(0, 1, 2, 3).Sequence(ModalityLut, Lut(4, 0, 16, 4000, 3000, 1000, 0));
        Assert.Equal([255, 191, 64, 0], Gray(image));
        Assert.Equal([255, 255, 0, 0], Gray(image, new RenderOptions { WindowCenter = 2000, WindowWidth = 1 }));
    }

    [Fact]
    public void Zero_entries_are_65536()
    {
        var entries = Enumerable.Range(0, 65536).Select(i => (ushort)(65535 - i)).ToArray();
        Assert.Equal([255, 0], Gray(new MadeImage(1, 2, 16).Pixels<ushort>(0, 65535).Sequence(VoiLut, Lut(0, 0, 16, entries))));
    }

    [Fact]
    public void Entries_of_8_bits_may_be_two_in_a_word()
    {
        var image = new MadeImage(1, 4, 8).Pixels<byte>(0, 1, 2, 3).Sequence(VoiLut, lut => lut.Numbers(Descriptor, "US", 4, 0, 8).Element(Data, "OW", [0, 85, 170, 255]));
        Assert.Equal([0, 85, 170, 255], Gray(image));
    }

    [Theory]
    [InlineData(5, 0, 16, 2)] // more entries than data
    [InlineData(0, 0, 16, 2)]
    [InlineData(2, 0, 0, 2)]
    [InlineData(2, 0, 17, 2)]
    [InlineData(2, 0, 65535, 2)]
    [InlineData(1, 0, 16, 0)]
    public void Lut_that_contradicts_itself_is_left_out(int count, int first, int bits, int entries)
    {
        var lut = Lut(count, first, bits, [.. Enumerable.Range(0, entries).Select(i => (ushort)i)]);
        Assert.Equal([0, 255], Gray(new MadeImage(1, 2, 16).Pixels<ushort>(7, 9).Sequence(VoiLut, lut)));
        Assert.Equal([0, 255], Gray(new MadeImage(1, 2, 16).Pixels<ushort>(7, 9).Sequence(ModalityLut, lut)));
    }

    [Fact]
    public void Descriptor_that_is_too_short_and_data_that_is_a_sequence_are_left_out()
    {
        Assert.Equal([0, 255], Gray(new MadeImage(1, 2, 16).Pixels<ushort>(7, 9).Sequence(VoiLut, lut => lut.Numbers(Descriptor, "US", 2, 0).Numbers(Data, "US", 1, 2))));
        Assert.Equal([0, 255], Gray(new MadeImage(1, 2, 16).Pixels<ushort>(7, 9).Sequence(VoiLut, lut => lut.Numbers(Descriptor, "US", 2, 0, 16).Sequence(Data, true, _ => { }))));
        Assert.Equal([0, 255], Gray(new MadeImage(1, 2, 16).Pixels<ushort>(7, 9).Sequence(VoiLut)));
    }

    private static Action<DicomBuilder> Lut(int count, int first, int bits, params ushort[] entries) =>
        lut => lut.Numbers(Descriptor, "US", count, first, bits).Element(Data, "OW", MemoryMarshal.AsBytes<ushort>(entries).ToArray());

    private static byte[] Gray(MadeImage image, RenderOptions? options = null)
    {
        using var file = image.Open();
        return FrameRenderer.Open(file)!.Render(0, options).Pixels.ToArray();
    }
}
