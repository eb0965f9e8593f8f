using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Dicom;

public class DicomReaderTests : ReadingTests
{
    private const uint ContentSequence = 0x0040A730;

    public static TheoryData<string> LongVrs => ["OB", "OD", "OF", "OL", "OV", "OW", "SV", "UC", "UN", "UR", "UT", "UV"];

    public static TheoryData<string> ShortVrs =>
        ["AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST", "TM", "UI", "UL", "US"];

    [Theory]
    [MemberData(nameof(LongVrs))]
    [MemberData(nameof(ShortVrs))]
    public void PS3_5_7_1_2_every_vr_has_its_form_of_length(string vr)
    {
        using var file = Open(new DicomBuilder().Element(0x00080005, "CS", "ISO_IR 6").Element(0x00091001, vr, "12345678").Element(0x00100020, "LO", "ID"));

        Assert.Equal(vr, Element(file.Dataset, 0x00091001).Vr.ToString());
        Assert.Equal("12345678"u8, Value(file.Dataset, 0x00091001));
        Assert.Equal("ID"u8, Value(file.Dataset, 0x00100020));
        Assert.Empty(file.Findings);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void PS3_5_7_5_sequences_and_items_keep_their_form_of_length(bool undefined, bool undefinedItems)
    {
        foreach (var form in Enum.GetValues<Encoded>())
        {
            using var file = Open(new DicomBuilder(form)
                .Element(0x00080060, "CS", "SR")
                .Sequence(ContentSequence, "SQ", undefined, undefinedItems,
                    item => item.Element(0x0040A040, "CS", "TEXT").Sequence(ContentSequence, "SQ", undefinedItems, undefined, _ => { }),
                    item => item.Element(0x0040A160, "UT", "text"))
                .Element(0x00420010, "ST", "end."));

            var sequence = Element(file.Dataset, ContentSequence).Sequence!;
            Assert.Equal(undefined, sequence.HasUndefinedLength);
            Assert.Equal(2, sequence.Items.Count);
            Assert.All(sequence.Items, item => Assert.Equal(undefinedItems, item.HasUndefinedLength));
            var inner = Element(sequence.Items[0], ContentSequence).Sequence!;
            Assert.Equal(undefinedItems, inner.HasUndefinedLength);
            Assert.Equal(undefined, Assert.Single(inner.Items).HasUndefinedLength);
            Assert.Same(sequence.Items[0], inner.Items[0].Parent);
            Assert.Equal("text"u8, Value(sequence.Items[1], 0x0040A160));
            Assert.Equal("end."u8, Value(file.Dataset, 0x00420010));
            Assert.Empty(file.Findings);
        }
    }

    [Theory]
    [InlineData(64, null)]
    [InlineData(65, PacsbinError.LimitExceeded)]
    [InlineData(5000, PacsbinError.LimitExceeded)]
    public void PS3_5_7_5_nesting_has_a_limit(int depth, PacsbinError? expected)
    {
        var builder = new DicomBuilder();
        for (var i = 0; i < depth; i++)
        {
            builder.Header(ContentSequence, "SQ", DicomBuilder.Undefined).TagAndLength(0xFFFEE000, DicomBuilder.Undefined);
        }

        for (var i = 0; i < depth; i++)
        {
            builder.TagAndLength(0xFFFEE00D, 0).TagAndLength(0xFFFEE0DD, 0);
        }

        Assert.Equal(expected, ErrorOf(builder.ToFile(DicomBuilder.ExplicitLittle)));
    }

    [Theory]
    [InlineData(1_000_000, null)]
    [InlineData(1_000_001, PacsbinError.LimitExceeded)]
    public void Number_of_elements_and_items_has_a_limit(int count, PacsbinError? expected)
    {
        var items = new byte[8 * (count - 3)];
        for (var i = 0; i < items.Length; i += 8)
        {
            (items[i], items[i + 1], items[i + 3]) = (0xFE, 0xFF, 0xE0);
        }

        var builder = new DicomBuilder().Header(ContentSequence, "SQ", (uint)items.Length).Raw(items);
        Assert.Equal(expected, ErrorOf(builder.ToFile()));
    }

    [Theory]
    [InlineData(Encoded.ExplicitLittle, Vr.UN)]
    [InlineData(Encoded.ImplicitLittle, Vr.SQ)]
    [InlineData(Encoded.ExplicitBig, Vr.UN)]
    public void PS3_5_6_2_2_un_of_undefined_length_is_implicit_inside(object form, Vr vr)
    {
        using var file = Open(new DicomBuilder((Encoded)form)
            .Private(0x00090010, "MAKER ", b => b.Sequence(0x00091001, "UN", true, true,
                item => item.Element(0x00100010, "PN", "In^Side ").Numbers(0x00280010, "US", 258)))
            .Numbers(0x00280010, "US", 772));

        var element = Element(file.Dataset, 0x00091001);
        Assert.Equal(vr, element.Vr);
        var item = Assert.Single(element.Sequence!.Items);
        Assert.Equal((Vr.PN, "In^Side "), (Element(item, 0x00100010).Vr, item.GetString(new Tag(0x00100010)) + " "));
        Assert.Equal(258, item.GetInt32(Tags.Rows));
        Assert.Equal(772, file.Dataset.GetInt32(Tags.Rows));
    }

    [Fact]
    public void PS3_5_6_2_2_un_of_defined_length_stays_bytes()
    {
        using var file = Open(new DicomBuilder().Sequence(0x00091001, "UN", false, false, item => item.Element(0x00100010, "PN", "A^B ")));
        Assert.Null(Element(file.Dataset, 0x00091001).Sequence);
        Assert.Equal(20, Value(file.Dataset, 0x00091001).Length);
    }

    [Fact]
    public void PS3_5_6_2_2_bytes_of_a_un_are_items_or_nothing()
    {
        static byte[] Items(Encoded form) => new DicomBuilder(form)
            .Item(false, item => item.Element(0x00080060, "CS", "CT").Element(0x00100020, "LO", "ID")).Item(true, item => { }).ToBytes();

        var parent = new DicomDataset();
        foreach (var form in new[] { Encoded.ExplicitLittle, Encoded.ImplicitLittle })
        {
            var isExplicit = form == Encoded.ExplicitLittle;
            Assert.True(DicomReader.TryReadItems(Items(form), parent, isExplicit, out var sequence));
            Assert.Equal([2, 0], sequence.Items.Select(item => item.Count));
            Assert.Equal("ID"u8, sequence.Items[0].GetBytes(Tags.PatientId));
            Assert.Same(parent, sequence.Items[0].Parent);
            Assert.False(DicomReader.TryReadItems(Items(form), parent, !isExplicit, out sequence));
            Assert.Null(sequence);
            Assert.False(DicomReader.TryReadItems(Items(form).AsMemory()[..^9], parent, isExplicit, out sequence));
            Assert.Null(sequence);
        }
    }

    [Fact]
    public void PS3_5_7_8_private_attributes_are_un_without_a_vr_and_their_creators_are_lo()
    {
        var blocks = new[] { Encoded.ExplicitLittle, Encoded.ImplicitLittle, Encoded.ExplicitBig }.Select(form => new DicomBuilder(form)
            .Element(0x00080060, "CS", "CT")
            .Private(0x00090010, "ONE ", b => b.Element(0x00091001, "DS", "1.5 "))
            .Private(0x001900FF, "LAST", b => b.Numbers(0x0019FF01, "UL", 1)));
        Assert.All(blocks, block =>
        {
            using var file = Open(block);
            Assert.Equal(Vr.LO, Element(file.Dataset, 0x00090010).Vr);
            Assert.Equal(Vr.LO, Element(file.Dataset, 0x001900FF).Vr);
            Assert.Equal(file.TransferSyntax.IsExplicitVr ? Vr.DS : Vr.UN, Element(file.Dataset, 0x00091001).Vr);
            Assert.Equal(new byte[] { 1, 0, 0, 0 }, Value(file.Dataset, 0x0019FF01));
            Assert.Equal(new Tag(0x001900FF), new Tag(0x0019FF01).PrivateCreator);
        });
    }

    [Fact]
    public void PS3_5_A_4_fragments_stay_in_the_source()
    {
        var bytes = new DicomBuilder().Element(0x00080060, "CS", "US").Fragments(0x7FE00010, [0, 12], [1, 2, 3, 4], [5, 6], []).ToFile(DicomBuilder.JpegBaseline);
        using var file = Open(bytes);

        var fragments = Element(file.Dataset, 0x7FE00010).Fragments!;
        Assert.Equal([0, 12], fragments.OffsetTable);
        Assert.Equal([4L, 2, 0], Enumerable.Range(0, fragments.Count).Select(i => fragments[i].Length));
        Assert.Equal(new byte[] { 1, 2, 3, 4 }, bytes.AsSpan((int)fragments[0].Offset, 4));
        Assert.Equal(new byte[] { 5, 6 }, bytes.AsSpan((int)fragments[1].Offset, 2));
    }

    [Fact]
    public void PS3_5_7_3_big_endian_numbers_are_swapped_by_the_vrs_unit()
    {
        using var file = Open(new DicomBuilder(Encoded.ExplicitBig)
            .Element(0x00080005, "CS", "ISO_IR 6")
            .Element(0x00091001, "AT", 0x00, 0x10, 0x00, 0x20)
            .Element(0x00091002, "OW", 1, 2, 3, 4)
            .Element(0x00091003, "FD", 1, 2, 3, 4, 5, 6, 7, 8)
            .Element(0x00091004, "FL", 1, 2, 3, 4)
            .Element(0x00091005, "UV", 1, 2, 3, 4, 5, 6, 7, 8)
            .Element(0x00091006, "OB", 1, 2, 3, 4)
            .Element(0x00091007, "UN", 1, 2, 3, 4)
            .Element(0x00091008, "SS", 1, 2, 3));

        Assert.Equal(new byte[] { 0x10, 0x00, 0x20, 0x00 }, Value(file.Dataset, 0x00091001));
        Assert.Equal(new byte[] { 2, 1, 4, 3 }, Value(file.Dataset, 0x00091002));
        Assert.Equal(new byte[] { 8, 7, 6, 5, 4, 3, 2, 1 }, Value(file.Dataset, 0x00091003));
        Assert.Equal(new byte[] { 4, 3, 2, 1 }, Value(file.Dataset, 0x00091004));
        Assert.Equal(new byte[] { 8, 7, 6, 5, 4, 3, 2, 1 }, Value(file.Dataset, 0x00091005));
        Assert.Equal(new byte[] { 1, 2, 3, 4 }, Value(file.Dataset, 0x00091006));
        Assert.Equal(new byte[] { 1, 2, 3, 4 }, Value(file.Dataset, 0x00091007));
        Assert.Equal(new byte[] { 2, 1, 3 }, Value(file.Dataset, 0x00091008));
    }

    [Theory]
    [InlineData(64 * 1024, false)]
    [InlineData((64 * 1024) + 2, true)]
    public void Values_above_64_KiB_stay_as_ranges(int length, bool isRange)
    {
        var pixels = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        var bytes = new DicomBuilder().Element(0x00080060, "CS", "CT").Element(0x7FE00010, "OW", pixels).Element(0xFFFCFFFC, "OB", new byte[2]).ToFile();
        using var file = Open(bytes);

        var element = Element(file.Dataset, 0x7FE00010);
        Assert.Equal(isRange ? (bytes.Length - length - 14, length) : (0L, 0L), (element.Range?.Offset ?? 0, element.Range?.Length ?? 0));
        Assert.Equal(isRange ? 0 : length, element.Value.Length);
        Assert.Equal(2, file.Dataset.Count);
    }

    [Fact]
    public void Duplicates_keep_the_first_and_others_are_sorted()
    {
        using var file = Open(new DicomBuilder()
            .Element(0x00100010, "PN", "First^A ").Element(0x00080060, "CS", "CT").Element(0x00100010, "PN", "Second^B").Element(0x00080070, "LO", "M1"));

        Assert.Equal("First^A"u8, file.Dataset.GetBytes(Tags.PatientName));
        Assert.Equal([0x00080060u, 0x00080070, 0x00100010], Enumerable.Range(0, 3).Select(i => file.Dataset[i].Tag.Value));
        Assert.Equal(new Finding(FindingKind.DuplicateElement, Tags.PatientName), Assert.Single(file.Findings));
    }

    [Fact]
    public void Elements_out_of_order_are_sorted()
    {
        using var file = Open(new DicomBuilder().Element(0x00100020, "LO", "ID").Element(0x00080060, "CS", "CT"));
        Assert.Equal(Tags.Modality, file.Dataset[0].Tag);
        Assert.Equal(FindingKind.ElementsOutOfOrder, Assert.Single(file.Findings).Kind);
    }

    [Fact]
    public void PS3_5_7_2_group_lengths_and_trailing_padding_are_dropped_at_every_depth()
    {
        using var file = Open(new DicomBuilder()
            .Numbers(0x00080000, "UL", 10).Element(0x00080060, "CS", "CT")
            .Sequence(ContentSequence, true, item => item.Numbers(0x00100000, "UL", 10).Element(0x00100020, "LO", "ID"))
            .Element(0xFFFCFFFC, "OB", new byte[4]));
        Assert.Equal(2, file.Dataset.Count);
        Assert.Equal(1, Element(file.Dataset, ContentSequence).Sequence!.Items[0].Count);
    }
}
