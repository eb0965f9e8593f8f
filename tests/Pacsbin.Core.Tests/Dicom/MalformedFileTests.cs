using System.Text;
using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Dicom;

public class MalformedFileTests : ReadingTests
{
    private const uint ContentSequence = 0x0040A730;

    private static DicomBuilder Start => new DicomBuilder().Element(0x00080060, "CS", "CT");

    [Fact]
    public void Every_cut_inside_an_element_is_truncation()
    {
        var whole = Start.Element(0x00080070, "LO", "MAKER ").Sequence(ContentSequence, true, item => item.Element(0x0040A160, "UT", "text")).ToFile();
        var lastRoot = Start.Element(0x00080070, "LO", "MAKER ").ToFile().Length;
        for (var length = lastRoot + 1; length < whole.Length; length++)
        {
            Assert.Equal(PacsbinError.Truncated, ErrorOf(whole[..length]));
        }
    }

    [Fact]
    public void Errors_say_tag_and_offset_and_never_a_value()
    {
        var file = Start.Element(0x00100010, "PN", "SECRET^NAME ").Header(0x00100020, "LO", 500).Raw(Encoding.ASCII.GetBytes("SECRET")).ToFile();
        var e = Assert.Throws<PacsbinException>(() => Open(file));
        Assert.Equal((PacsbinError.Truncated, Tags.PatientId, file.Length - 14L), (e.Error, e.Tag, e.Offset));
        Assert.DoesNotContain("SECRET", e.ToString(), StringComparison.Ordinal);
        Assert.Contains("(0010,0020)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_and_items_end_inside_what_holds_them()
    {
        var rest = new byte[100];
        Assert.Equal(PacsbinError.MalformedElement, ErrorOf(Start.Header(ContentSequence, "SQ", 20)
            .TagAndLength(0xFFFEE000, 12).Header(0x0040A160, "UT", 30).Raw(rest)));
        Assert.Equal(PacsbinError.MalformedElement, ErrorOf(Start.Header(ContentSequence, "SQ", 20).TagAndLength(0xFFFEE000, 30).Raw(rest)));
        Assert.Equal(PacsbinError.MalformedElement, ErrorOf(Start.Header(ContentSequence, "SQ", 14)
            .TagAndLength(0xFFFEE000, 6).Raw(rest)));
    }

    [Fact]
    public void Sequences_of_undefined_length_end_inside_an_item_of_defined_length()
    {
        var inner = new DicomBuilder().Sequence(ContentSequence, true, item => item.Element(0x0040A160, "UT", "text")).ToBytes();
        Assert.Equal(PacsbinError.MalformedElement, ErrorOf(Start.Header(ContentSequence, "SQ", (uint)inner.Length - 12)
            .TagAndLength(0xFFFEE000, (uint)inner.Length - 20).Raw(inner).Element(0x0040A730 + 1, "LO", "AFTER ")));
    }

    [Theory]
    [InlineData(4, DicomBuilder.Undefined)]
    [InlineData(4, 0u)]
    [InlineData(20, DicomBuilder.Undefined)]
    public void Item_headers_end_inside_their_sequence(uint length, uint itemLength)
    {
        var builder = Start.Header(ContentSequence, "SQ", length);
        for (var left = length; left > 8; left -= 8)
        {
            builder.TagAndLength(0xFFFEE000, 0);
        }

        Assert.Equal(PacsbinError.MalformedElement, ErrorOf(builder.TagAndLength(0xFFFEE000, itemLength).Element(0x00420010, "ST", "end.")));
    }

    [Fact]
    public void Items_that_end_with_their_sequence_need_no_delimiter()
    {
        using var file = Open(Start.Header(ContentSequence, "SQ", 24).TagAndLength(0xFFFEE000, DicomBuilder.Undefined)
            .Element(0x0040A160, "UT", "text").Element(0x00420010, "ST", "end."));
        Assert.Equal(FindingKind.MissingDelimiter, Assert.Single(file.Findings).Kind);
        Assert.Equal("text"u8, Value(Element(file.Dataset, ContentSequence).Sequence!.Items[0], 0x0040A160));
    }

    [Fact]
    public void Delimiters_that_nothing_opened_are_malformed()
    {
        Assert.Equal(PacsbinError.MalformedElement, ErrorOf(Start.TagAndLength(0xFFFEE00D, 0)));
        Assert.Equal(PacsbinError.MalformedElement, ErrorOf(Start.TagAndLength(0xFFFEE0DD, 0)));
        Assert.Equal(PacsbinError.MalformedElement, ErrorOf(Start.TagAndLength(0xFFFEE000, 0)));
    }

    [Fact]
    public void PS3_5_7_1_2_text_of_undefined_length_is_malformed() =>
        Assert.Equal(PacsbinError.MalformedElement, ErrorOf(Start.Header(0x0040A160, "UT", DicomBuilder.Undefined).TagAndLength(0xFFFEE0DD, 0)));

    [Fact]
    public void PS3_5_A_4_fragments_hold_only_items()
    {
        var open = Start.Header(0x7FE00010, "OB", DicomBuilder.Undefined).ToBytes();
        Assert.Equal(PacsbinError.MalformedElement, ErrorOf(new DicomBuilder().Raw(open).Element(0x00100010, "PN", "A^B ")));
        Assert.Equal(PacsbinError.MalformedElement, ErrorOf(new DicomBuilder().Raw(open).TagAndLength(0xFFFEE000, 3).Raw(1, 2, 3)));
        Assert.Equal(PacsbinError.Truncated, ErrorOf(new DicomBuilder().Raw(open).TagAndLength(0xFFFEE000, 0xFFFFFFF0)));
        Assert.Equal(PacsbinError.Truncated, ErrorOf(new DicomBuilder().Raw(open).TagAndLength(0xFFFEE000, 0)));
        Assert.Equal(PacsbinError.MalformedElement, ErrorOf(new DicomBuilder().Raw(open).TagAndLength(0xFFFEE000, 0).TagAndLength(0xFFFEE000, DicomBuilder.Undefined)));
    }

    [Theory]
    [InlineData("xx")]
    [InlineData("??")]
    [InlineData("\0\0")]
    [InlineData("cs")]
    public void Unknown_vrs_are_read_by_where_the_next_element_is(string vr)
    {
        using var file = Open(Start.Element(0x00080070, vr, "MAKER ").Element(0x00080080, "LO", "PLACE "));
        Assert.Equal("MAKER"u8, file.Dataset.GetBytes(new Tag(0x00080070)));
        Assert.Equal("PLACE"u8, file.Dataset.GetBytes(new Tag(0x00080080)));
        Assert.True(Has(file, FindingKind.UnknownVr));
    }

    [Fact]
    public void Unknown_vrs_that_lead_nowhere_are_malformed() =>
        Assert.Equal(PacsbinError.MalformedElement, ErrorOf(Start.Header(0x00080070, "xx", 40).Raw(new byte[60])));

    [Fact]
    public void Zeros_after_the_data_set_are_dropped_with_a_finding()
    {
        using var file = Open([.. Start.ToFile(), 0, 0, 0]);
        Assert.Equal(FindingKind.TrailingBytes, Assert.Single(file.Findings).Kind);
        Assert.Equal(PacsbinError.Truncated, ErrorOf([.. Start.ToFile(), 0, 1, 0]));
    }

    [Fact]
    public void PS3_10_7_1_file_meta_inside_the_data_set_is_dropped()
    {
        using var file = Open(Start.Element(0x00020016, "AE", "TITLE ").Element(0x00100020, "LO", "ID"));
        Assert.Equal(2, file.Dataset.Count);
        Assert.True(Has(file, FindingKind.FileMetaInDataSet));
    }

    [Fact]
    public void Odd_lengths_are_read_with_a_finding()
    {
        using var file = Open(Start.Element(0x00080070, "LO", "MAKER").Element(0x00100020, "LO", "ID"));
        Assert.Equal("MAKER"u8, Value(file.Dataset, 0x00080070));
        Assert.Equal(new Finding(FindingKind.OddLength, new Tag(0x00080070)), Assert.Single(file.Findings));
    }
}
