using System.Text;
using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Pacsbin.Redaction;
using Pacsbin.Review;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Redaction;

/// <summary>A region is meant for the same files for all who ask: the scanner, the plan, the redactor, the check.</summary>
public sealed class InstanceUidsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("pacsbin-uids-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("1.2.3.40", null, "1.2.3.40")]
    [InlineData("1.2.3.40", "1.2.3.50", "1.2.3.40")]
    [InlineData(null, "1.2.3.50", "1.2.3.50")]
    [InlineData("", "1.2.3.50", "1.2.3.50")]
    [InlineData(null, null, "")]
    public void Region_for_one_image_is_applied_by_the_UID_that_the_scanner_found(string? inDataset, string? inMeta, string uid)
    {
        var region = new RedactionRegion(0, 0, 2, 2) { SopInstanceUid = uid, SeriesInstanceUid = "1.2.3.41" };
        var study = Study(ToFile(inDataset, inMeta));
        var instance = Assert.Single(study.InstancesOf([region]));
        Assert.Equal(uid, instance.SopInstanceUid);
        using var file = DicomFile.Open(instance.Path);
        Assert.Equal(uid.Length > 0 ? uid : "sha256:", Deidentifier.SopInstanceUidOf(file)[..Math.Max(7, uid.Length)]);
        Assert.NotNull(PixelRedactor.For(file, [region]));
        Assert.NotNull(new RedactionPlan([region], null).For(file).Redactor);
        Assert.Null(PixelRedactor.For(file, [region with { SopInstanceUid = "1.2.3.60" }]));
        Assert.Empty(Check(study, region));
    }

    [Fact]
    public void Region_for_a_series_without_a_UID_is_applied()
    {
        var region = new RedactionRegion(0, 0, 2, 2) { SeriesInstanceUid = "" };
        var study = Study(ToFile("1.2.3.40", null, series: null));
        using var file = DicomFile.Open(Assert.Single(study.InstancesOf([region])).Path);
        Assert.NotNull(PixelRedactor.For(file, [region]));
    }

    [Fact]
    public void Check_tells_that_a_region_for_one_image_does_not_find_it()
    {
        var study = Study(ToFile("1.2.3.40", null));
        File.WriteAllBytes(Path.Join(folder.FullName, "1.dcm"), ToFile("1.2.3.50", null));
        var forImage = new RedactionRegion(0, 0, 2, 2) { SopInstanceUid = "1.2.3.40" };
        Assert.Equal([PacsbinError.RegionOutsideImage], Check(study, forImage));
        Assert.Equal([PacsbinError.RegionOutsideImage], Check(study, forImage, new RedactionRegion(0, 0, 2, 2)));
        Assert.Empty(Check(study, new RedactionRegion(0, 0, 2, 2)));
    }

    private static List<PacsbinError> Check(DicomStudy study, params RedactionRegion[] regions)
    {
        List<PacsbinError> errors = [];
        new RegionCheck(study, regions) { Rejected = (_, e) => errors.Add(e.Error) }.Run(cancellationToken: TestContext.Current.CancellationToken);
        return errors;
    }

    private DicomStudy Study(byte[] file)
    {
        File.WriteAllBytes(Path.Join(folder.FullName, "1.dcm"), file);
        return Assert.Single(new StudyScanner().Scan([folder.FullName], cancellationToken: TestContext.Current.CancellationToken).Studies);
    }

    private static byte[] ToFile(string? inDataset, string? inMeta, string? series = "1.2.3.41")
    {
        var meta = new DicomBuilder();
        if (inMeta is not null)
        {
            meta.Element(0x00020003, "UI", Even(inMeta));
        }

        var rest = meta.Element(0x00020010, "UI", Even(DicomBuilder.ExplicitLittle)).ToBytes();
        var dataset = new DicomBuilder().Element(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7\0");
        if (inDataset is not null)
        {
            dataset.Element(0x00080018, "UI", Even(inDataset));
        }

        dataset.Element(0x00080060, "CS", "OT").Element(0x0020000D, "UI", "1.2.3.4\0");
        if (series is not null)
        {
            dataset.Element(0x0020000E, "UI", Even(series));
        }

        dataset.Numbers(0x00280002, "US", 1).Element(0x00280004, "CS", "MONOCHROME2 ").Numbers(0x00280010, "US", 4).Numbers(0x00280011, "US", 4)
            .Numbers(0x00280100, "US", 8).Numbers(0x00280101, "US", 8).Numbers(0x00280102, "US", 7).Numbers(0x00280103, "US", 0)
            .Element(0x7FE00010, "OB", [.. Enumerable.Repeat((byte)200, 16)]);
        return [.. new byte[128], .. "DICM"u8, .. new DicomBuilder().Numbers(0x00020000, "UL", rest.Length).ToBytes(), .. rest, .. dataset.ToBytes()];
    }

    private static byte[] Even(string uid) => Encoding.ASCII.GetBytes(uid.Length % 2 == 0 ? uid : uid + "\0");
}
