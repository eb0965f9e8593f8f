using System.Globalization;
using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Dicom;

public class DicomDictionaryTests
{
    [Theory]
    [InlineData("ps3.6-dictionary.csv")]
    [InlineData("ps3.7-command-elements.csv")]
    public void Every_row_of_the_standard_is_an_entry(string table)
    {
        var rows = Csv.Read(TestData.RequireShared("standard", table)).ToList();
        Assert.All(rows, row =>
        {
            var tag = row["tag"];
            Assert.True(Tag.TryParse(tag.Replace('x', '0'), out var zeros));
            Assert.True(Tag.TryParse(tag.Replace('x', '2'), out var twos));
            Assert.True(DicomDictionary.TryGet(twos, out var entry), tag);
            Assert.Equal(zeros, entry.Tag);
            Assert.Equal(string.Concat(tag.Select(digit => digit == 'x' ? '0' : 'F')), entry.Mask.ToString("X8", CultureInfo.InvariantCulture));
            Assert.Equal(row["keyword"], entry.Keyword);
            Assert.Equal(row["name"], entry.Name);
            Assert.Equal(row["vm"], entry.Vm);
            Assert.Equal(row["retired"] == "Y", entry.IsRetired);
            var vrs = row["vr"].Length > 0 ? row["vr"] : tag.StartsWith("FFFE", StringComparison.Ordinal) ? "None" : "UN";
            Assert.Equal(vrs, string.Join(" or ", entry.AlternativeVrs.Prepend(entry.Vr)));
            Assert.Equal(entry.Vr, DicomDictionary.VrAt(DicomDictionary.IndexOf(twos)));
            if (row["keyword"].Length > 0)
            {
                Assert.True(DicomDictionary.TryGet(row["keyword"], out var same));
                Assert.Same(entry, same);
            }
        });
    }

    [Fact]
    public void The_dictionary_has_no_entry_beyond_the_standard()
    {
        var rows = Csv.Read(TestData.RequireShared("standard", "ps3.6-dictionary.csv")).Count()
            + Csv.Read(TestData.RequireShared("standard", "ps3.7-command-elements.csv")).Count();
        Assert.Equal(rows, DicomDictionary.Count);
    }

    [Fact]
    public void Exact_entries_are_in_tag_order_and_found_under_their_own_index()
    {
        var exact = Enumerable.Range(0, DicomDictionary.Count).Where(index => DicomDictionary.EntryAt(index).Mask == uint.MaxValue).ToList();
        Assert.All(exact, index => Assert.Equal(index, DicomDictionary.IndexOf(DicomDictionary.EntryAt(index).Tag)));
        Assert.All(exact.Zip(exact.Skip(1)), pair => Assert.True(DicomDictionary.EntryAt(pair.First).Tag < DicomDictionary.EntryAt(pair.Second).Tag));
    }

    [Fact]
    public void Keywords_are_unique()
    {
        var keywords = Enumerable.Range(0, DicomDictionary.Count).Select(index => DicomDictionary.EntryAt(index).Keyword).Where(keyword => keyword.Length > 0).ToList();
        Assert.Equal(keywords.Count, keywords.Distinct().Count());
    }

    [Theory]
    [InlineData(0x50000005, "CurveDimensions")]
    [InlineData(0x501E3000, "CurveData")]
    [InlineData(0x60003000, "OverlayData")]
    [InlineData(0x60FE3000, "OverlayData")]
    [InlineData(0x7F000010, "VariablePixelData")]
    [InlineData(0x7FE00010, "PixelData")] // exact goes before 7Fxx0010
    [InlineData(0x7FE00011, "VariableNextDataGroup")]
    [InlineData(0x00203100, "SourceImageIDs")]
    [InlineData(0x002031FF, "SourceImageIDs")]
    [InlineData(0x00280400, "TransformLabel")] // exact goes before 002804x0
    [InlineData(0x00280410, "RowsForNthOrderCoefficients")]
    [InlineData(0x002804F3, "CoefficientCodingPointers")]
    [InlineData(0x00280808, "ImageDataLocation")]
    [InlineData(0x10000010, "EscapeTriplet")]
    [InlineData(0x1000FFF5, "ShiftTableTriplet")]
    [InlineData(0x10101234, "ZonalMap")]
    public void Repeating_groups_resolve_to_one_entry(uint tag, string keyword)
    {
        Assert.True(DicomDictionary.TryGet(new Tag(tag), out var entry));
        Assert.Equal(keyword, entry.Keyword);
        Assert.Equal(new Tag(tag & entry.Mask), entry.Tag);
    }

    [Theory]
    [InlineData(0x00080004)]
    [InlineData(0x00280404 | 0x10)] // 002804x4 is not a family
    [InlineData(0x00203200)]
    [InlineData(0x10000016)]
    [InlineData(0x10000000)] // group lengths
    [InlineData(0x10100000)]
    [InlineData(0x60000000)]
    [InlineData(0x00100000)]
    [InlineData(0x00090010)] // private
    [InlineData(0x60013000)]
    [InlineData(0x7FE10010)]
    [InlineData(0x00213100)]
    [InlineData(0x0029_0400)]
    [InlineData(0xFFFFFFFF)]
    [InlineData(0xFFFEFFFE)]
    public void Unknown_and_private_tags_have_no_entry(uint tag)
    {
        Assert.Equal(-1, DicomDictionary.IndexOf(new Tag(tag)));
        Assert.False(DicomDictionary.TryGet(new Tag(tag), out _));
    }

    [Fact]
    public void No_odd_group_has_an_entry()
    {
        for (var group = 1u; group <= 0xFFFF; group += 2)
        {
            foreach (var element in (ReadOnlySpan<uint>)[0x0000, 0x0005, 0x0010, 0x0400, 0x0802, 0x3000, 0x3100])
            {
                Assert.Equal(-1, DicomDictionary.IndexOf(new Tag((group << 16) | element)));
            }
        }
    }

    [Theory]
    [InlineData("PatientName", 1, 1)]
    [InlineData("ImageType", 2, int.MaxValue)]
    [InlineData("PixelSpacing", 2, 2)]
    [InlineData("OtherPatientIDs", 1, int.MaxValue)]
    [InlineData("SelectorATValue", 1, int.MaxValue)]
    [InlineData("ROIDisplayColor", 3, 3)]
    [InlineData("ContourData", 3, int.MaxValue)]
    [InlineData("RealWorldValueLUTData", 1, int.MaxValue)]
    [InlineData("LUTData", 1, int.MaxValue)] // "1-n or 1"
    [InlineData("Item", 1, 1)]
    public void Multiplicity_is_read(string keyword, int min, int max)
    {
        Assert.True(DicomDictionary.TryGet(keyword, out var entry));
        Assert.Equal((min, max), (entry.MinValues, entry.MaxValues));
    }

    [Fact]
    public void Multiplicities_of_all_entries_are_in_order() =>
        Assert.All(Enumerable.Range(0, DicomDictionary.Count).Select(DicomDictionary.EntryAt), entry =>
            Assert.True(entry.MinValues >= 1 && entry.MaxValues >= entry.MinValues, entry.Keyword));

    [Theory]
    [InlineData("")]
    [InlineData("patientname")]
    [InlineData("Patient Name")]
    public void Unknown_keywords_have_no_entry(string keyword) => Assert.False(DicomDictionary.TryGet(keyword, out _));

    [Fact]
    public void Lookups_by_tag_allocate_nothing()
    {
        Sum(); // the first run may allocate in the runtime
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sum = Sum();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.NotEqual(0, sum);

        static int Sum()
        {
            var sum = 0;
            for (var tag = 0x0008_0000u; tag < 0x0008_2000u; tag++)
            {
                var index = DicomDictionary.IndexOf(new Tag(tag));
                sum += index < 0 ? 0 : (int)DicomDictionary.VrAt(index);
            }

            return sum;
        }
    }
}
