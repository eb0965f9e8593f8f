using Pacsbin.Review;
using Pacsbin.Tests.Studies;
using Xunit;

namespace Pacsbin.Tests.Review;

public sealed class AttributeListTests : IDisposable
{
    private readonly StudyFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Attributes_come_in_order_with_items_below_their_sequence()
    {
        var path = folder.Write("1.dcm", new DicomBuilder()
            .Element(0x00080005, "CS", "ISO_IR 192")
            .Sequence(0x00081115, undefined: true, i => i.Sequence(0x00081199, undefined: false, j => j.Element(0x00081155, "UI", "1.2.4\0")).Element(0x0020000E, "UI", "1.2.3\0"), i => i.Element(0x0020000E, "UI", "1.2.5\0"))
            .Element(0x00090010, "LO", "ACME")
            .Element(0x00091001, "OB", 1, 2)
            .Element(0x00100010, "PN", System.Text.Encoding.UTF8.GetBytes("Müller^山田 "))
            .Numbers(0x00280010, "US", 7)
            .Numbers(0x00280030, "UL", 1, 2)
            .Element(0x00400244, "DA", "")
            .Element(0x4008010B, "ST", new string('x', 3000))
            .Fragments(0x7FE00010, [], [1, 2, 3, 4], [5, 6])
            .ToFile(DicomBuilder.JpegBaseline));
        var all = AttributeList.Read(path);
        Assert.Equal("(0002,0000) (0002,0010)", string.Join(' ', all.TakeWhile(a => a.Tag.Group == 2).Select(a => a.Tag)));
        Assert.Equal(
            [
                (0, "SpecificCharacterSet", "CS", 10L, "ISO_IR 192"), (0, "ReferencedSeriesSequence", "SQ", 2, null), (1, "ReferencedSOPSequence", "SQ", 1, null), (2, "ReferencedSOPInstanceUID", "UI", 6, "1.2.4"),
                (1, "SeriesInstanceUID", "UI", 6, "1.2.3"), (1, "SeriesInstanceUID", "UI", 6, "1.2.5"), (0, null, "LO", 4, "ACME"), (0, null, "OB", 2, null), (0, "PatientName", "PN", 15, "Müller^山田"),
                (0, "Rows", "US", 2, "7"), (0, "PixelSpacing", "UL", 8, "1\\2"), (0, "PerformedProcedureStepStartDate", "DA", 0, null),
            ],
            all.Where(a => a.Tag.Group is > 2 and < 0x4000 || a.Tag.Value == 0x00400244).Select(a => (a.Depth, a.Keyword, a.Vr, a.Length, a.Value)));
        Assert.Equal((3000, 1025), ((int)all.Single(a => a.Tag.Group == 0x4008).Length, all.Single(a => a.Tag.Group == 0x4008).Value!.Length));
        Assert.Equal(("OB", 2L, null), (all[^1].Vr, all[^1].Length, all[^1].Value));
    }

    [Fact]
    public void Text_of_an_attribute_is_its_tag_and_never_its_value()
    {
        var path = folder.Write("1.dcm", StudyFolder.Instance(1, 1));
        Assert.All(AttributeList.Read(path), a => Assert.Equal(a.Tag.ToString(), a.ToString()));
        Assert.Equal(PacsbinError.FileNotFound, Assert.Throws<PacsbinException>(() => AttributeList.Read(folder["none"])).Error);
    }
}
