using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Dicom;

public class DicomDatasetTests
{
    private static DicomElement Text(uint tag, string value, Vr vr = Vr.LO) => new(new Tag(tag), vr, Encoding.ASCII.GetBytes(value));

    [Fact]
    public void PS3_5_7_1_elements_are_in_ascending_order_and_each_tag_once()
    {
        var steps = Gen.Choose(0, 30).Zip(Gen.Elements(true, true, false), (tag, isSet) => (Tag: new Tag(0x00100000u + (uint)tag), IsSet: isSet)).ListOf();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(steps.ToArbitrary(), operations =>
        {
            var dataset = new DicomDataset();
            var model = new SortedDictionary<Tag, byte>();
            byte value = 0;
            foreach (var (tag, isSet) in operations)
            {
                if (isSet)
                {
                    dataset.Set(new DicomElement(tag, Vr.OB, new[] { ++value }));
                    model[tag] = value;
                }
                else
                {
                    Assert.Equal(model.Remove(tag), dataset.Remove(tag));
                }
            }

            Assert.Equal(model, Enumerable.Range(0, dataset.Count).ToDictionary(i => dataset[i].Tag, i => dataset[i].Value.Span[0]));
            Assert.Equal(model.Keys, Enumerable.Range(0, dataset.Count).Select(i => dataset[i].Tag));
            Assert.All(model.Keys, tag => Assert.True(dataset.Contains(tag)));
        }));
    }

    [Fact]
    public void Indexes_beyond_the_elements_are_refused()
    {
        var dataset = new DicomDataset(capacity: 8);
        dataset.Set(Text(0x00100020, "ID"));
        Assert.Throws<ArgumentOutOfRangeException>(() => dataset[1].Tag);
        Assert.Throws<ArgumentOutOfRangeException>(() => dataset[-1].Tag);
    }

    [Theory]
    [InlineData(" A\\B ", "A")]
    [InlineData("A \0", "A")]
    [InlineData("  ", "")]
    [InlineData("", "")]
    public void First_value_has_no_padding(string value, string expected)
    {
        var dataset = new DicomDataset();
        dataset.Set(Text(0x00080060, value, Vr.CS));
        Assert.Equal(expected, Encoding.ASCII.GetString(dataset.GetBytes(Tags.Modality)));
        Assert.True(dataset.GetBytes(Tags.PatientId).IsEmpty);
        Assert.Null(dataset.GetString(Tags.PatientId));
    }

    [Fact]
    public void Numbers_are_read_by_their_vr()
    {
        var dataset = new DicomDataset();
        dataset.Set(new DicomElement(Tags.Rows, Vr.US, new byte[] { 0xFF, 0xFF }));
        dataset.Set(new DicomElement(Tags.Columns, Vr.SS, new byte[] { 0xFF, 0xFF }));
        dataset.Set(new DicomElement(Tags.BitsAllocated, Vr.US, new byte[] { 8 }));
        dataset.Set(Text(0x00280008, "12 ", Vr.IS));
        dataset.Set(Text(0x00200013, "-1x", Vr.IS));
        Assert.Equal(0xFFFF, dataset.GetInt32(Tags.Rows));
        Assert.Equal(-1, dataset.GetInt32(Tags.Columns));
        Assert.Equal(12, dataset.GetInt32(Tags.NumberOfFrames));
        Assert.Null(dataset.GetInt32(Tags.BitsAllocated));
        Assert.Null(dataset.GetInt32(Tags.InstanceNumber));
        Assert.Null(dataset.GetInt32(Tags.BitsStored));
    }

    [Fact]
    public void Numbers_in_text_do_not_depend_on_the_culture()
    {
        var dataset = new DicomDataset();
        dataset.Set(Text(0x00200013, "-12 ", Vr.IS));
        var before = CultureInfo.CurrentCulture;
        try
        {
            var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            other.NumberFormat.NegativeSign = "minus";
            CultureInfo.CurrentCulture = other;
            Assert.Equal(-12, dataset.GetInt32(Tags.InstanceNumber));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Nothing_that_holds_values_prints_them()
    {
        var dataset = new DicomDataset();
        dataset.Set(Text(0x00100010, "SECRET^NAME", Vr.PN));
        Assert.Equal(("1 elements", "(0010,0010) PN"), (dataset.ToString(), dataset[0].ToString()));
    }
}
