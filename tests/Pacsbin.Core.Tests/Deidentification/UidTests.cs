using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Pacsbin.Projects;
using Xunit;

namespace Pacsbin.Tests.Deidentification;

public class UidTests
{
    private const string StudyUid = "1.2.826.0.1.3680043.99.10";
    private const string SeriesUid = "1.2.826.0.1.3680043.99.11";
    private const string ImageUid = "1.2.826.0.1.3680043.99.12";
    private const string CtImage = "1.2.840.10008.5.1.4.1.1.2";

    private static byte[] Image => new DicomBuilder()
        .Element(0x00080016, "UI", Originals.Ascii(CtImage)).Element(0x00080018, "UI", Originals.Ascii(ImageUid))
        .Element(0x0020000D, "UI", Originals.Ascii(StudyUid)).Element(0x0020000E, "UI", Originals.Ascii(SeriesUid))
        .ToFile();

    [Fact]
    public void Replacements_are_the_same_in_every_file_and_run_with_one_key()
    {
        using var one = Deidentified.Open(Image, DeidentificationProfile.Pacsbin);
        using var two = Deidentified.Open(Image, DeidentificationProfile.Basic, key: [.. Deidentified.Key]);
        foreach (var tag in new uint[] { 0x00080018, 0x0020000D, 0x0020000E })
        {
            Assert.Equal(one.Dataset.Text(tag), two.Dataset.Text(tag));
        }
    }

    [Fact]
    public void Replacements_differ_with_another_key_and_from_the_original()
    {
        using var one = Deidentified.Open(Image, DeidentificationProfile.Pacsbin);
        using var two = Deidentified.Open(Image, DeidentificationProfile.Pacsbin, key: Encoding.ASCII.GetBytes("quite another key"));
        string?[] all = [one.Dataset.Text(0x00080018), two.Dataset.Text(0x00080018), ImageUid, one.Dataset.Text(0x0020000D), two.Dataset.Text(0x0020000D)];
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public void Replacements_are_legal_as_ps3_5_9_1_asks()
    {
        using var pseudonymizer = new Pseudonymizer(Deidentified.Key);
        Prop.ForAll<NonEmptyString>(original => Originals.IsUid(pseudonymizer.Uid(original.Get))).QuickCheckThrowOnFailure();
        Assert.All(Enumerable.Range(0, 5000), i => Assert.True(Originals.IsUid(pseudonymizer.Uid($"1.2.3.{i}"))));
    }

    [Fact]
    public void Different_originals_have_different_replacements()
    {
        using var pseudonymizer = new Pseudonymizer(Deidentified.Key);
        Assert.Equal(20_000, Enumerable.Range(0, 20_000).Select(i => pseudonymizer.Uid($"1.2.3.{i}")).Distinct().Count());
    }

    [Fact]
    public void Uids_that_the_standard_registers_keep_their_value_wherever_they_are()
    {
        using var pseudonymizer = new Pseudonymizer(Deidentified.Key);
        var registered = Csv.Read(TestData.RequireShared("standard", "uids.csv")).Select(r => r.Values.First()).ToList();
        Assert.All(registered, uid => Assert.Equal(uid, pseudonymizer.Uid(uid)));

        // Frame of Reference UID is replaced by the table, but Talairach's brain is nobody's.
        var file = new DicomBuilder().Element(0x00200052, "UI", Originals.Ascii("1.2.840.10008.1.4.1.1")).ToFile();
        using var copy = Deidentified.Open(file, DeidentificationProfile.Basic);
        Assert.Equal("1.2.840.10008.1.4.1.1", copy.Dataset.Text(0x00200052));
    }

    [Fact]
    public void Each_of_several_uids_is_replaced()
    {
        var file = new DicomBuilder().Element(0x00080058, "UI", Originals.Ascii($"{ImageUid}\\{CtImage}\\{SeriesUid}")).ToFile();
        using var copy = Deidentified.Open(file, DeidentificationProfile.Basic);
        Assert.Equal($"{Deidentified.UidOf(ImageUid)}\\{CtImage}\\{Deidentified.UidOf(SeriesUid)}", copy.Dataset.Text(0x00080058));
    }

    [Theory]
    [InlineData(ImageUid + "\0")]
    [InlineData(ImageUid + "  ")]
    [InlineData(" " + ImageUid)]
    public void Padding_does_not_make_another_uid(string padded)
    {
        var file = new DicomBuilder().Element(0x00080018, "UI", padded).ToFile();
        using var copy = Deidentified.Open(file, DeidentificationProfile.Basic);
        Assert.Equal(Deidentified.UidOf(ImageUid), copy.Dataset.Text(0x00080018));
    }

    [Fact]
    public void A_plan_still_points_at_its_structure_set()
    {
        var structures = new DicomBuilder().Element(0x00080016, "UI", Originals.Ascii("1.2.840.10008.5.1.4.1.1.481.3")).Element(0x00080018, "UI", Originals.Ascii("1.2.3.50")).ToFile();
        var plan = new DicomBuilder().Element(0x00080016, "UI", Originals.Ascii("1.2.840.10008.5.1.4.1.1.481.5")).Element(0x00080018, "UI", Originals.Ascii("1.2.3.51"))
            .Sequence(0x300C0060, undefined: true, item => Reference(item, "1.2.840.10008.5.1.4.1.1.481.3", "1.2.3.50"))
            .ToFile();
        AssertResolves(structures, plan, d => d.Item(0x300C0060));
    }

    [Fact]
    public void A_report_still_lists_its_evidence()
    {
        var report = new DicomBuilder().Element(0x00080016, "UI", Originals.Ascii("1.2.840.10008.5.1.4.1.1.88.33")).Element(0x00080018, "UI", Originals.Ascii("1.2.3.60"))
            .Sequence(0x0040A375, undefined: true, study => study
                .Sequence(0x00081115, undefined: true, series => series
                    .Sequence(0x00081199, undefined: true, item => Reference(item, CtImage, ImageUid))
                    .Element(0x0020000E, "UI", Originals.Ascii(SeriesUid)))
                .Element(0x0020000D, "UI", Originals.Ascii(StudyUid)))
            .ToFile();
        AssertResolves(Image, report, d => d.Item(0x0040A375).Item(0x00081115).Item(0x00081199));
        using var copy = Deidentified.Open(report, DeidentificationProfile.Pacsbin);
        Assert.Equal(Deidentified.UidOf(StudyUid), copy.Dataset.Item(0x0040A375).Text(0x0020000D));
        Assert.Equal(Deidentified.UidOf(SeriesUid), copy.Dataset.Item(0x0040A375).Item(0x00081115).Text(0x0020000E));
    }

    [Fact]
    public void A_presentation_state_still_points_at_its_image()
    {
        // PS3.3 C.11.11: Referenced Series Sequence and, in it, Referenced Image Sequence are type 1.
        var state = new DicomBuilder().Element(0x00080016, "UI", Originals.Ascii("1.2.840.10008.5.1.4.1.1.11.1")).Element(0x00080018, "UI", Originals.Ascii("1.2.3.70"))
            .Sequence(0x00081115, undefined: true, series => series
                .Sequence(0x00081140, undefined: true, item => Reference(item, CtImage, ImageUid))
                .Element(0x0020000E, "UI", Originals.Ascii(SeriesUid)))
            .ToFile();
        AssertResolves(Image, state, d => d.Item(0x00081115).Item(0x00081140));
    }

    [Fact]
    public void Records_of_a_directory_still_name_the_instances()
    {
        var directory = new DicomBuilder().Element(0x00080016, "UI", Originals.Ascii("1.2.840.10008.1.3.10")).Element(0x00080018, "UI", Originals.Ascii("1.2.3.80"));
        var file = new DicomBuilder()
            .Sequence(0x00041220, undefined: false, record => record
                .Numbers(0x00041400, "UL", 0).Numbers(0x00041410, "US", 0xFFFF).Numbers(0x00041420, "UL", 0).Element(0x00041430, "CS", "IMAGE ")
                .Element(0x00041510, "UI", Originals.Ascii(CtImage)).Element(0x00041511, "UI", Originals.Ascii(ImageUid))
                .Element(0x00080018, "UI", Originals.Ascii(ImageUid)))
            .Raw(directory.ToBytes())
            .ToFile();
        using var image = Deidentified.Open(Image, DeidentificationProfile.Pacsbin);
        using var copy = Deidentified.Open(file, DeidentificationProfile.Pacsbin);
        var result = copy.Dataset.Item(0x00041220);
        Assert.Equal(image.Dataset.Text(0x00080018), result.Text(0x00041511));
        Assert.Equal(image.Dataset.Text(0x00080018), result.Text(0x00080018));
        Assert.Equal(CtImage, result.Text(0x00041510));
    }

    [Fact]
    public void All_uids_stay_under_retain_uids()
    {
        using var copy = Deidentified.Open(Image, DeidentificationProfile.Pacsbin.With(ProfileOptions.RetainUids));
        Assert.Equal(ImageUid, copy.Dataset.Text(0x00080018));
        Assert.Equal(StudyUid, copy.Dataset.Text(0x0020000D));
        Assert.Equal(SeriesUid, copy.Dataset.Text(0x0020000E));
    }

    private static DicomBuilder Reference(DicomBuilder item, string sopClass, string instance) =>
        item.Element(0x00081150, "UI", Originals.Ascii(sopClass)).Element(0x00081155, "UI", Originals.Ascii(instance));

    private static void AssertResolves(byte[] target, byte[] pointer, Func<DicomDataset, DicomDataset> reference)
    {
        using var to = Deidentified.Open(target, DeidentificationProfile.Pacsbin);
        using var from = Deidentified.Open(pointer, DeidentificationProfile.Pacsbin);
        Assert.Equal(to.Dataset.Text(0x00080018), reference(from.Dataset).Text(0x00081155));
        Assert.Equal(to.Dataset.Text(0x00080016), reference(from.Dataset).Text(0x00081150));
    }
}
