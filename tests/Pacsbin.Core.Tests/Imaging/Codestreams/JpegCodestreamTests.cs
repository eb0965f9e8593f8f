using Pacsbin.Imaging.Codestreams;
using Xunit;

namespace Pacsbin.Tests.Imaging.Codestreams;

public class JpegCodestreamTests
{
    private static readonly byte[] Soi = [0xFF, 0xD8];
    private static readonly byte[] Eoi = [0xFF, 0xD9];
    private static readonly byte[] Sof = [0xFF, 0xC0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0];
    private static readonly byte[] SofJpegLs = [0xFF, 0xF7, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0];
    private static readonly byte[] Sos = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0];
    private static readonly byte[] Data = [1, 2, 0xFF, 0, 3];
    private static readonly byte[] Jfif = [0xFF, 0xE0, 0, 16, .. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0];

    /// <summary>A frame with a segment of each kind.</summary>
    internal static byte[] Rich =>
    [
        .. Soi, .. Jfif, 0xFF, 0xFE, 0, 5, .. "DOE"u8, 0xFF, 0xDB, 0, 67, 0, .. new byte[64], .. Sof,
        0xFF, 0xC4, 0, 21, 0x10, 0, 1, 1, .. new byte[13], 5, 6, 0xFF, 0xDD, 0, 4, 0, 1, .. Sos, .. Data, 0xFF, 0xD0, .. Data, 0xFF, 0xDC, 0, 4, 0, 8, .. Eoi,
    ];

    /// <summary>A JPEG-LS frame with a segment of each kind.</summary>
    internal static byte[] RichJpegLs =>
        [.. Soi, 0xFF, 0xE8, 0, 7, .. "mrfx"u8, 2, .. SofJpegLs, 0xFF, 0xF8, 0, 13, 1, 0, 255, 0, 3, 0, 7, 0, 21, 0, 64, .. Sos, .. Data, 0xFF, 0x7F, .. Eoi];

    private static byte[] Plain => [.. Soi, .. Sof, .. Sos, .. Data, .. Eoi];

    [Fact]
    public void Plain_frame_stays_as_it_is()
    {
        Assert.Equal(Plain, Clean(Plain, out var removed));
        Assert.False(removed);
    }

    [Fact]
    public void Padding_is_not_copied_and_not_reported()
    {
        Assert.Equal(Plain, Clean([.. Plain, 0], out var removed));
        Assert.False(removed);
    }

    [Theory]
    [InlineData(new byte[] { 0x20 })]
    [InlineData(new byte[] { 0, 0 })]
    [InlineData(new byte[] { 0, 0x5A, 0x5A, 0xFF, 0xD8 })]
    public void Bytes_after_the_end_are_removed(byte[] tail)
    {
        Assert.Equal(Plain, Clean([.. Plain, .. tail], out var removed));
        Assert.True(removed);
    }

    [Theory]
    [InlineData(0xFE)]
    [InlineData(0xE0)]
    [InlineData(0xE1)]
    [InlineData(0xE2)]
    [InlineData(0xE8)]
    [InlineData(0xED)]
    [InlineData(0xEE)]
    [InlineData(0xEF)]
    public void Comments_and_application_data_are_removed_wherever_they_are(byte marker)
    {
        byte[] text = [0xFF, marker, 0, 10, .. "DOE^JANE"u8];
        byte[] frame = [.. Soi, .. text, .. Sof, .. text, .. Sos, .. Data, .. text, .. Sos, .. Data, .. text, .. Eoi];
        Assert.Equal([.. Soi, .. Sof, .. Sos, .. Data, .. Sos, .. Data, .. Eoi], Clean(frame, out var removed));
        Assert.True(removed);
    }

    [Fact]
    public void Jfif_keeps_its_presence_and_loses_density_and_thumbnail()
    {
        byte[] thumbnail = [0xFF, 0xE0, 0, 19, .. "JFIF\0"u8, 1, 2, 1, 0, 72, 0, 72, 1, 1, .. "DOE"u8];
        byte[] expected = [.. Soi, .. Jfif, .. Sof, .. Sos, .. Data, .. Eoi];
        Assert.Equal(expected, Clean([.. Soi, .. thumbnail, .. thumbnail, .. Sof, .. Sos, .. Data, .. Eoi], out var removed));
        Assert.True(removed);
        Clean(expected, out removed);
        Assert.False(removed);
    }

    [Fact]
    public void Adobe_keeps_its_transform_alone()
    {
        byte[] adobe = [0xFF, 0xEE, 0, 17, .. "Adobe"u8, .. "DOE^JA"u8, 1, .. "DOE"u8];
        byte[] expected = [0xFF, 0xEE, 0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0, 1];
        Assert.Equal([.. Soi, .. expected, .. Sof, .. Sos, .. Data, .. Eoi], Clean([.. Soi, .. adobe, .. Sof, .. Sos, .. Data, .. Eoi], out _));
    }

    [Fact]
    public void Colour_transform_of_jpeg_ls_is_kept_and_spiff_is_not()
    {
        byte[] transform = [0xFF, 0xE8, 0, 7, .. "mrfx"u8, 2];
        byte[] spiff = [0xFF, 0xE8, 0, 32, .. "SPIFF\0"u8, .. new byte[24]];
        byte[] directoryEnd = [0xFF, 0xE8, 0, 8, 0, 0, 0, 1, 0xFF, 0xD8];
        byte[] scan = [.. SofJpegLs, .. Sos, .. Data, .. Eoi];
        Assert.Equal([.. Soi, .. transform, .. scan], Clean([.. Soi, .. spiff, .. directoryEnd, .. transform, .. scan], out _));
    }

    [Fact]
    public void Contradicting_colour_transforms_are_refused() =>
        Refuse([.. Soi, 0xFF, 0xE8, 0, 7, .. "mrfx"u8, 2, 0xFF, 0xE8, 0, 7, .. "mrfx"u8, 1, .. SofJpegLs, .. Sos, .. Data, .. Eoi]);

    [Fact]
    public void T81_B_1_1_2_fill_bytes_before_markers_are_removed() =>
        Assert.Equal(Plain, Clean([.. Soi, 0xFF, 0xFF, .. Sof, 0xFF, .. Sos, .. Data, 0xFF, 0xFF, .. Eoi], out _));

    [Fact]
    public void Restart_markers_and_number_of_lines_stay()
    {
        byte[] frame = [.. Soi, 0xFF, 0xDD, 0, 4, 0, 1, .. Sof, .. Sos, .. Data, 0xFF, 0xD0, .. Data, 0xFF, 0xD7, .. Data, 0xFF, 0xDC, 0, 4, 0, 8, .. Eoi];
        Assert.Equal(frame, Clean(frame, out _));
    }

    [Fact]
    public void T87_A_1_a_byte_below_80_after_FF_is_data()
    {
        byte[] frame = [.. Soi, .. SofJpegLs, .. Sos, 1, 0xFF, 0x7F, 0xFF, 0x02, 0xFF, 0x00, .. Eoi];
        Assert.Equal(frame, Clean(frame, out _));
    }

    [Fact]
    public void Hierarchical_images_have_several_frames()
    {
        byte[] hierarchy = [0xFF, 0xDE, .. Sof.AsSpan(2)];
        byte[] frame = [.. Soi, .. hierarchy, .. Sof, .. Sos, .. Data, 0xFF, 0xDF, 0, 3, 0x11, 0xFF, 0xC5, .. Sof.AsSpan(2), .. Sos, .. Data, .. Eoi];
        Assert.Equal(frame, Clean(frame, out _));
        Refuse([.. Soi, .. Sof, .. Sos, .. Data, .. Sof, .. Sos, .. Data, .. Eoi]);
    }

    [Fact]
    public void Missing_end_is_appended_where_there_is_room()
    {
        Assert.Equal(Plain, Clean(Plain[..^2], out _));
        Assert.Equal(Plain, Clean(Plain[..^1], out _));
        var tight = new byte[Plain.Length - 2];
        Assert.Equal(tight.Length, JpegCodestream.Clean(Plain.AsSpan(0, tight.Length), tight, out _));
        Assert.Equal(Plain[..^2], tight);
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xFF, 0x4F })]
    [InlineData(new byte[] { 0xFF, 0xD8 })]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xD9 })]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xDB, 0 })]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xDB, 0, 1 })]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xFE, 0, 9, 1 })]
    [InlineData(new byte[] { 0xFF, 0xD8, 0x44, 0x4F, 0x45 })]
    public void What_is_no_jpeg_is_refused(byte[] frame) => Refuse(frame);

    [Theory]
    [InlineData(0x01, new byte[] { 0 })]
    [InlineData(0x02, new byte[] { 0 })]
    [InlineData(0xC8, new byte[] { 0 })]
    [InlineData(0xD0, new byte[] { 0 })]
    [InlineData(0xF0, new byte[] { 0 })]
    [InlineData(0xFD, new byte[] { 0 })]
    [InlineData(0xDC, new byte[] { 0, 8 })]
    [InlineData(0xDD, new byte[] { 0, 8, 0x5A })]
    [InlineData(0xDF, new byte[] { 0x11 })]
    [InlineData(0xCC, new byte[] { 0, 1, 0x5A })]
    [InlineData(0xC2, new byte[] { 8, 0, 8, 0, 8, 1, 1, 0x11, 0, 0x5A })]
    [InlineData(0xC2, new byte[] { 8, 0, 8, 0, 8, 0 })]
    [InlineData(0xDA, new byte[] { 1, 1, 0, 0, 63, 0, 0x5A })]
    [InlineData(0xF8, new byte[] { 1, 0x5A })]
    [InlineData(0xF8, new byte[] { 9 })]
    [InlineData(0xDB, new byte[] { 0x20 })]
    [InlineData(0xDB, new byte[] { })]
    public void Reserved_markers_and_lengths_that_do_not_fit_are_refused(byte marker, byte[] contents) =>
        Refuse([.. Soi, 0xFF, marker, 0, (byte)(contents.Length + 2), .. contents, .. Sof, .. Sos, .. Data, .. Eoi]);

    [Fact]
    public void Tables_hold_nothing_beyond_their_values()
    {
        byte[] quantization = [0, .. new byte[64], 0x11, .. new byte[128]];
        byte[] huffman = [0x10, 0, 1, 1, .. new byte[13], 5, 6];
        Assert.NotEmpty(Clean(WithTables(quantization, huffman), out _));
        Refuse(WithTables([.. quantization, 0x5A], huffman));
        Refuse(WithTables(quantization, [.. huffman, 0x5A]));
        Refuse(WithTables(quantization, huffman[..^1]));
        Refuse(WithTables(quantization, [0x10, 3, .. new byte[15], 1, 2, 3]));
    }

    [Fact]
    public void Mapping_tables_of_jpeg_ls_are_unsupported()
    {
        byte[] frame = [.. Soi, .. SofJpegLs, 0xFF, 0xF8, 0, 8, 2, 1, 1, .. "DOE"u8, .. Sos, .. Data, .. Eoi];
        var e = Assert.Throws<PacsbinException>(() => Clean(frame, out _));
        Assert.Equal(PacsbinError.UnsupportedTransferSyntax, e.Error);
    }

    [Fact]
    public void A_destination_that_is_too_short_is_a_callers_error() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => JpegCodestream.Clean(Plain, new byte[4], out _));

    private static byte[] WithTables(byte[] quantization, byte[] huffman) =>
    [
        .. Soi, 0xFF, 0xDB, 0, (byte)(quantization.Length + 2), .. quantization,
        0xFF, 0xC4, 0, (byte)(huffman.Length + 2), .. huffman, .. Sof, .. Sos, .. Data, .. Eoi,
    ];

    private static void Refuse(byte[] frame)
    {
        var e = Assert.Throws<PacsbinException>(() => Clean(frame, out _));
        Assert.Equal(PacsbinError.MalformedElement, e.Error);
    }

    private static byte[] Clean(byte[] frame, out bool removed)
    {
        var destination = new byte[frame.Length + JpegCodestream.MaxGrowth];
        return destination[..JpegCodestream.Clean(frame, destination, out removed)];
    }
}
