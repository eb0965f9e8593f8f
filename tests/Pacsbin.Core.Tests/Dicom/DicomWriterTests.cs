using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Dicom;

public class DicomWriterTests : ReadingTests
{
    private static readonly DicomSource NoSource = new(ReadOnlyMemory<byte>.Empty);

    private static byte[] Written(TransferSyntax syntax, params DicomElement[] elements)
    {
        var dataset = new DicomDataset();
        foreach (var element in elements)
        {
            dataset.Set(element);
        }

        using var stream = new MemoryStream();
        using var writer = new DicomWriter(stream, 16);
        writer.Write(dataset, NoSource, syntax);
        writer.Flush();
        return stream.ToArray();
    }

    [Theory]
    [InlineData(0xFFFE, "LO")]
    [InlineData(0xFFFF, "UN")]
    [InlineData(0x10000, "UN")]
    [InlineData(0x10002, "UN")]
    public void PS3_5_6_2_2_a_value_too_long_for_a_16_bit_length_is_written_as_un(int length, string vr)
    {
        var value = Enumerable.Repeat((byte)'x', length).ToArray();
        byte[] padded = length % 2 == 0 ? value : [.. value, (byte)' '];
        Assert.Equal(new DicomBuilder().Element(0x00091001, vr, padded).ToBytes(),
            Written(TransferSyntax.ExplicitVrLittleEndian, new DicomElement(new Tag(0x00091001), Vr.LO, value)));
    }

    [Fact]
    public void PS3_5_6_2_2_a_value_written_as_un_is_little_endian()
    {
        var value = Enumerable.Range(0, 0x10000).Select(i => (byte)i).ToArray();
        Assert.Equal(new DicomBuilder(Encoded.ExplicitBig).Element(0x00091001, "UN", value).ToBytes(),
            Written(TransferSyntax.ExplicitVrBigEndian, new DicomElement(new Tag(0x00091001), Vr.US, value)));
    }

    [Theory]
    [InlineData("AE", " ")]
    [InlineData("LO", " ")]
    [InlineData("UT", " ")]
    [InlineData("UI", "\0")]
    [InlineData("OB", "\0")]
    [InlineData("UN", "\0")]
    public void PS3_5_6_2_values_are_padded_to_even_length(string vr, string padding) =>
        Assert.Equal(new DicomBuilder().Element(0x00091001, vr, "odd" + padding).ToBytes(),
            Written(TransferSyntax.ExplicitVrLittleEndian, new DicomElement(new Tag(0x00091001), Enum.Parse<Vr>(vr), "odd"u8.ToArray())));

    [Fact]
    public void PS3_5_7_1_lengths_beyond_32_bits_are_refused()
    {
        var item = new DicomDataset { HasUndefinedLength = false };
        item.Set(new DicomElement(new Tag(0x00091001), Vr.OB, new FileRange(0, 3L << 30)));
        item.Set(new DicomElement(new Tag(0x00091002), Vr.OB, new FileRange(0, 3L << 30)));
        foreach (var undefined in new[] { true, false })
        {
            var sequence = new DicomSequence { HasUndefinedLength = undefined, Items = { item } };
            Assert.Equal(PacsbinError.LimitExceeded,
                Assert.Throws<PacsbinException>(() => Written(TransferSyntax.ExplicitVrLittleEndian, new DicomElement(new Tag(0x0040A730), Vr.SQ, sequence))).Error);
        }
    }

    [Fact]
    public void Every_form_is_written_as_the_builder_writes_it()
    {
        foreach (var form in Enum.GetValues<Encoded>())
        {
            foreach (var (undefined, undefinedItems) in new[] { (true, true), (true, false), (false, true), (false, false) })
            {
                var dataset = new DicomBuilder(form)
                    .Numbers(0x00080001, "UL", 0x01020304)
                    .Element(0x00080060, "CS", "CT")
                    .Private(0x00090010, "MAKER ", b => b.Sequence(0x00091001, "UN", true, undefinedItems, item => item.Numbers(0x00280010, "US", 0x0102)))
                    .Numbers(0x00280009, "AT", 1, 2)
                    .Sequence(0x0040A730, "SQ", undefined, undefinedItems,
                        item => item.Element(0x00100020, "LO", "ID").Sequence(0x0040A730, "SQ", undefinedItems, undefined, inner => inner.Numbers(0x00280010, "US", 3)),
                        item => { })
                    .Numbers(0x7FE00010, "OW", [.. Enumerable.Range(0, 50_000).Select(i => (long)i)]);
                using var file = Open(dataset);
                Assert.Equal(dataset.ToBytes(), Saved(file)[^dataset.ToBytes().Length..]);
            }
        }
    }

    [Fact]
    public void PS3_5_A_4_fragments_are_written_as_they_were_read()
    {
        foreach (var form in new[] { Encoded.ExplicitLittle, Encoded.ExplicitBig })
        {
            var dataset = new DicomBuilder(form).Element(0x00080060, "CS", "US").Fragments(0x7FE00010, [0, 12], [1, 2, 3, 4], [5, 6], new byte[100_000]).ToBytes();
            using var file = Open(DicomBuilder.Part10(form == Encoded.ExplicitBig ? DicomBuilder.ExplicitBig : DicomBuilder.JpegBaseline, dataset));
            Assert.Equal([0, 12], Element(file.Dataset, 0x7FE00010).Fragments!.OffsetTable);
            Assert.Equal(dataset, Saved(file)[^dataset.Length..]);
        }
    }

    [Fact]
    public void PS3_5_A_4_fragments_of_odd_length_are_padded_and_offsets_follow()
    {
        using var file = Open(new DicomBuilder().Element(0x00080060, "CS", "US").Fragments(0x7FE00010, [0, 20, 31], [1], [2, 3, 4], [5, 6, 7], [8, 9]), DicomBuilder.JpegBaseline);
        var expected = new DicomBuilder().Fragments(0x7FE00010, [0, 22, 34], [1, 0], [2, 3, 4, 0], [5, 6, 7, 0], [8, 9]).ToBytes();
        Assert.Equal(expected, Saved(file)[^expected.Length..]);
        Assert.True(Has(file, FindingKind.OddLength));
    }
}
