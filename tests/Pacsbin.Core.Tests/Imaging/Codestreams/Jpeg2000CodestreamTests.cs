using System.Buffers.Binary;
using Pacsbin.Imaging.Codestreams;
using Xunit;

namespace Pacsbin.Tests.Imaging.Codestreams;

public class Jpeg2000CodestreamTests
{
    private const int Levels = 2;
    private static readonly byte[] Siz = Segment(0x51, [0, 0, .. new byte[32], 0, 1, 7, 1, 1]);
    private static readonly byte[] Cod = Segment(0x52, [0, 0, 0, 1, 0, Levels, 4, 4, 0, 1]);
    private static readonly byte[] Qcd = Segment(0x5C, [0x40, .. new byte[1 + (3 * Levels)]]);
    private static readonly byte[] Com = Segment(0x64, [0, 1, .. "DOE^JANE"u8]);
    private static readonly byte[] Header = [0xFF, 0x4F, .. Siz, .. Cod, .. Qcd];
    private static readonly byte[] Packets = [1, 2, 0xFF, 0x8F, 3, 0xFF, 0x91, 0, 4, 0xFF, 0xD9, 0xFF, 0x92, 5];
    private static readonly byte[] Eoc = [0xFF, 0xD9];

    /// <summary>A codestream with comments, a length list and two tile-parts.</summary>
    internal static byte[] Rich =>
        [.. Header, .. Com, .. Segment(0x55, [0, 0x40, .. new byte[8]]), .. TilePart(0, Com), .. TilePart(1, Segment(0x5E, [0, 0, 0])), .. Eoc];

    /// <summary>The beginning of a codestream whose only tile-part extends to its end.</summary>
    internal static byte[] Open => [.. Header, .. TilePart(0, [])[..6], 0, 0, 0, 0, 0, 1, 0xFF, 0x93];

    private static byte[] Plain => [.. Header, .. TilePart(0, []), .. TilePart(1, []), .. Eoc];

    [Fact]
    public void Plain_codestream_stays_as_it_is()
    {
        Assert.Equal(Plain, Clean(Plain, out var removed));
        Assert.False(removed);
        Assert.Equal(Plain, Clean([.. Plain, 0], out removed));
        Assert.False(removed);
    }

    [Theory]
    [InlineData(0x64)]
    [InlineData(0x57)]
    [InlineData(0x63)]
    [InlineData(0x56)]
    [InlineData(0x59)]
    public void Segments_that_decoding_does_not_need_are_removed_from_the_main_header(byte marker)
    {
        var text = Segment(marker, [.. "DOE^JANE"u8]);
        byte[] frame = [0xFF, 0x4F, .. text, .. Siz, .. text, .. Cod, .. text, .. Qcd, .. text, .. Plain.AsSpan(Header.Length)];
        Assert.Equal(Plain, Clean(frame, out var removed));
        Assert.True(removed);
    }

    [Fact]
    public void Tile_part_lengths_follow_what_is_removed()
    {
        byte[] frame = [.. Header, .. TilePart(0, [.. Com, .. Segment(0x58, [0, 14])]), .. TilePart(1, Com), .. Eoc, .. "DOE^JANE"u8];
        Assert.Equal(Plain, Clean(frame, out _));
    }

    [Fact]
    public void T800_A_4_2_a_length_of_zero_extends_to_the_end_of_the_codestream()
    {
        var open = TilePart(0, []);
        open.AsSpan(6, 4).Clear();
        var withComment = TilePart(0, Com);
        withComment.AsSpan(6, 4).Clear();
        Assert.Equal([.. Header, .. open, .. Eoc], Clean([.. Header, .. withComment, .. Eoc, .. "DOE"u8], out _));
        Assert.Equal([.. Header, .. open, .. Eoc], Clean([.. Header, .. open], out _));
    }

    [Fact]
    public void Missing_end_is_appended_where_there_is_room()
    {
        Assert.Equal(Plain, Clean(Plain[..^2], out _));
        var tight = new byte[Plain.Length - 2];
        Assert.Equal(tight.Length, Jpeg2000Codestream.Clean(Plain.AsSpan(0, tight.Length), tight, out _));
    }

    [Theory]
    [InlineData(0x60, 2, 4)]
    [InlineData(0x50, 1, 4)]
    [InlineData(0x40, 0, 4)]
    [InlineData(0x10, 1, 2)]
    public void PS3_5_10_18_tile_part_length_lists_stay_and_agree(byte size, int indexBytes, int lengthBytes)
    {
        byte[] Entry(int tile, int length)
        {
            var entry = new byte[8];
            BinaryPrimitives.WriteInt32BigEndian(entry, tile);
            BinaryPrimitives.WriteInt32BigEndian(entry.AsSpan(4), length);
            return [.. entry[(4 - indexBytes)..4], .. entry[(8 - lengthBytes)..]];
        }

        var plain = TilePart(0, []).Length;
        var stated = Segment(0x55, [0, size, .. Entry(0x44, 0x4F45), .. Entry(0x4A, 0x414E)]);
        var actual = Segment(0x55, [0, size, .. Entry(0, plain), .. Entry(1, plain)]);
        byte[] parts = [.. TilePart(0, Com), .. TilePart(1, []), .. Eoc];
        Assert.Equal([.. Header, .. actual, .. TilePart(0, []), .. TilePart(1, []), .. Eoc], Clean([.. Header, .. stated, .. parts], out _));
        Refuse([.. Header, .. Segment(0x55, [0, 0x40, .. "DOE^"u8]), .. parts]);
        Refuse([.. Header, .. Segment(0x55, [0, 0x40, .. "DOE^JANE^^^^"u8]), .. parts]);
        Refuse([.. Header, .. Segment(0x55, [0, 0x40, .. "DOE^JA"u8]), .. parts]);
        Refuse([.. Header, .. Segment(0x55, [1, 0x40, .. "DOE^JANE"u8]), .. parts]);
        Refuse([.. Header, .. Segment(0x55, [0, 0x4F, .. "DOE^JANE"u8]), .. parts]);
    }

    [Theory]
    [InlineData(0x51, "0000")]
    [InlineData(0x52, "00000001000204040001" + "5A")]
    [InlineData(0x52, "01000001000204040001" + "5A5A")]
    [InlineData(0x53, "0000020404000100")]
    [InlineData(0x5C, "40" + "000000")]
    [InlineData(0x5C, "41" + "000000")]
    [InlineData(0x5C, "42" + "0000000000")]
    [InlineData(0x5C, "43" + "00")]
    [InlineData(0x5C, "40" + "00000000000000000000")]
    [InlineData(0x5D, "00")]
    [InlineData(0x5E, "00005A5A")]
    [InlineData(0x5F, "000000000000")]
    [InlineData(0x61, "0000")]
    [InlineData(0x50, "000200005A")]
    [InlineData(0x77, "015A5A")]
    [InlineData(0x78, "00015A5A")]
    [InlineData(0x75, "0000000000000000")]
    [InlineData(0x74, "00000000")]
    [InlineData(0x93, "5A5A")]
    [InlineData(0x30, "5A5A")]
    public void Segments_that_are_not_exactly_what_they_hold_are_refused(byte marker, string contents) =>
        Refuse([.. Header, .. Segment(marker, Convert.FromHexString(contents)), .. TilePart(0, []), .. Eoc]);

    [Theory]
    [InlineData(0x53, "00000204040001")]
    [InlineData(0x53, "000102040400015A5A5A")]
    [InlineData(0x5D, "0040" + "00000000000000")]
    [InlineData(0x5D, "00410000")]
    [InlineData(0x5D, "0042" + "0000000000000000000000000000")]
    [InlineData(0x5E, "000000")]
    [InlineData(0x5F, "00000001010102")]
    [InlineData(0x60, "000001")]
    [InlineData(0x50, "000200000001")]
    [InlineData(0x77, "0101")]
    [InlineData(0x78, "800107")]
    [InlineData(0x74, "000000010000" + "00010002")]
    [InlineData(0x75, "0000010000" + "0001" + "01" + "000100" + "000100" + "000001")]
    public void Segments_that_decoding_needs_are_kept(byte marker, string contents)
    {
        byte[] frame = [.. Header, .. Segment(marker, Convert.FromHexString(contents)), .. TilePart(0, []), .. Eoc];
        Assert.Equal(frame, Clean(frame, out _));
    }

    [Fact]
    public void Extensions_that_DICOM_does_not_have_are_unsupported()
    {
        byte[] frame = [.. Header, .. Segment(0x79, [.. "DOE"u8]), .. TilePart(0, []), .. Eoc];
        Assert.Equal(PacsbinError.UnsupportedTransferSyntax, Assert.Throws<PacsbinException>(() => Clean(frame, out _)).Error);
    }

    [Fact]
    public void Tile_parts_must_fit()
    {
        Refuse(Plain[..^5]);
        Refuse([.. Header, .. Eoc]);
        Refuse(Header);
        Refuse([.. Header, .. TilePart(0, []), .. "DOE^JANE"u8]);
        Refuse([0xFF, 0x4F, .. Siz, .. Cod, .. TilePart(0, []), .. Eoc]);
        Refuse([0xFF, 0x4F, .. Cod, .. Siz, .. Qcd, .. TilePart(0, []), .. Eoc]);
        byte[] hidden = [.. TilePart(0, []), .. Eoc, .. "DOE"u8];
        hidden[9] = (byte)hidden.Length;
        Refuse([.. Header, .. hidden, .. Eoc]);
        var tooShort = TilePart(0, Com);
        tooShort[9] = 20;
        Refuse([.. Header, .. tooShort, .. Eoc]);
    }

    [Fact]
    public void Only_the_codestream_of_a_JP2_file_is_kept()
    {
        byte[] before = [.. Box("jP  "u8, [0x0D, 0x0A, 0x87, 0x0A]), .. Box("ftyp"u8, [.. "jp2 DOE^"u8])];
        byte[] header = Box("jp2h"u8, [.. Box("ihdr"u8, new byte[14]), .. Box("cdef"u8, [0, 1, 0, 0, 0, 0, 0, 1])]);
        var uuid = Box("uuid"u8, [.. "DOE^JANE"u8]);
        Assert.Equal(Plain, Clean([.. before, .. header, .. uuid, .. Box("jp2c"u8, Plain), .. uuid], out var removed));
        Assert.True(removed);
        byte[] toTheEnd = [0, 0, 0, 0, .. "jp2c"u8, .. Plain, .. "DOE"u8];
        Assert.Equal(Plain, Clean([.. before, .. header, .. toTheEnd], out _));
        byte[] large = [0, 0, 0, 1, .. "jp2c"u8, 0, 0, 0, 0, 0, 0, 0, (byte)(Plain.Length + 16), .. Plain];
        Assert.Equal(Plain, Clean([.. before, .. large], out _));
        Refuse([.. before, .. header]);
        Refuse([.. before, 0, 0, 0, 7, .. "jp2c"u8, .. Plain]);
        Refuse([.. before, 0, 0, 0, 1, .. "jp2c"u8, 0x80, 0, 0, 0, 0, 0, 0, 0, .. Plain]);
    }

    [Theory]
    [InlineData("pclr", "00")]
    [InlineData("cmap", "00")]
    [InlineData("cdef", "0001000000000002")]
    [InlineData("cdef", "0001000000010001")]
    public void JP2_files_whose_boxes_change_samples_are_unsupported(string type, string contents)
    {
        var inner = Box(System.Text.Encoding.ASCII.GetBytes(type), Convert.FromHexString(contents));
        byte[] frame = [.. Box("jP  "u8, [0x0D, 0x0A, 0x87, 0x0A]), .. Box("jp2h"u8, inner), .. Box("jp2c"u8, Plain)];
        Assert.Equal(PacsbinError.UnsupportedTransferSyntax, Assert.Throws<PacsbinException>(() => Clean(frame, out _)).Error);
    }

    private static byte[] Segment(byte marker, byte[] contents) => [0xFF, marker, 0, (byte)(contents.Length + 2), .. contents];

    private static byte[] Box(ReadOnlySpan<byte> type, byte[] contents)
    {
        byte[] box = [0, 0, 0, 0, .. type, .. contents];
        BinaryPrimitives.WriteInt32BigEndian(box, box.Length);
        return box;
    }

    private static byte[] TilePart(byte tile, byte[] header)
    {
        byte[] part = [0xFF, 0x90, 0, 10, 0, tile, 0, 0, 0, 0, 0, 1, .. header, 0xFF, 0x93, .. Packets];
        BinaryPrimitives.WriteInt32BigEndian(part.AsSpan(6), part.Length);
        return part;
    }

    private static void Refuse(byte[] frame)
    {
        var e = Assert.Throws<PacsbinException>(() => Clean(frame, out _));
        Assert.Equal(PacsbinError.MalformedElement, e.Error);
    }

    private static byte[] Clean(byte[] frame, out bool removed)
    {
        var destination = new byte[frame.Length + Jpeg2000Codestream.MaxGrowth];
        return destination[..Jpeg2000Codestream.Clean(frame, destination, out removed)];
    }
}
