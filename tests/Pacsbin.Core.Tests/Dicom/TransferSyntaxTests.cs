using Pacsbin.Dicom;
using Pacsbin.Imaging;
using Xunit;

namespace Pacsbin.Tests.Dicom;

public sealed class TransferSyntaxTests
{
    [Fact]
    public void Uid_that_the_standard_does_not_list_is_in_no_message()
    {
        Assert.DoesNotContain("DOE", TransferSyntax.FromUid("DOE^JOHN").ToString(), StringComparison.Ordinal);
        Assert.Equal("JPEG Baseline (Process 1)", TransferSyntax.FromUid("1.2.840.10008.1.2.4.50").ToString());
        var bytes = new DicomBuilder().Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7\0").Element(0x00080018, "UI", "1.2.3.40")
            .Numbers(0x00280002, "US", 1).Element(0x00280004, "CS", "MONOCHROME2 ").Numbers(0x00280010, "US", 8).Numbers(0x00280011, "US", 8)
            .Numbers(0x00280100, "US", 8).Numbers(0x00280101, "US", 8).Numbers(0x00280102, "US", 7).Numbers(0x00280103, "US", 0)
            .Fragments(0x7FE00010, [], [0, 0, 0, 0]).ToFile("DOE^JOHN");
        using var file = DicomFile.Open(new DicomSource(bytes));
        var error = Assert.Throws<PacsbinException>(() => FrameReader.Open(file));
        Assert.DoesNotContain("DOE", error.Message, StringComparison.Ordinal);
    }
}
