using Pacsbin.Deidentification;
using Pacsbin.Redaction;
using Pacsbin.Review.Reports;
using Pacsbin.Studies;
using SkiaSharp;
using Xunit;

namespace Pacsbin.Tests.Review.Reports;

/// <summary>Which studies have a contact sheet in a report: those that a person has looked at, or that nothing is said of.</summary>
public sealed class ReportPictureTests : ReportingTests
{
    private static readonly RedactionRegion[] Erased = [new(0, 0, 2, 2)];

    public static TheoryData<FindingKind> BurnedIn =>
        [FindingKind.BurnedInSuspected, FindingKind.RedactionMissing, FindingKind.RedactionUndone, FindingKind.RegionErasedNothing];

    [Fact]
    public void Study_without_a_finding_has_a_sheet()
    {
        MakeStudy();
        AssertShown();
    }

    [Theory, MemberData(nameof(BurnedIn))]
    public void Study_with_a_finding_of_burned_in_text_has_none_until_it_is_approved(FindingKind kind)
    {
        MakeStudy();
        ChangeFile(f => f with { Findings = [new(kind)] });
        AssertOmitted("Text may be burned into the pixels");
        Change(m => Approve(m));
        AssertShown();
        Change(m => m with { State = StudyState.Sent });
        AssertShown();
        Change(m => m with { State = StudyState.Deidentified });
        AssertOmitted("Text may be burned into the pixels");
    }

    [Fact]
    public void Study_has_a_sheet_if_each_suspected_file_has_a_region_that_is_erased_in_all_frames()
    {
        MakeStudy();
        var suspected = new Finding(FindingKind.BurnedInSuspected, Detail: "Why.");
        Change(m => m with { Files = [m.Files[0] with { Findings = [suspected], Regions = Erased }, m.Files[1] with { Findings = [suspected] }] });
        AssertOmitted("Text may be burned into the pixels");
        Change(m => m with { Files = [m.Files[0], m.Files[1] with { Regions = Erased }] });
        AssertShown();
        Change(m => m with { Files = [m.Files[0], m.Files[1] with { Regions = [] }] });
        AssertOmitted("Text may be burned into the pixels");
        Change(m => m with { Files = [m.Files[0], m.Files[1] with { Regions = [Erased[0] with { FirstFrame = 2, LastFrame = 9 }] }] });
        AssertOmitted("Text may be burned into the pixels"); // the frame that is shown may be the first
        Change(m => m with { Files = [m.Files[0], m.Files[1] with { Regions = Erased, Findings = [suspected with { Tag = new(0x7FE00010) }] }] });
        AssertOmitted("Text may be burned into the pixels");
    }

    [Theory, MemberData(nameof(BurnedIn))]
    public void Region_does_not_settle_what_was_found_about_regions(FindingKind kind)
    {
        MakeStudy();
        ChangeFile(f => f with { Findings = [new(kind)], Regions = Erased });
        if (kind == FindingKind.BurnedInSuspected)
        {
            AssertShown();
        }
        else
        {
            AssertOmitted("Text may be burned into the pixels");
        }
    }

    [Fact]
    public void Other_findings_do_not_count()
    {
        MakeStudy();
        ChangeFile(f => f with { Findings = [new(FindingKind.InvalidDate), new(FindingKind.PixelBytesDropped)] });
        AssertShown();
    }

    [Fact]
    public void State_without_an_approval_does_not_count()
    {
        MakeStudy();
        ChangeFile(f => f with { Findings = [new(FindingKind.BurnedInSuspected)] });
        Change(m => m with { State = StudyState.Approved });
        AssertOmitted("Files are not as they were written");
    }

    [Fact]
    public void Profile_that_looks_for_no_text_has_found_none_for_no_reason()
    {
        MakeStudy(DeidentificationProfile.Basic);
        AssertOmitted("The profile does not look for text");
        Change(m => Approve(m));
        AssertShown();
    }

    [Fact]
    public void Switch_leaves_out_all_and_says_nothing_of_it()
    {
        MakeStudy();
        var page = Page(noPictures: true);
        Assert.Empty(page.Descendants("img"));
        Assert.DoesNotContain("No contact sheet", page.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Image_whose_bytes_are_not_those_of_the_manifest_is_passed_over()
    {
        MakeStudy();
        var study = Studies(Destination)[0];
        var expected = AssertShown();
        foreach (var file in Directory.GetFiles(study, "*.dcm"))
        {
            var bytes = File.ReadAllBytes(file);
            bytes.AsSpan(^32).Fill(0x7F); // the pixels: as long as before, and nobody knows what of
            File.WriteAllBytes(file, bytes);
        }

        using var sheet = SKBitmap.Decode(AssertShown());
        using var before = SKBitmap.Decode(expected);
        Assert.Equal(0x202428, (int)(uint)sheet.GetPixel(20, 20) & 0xFFFFFF); // the ground: no image
        Assert.NotEqual(sheet.GetPixel(20, 20), before.GetPixel(20, 20));
    }

    [Fact]
    public void Erased_regions_are_outlined()
    {
        MakeStudy();
        using var plain = SKBitmap.Decode(AssertShown());
        Change(m => m with { Files = [.. m.Files.Select(f => f with { Regions = Erased })] });
        using var outlined = SKBitmap.Decode(AssertShown());
        Assert.Equal(SKColors.Yellow, outlined.GetPixel(8 + 50, 8));
        Assert.NotEqual(SKColors.Yellow, plain.GetPixel(8 + 50, 8));
    }

    [Fact]
    public void Pictures_are_png_of_the_size_that_the_page_says()
    {
        MakeStudy();
        var image = Page().Descendants("img").Single();
        using var sheet = SKBitmap.Decode(Decode(image.Attribute("src")!.Value));
        Assert.Equal(($"{sheet.Width}", $"{sheet.Height}"), (image.Attribute("width")!.Value, image.Attribute("height")!.Value));
        Assert.Equal("Contact sheet of 1 series", image.Attribute("alt")!.Value);
    }

    private static byte[] Decode(string uri)
    {
        const string Start = "data:image/png;base64,";
        Assert.StartsWith(Start, uri, StringComparison.Ordinal);
        var png = Convert.FromBase64String(uri[Start.Length..]);
        Assert.Equal((byte[])[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10], png[..8]);
        return png;
    }

    private byte[] AssertShown()
    {
        var study = StudyOf(Page());
        Assert.DoesNotContain("No contact sheet", study.Value, StringComparison.Ordinal);
        return Decode(study.Descendants("img").Single().Attribute("src")!.Value);
    }

    private void AssertOmitted(string reason)
    {
        var study = StudyOf(Page());
        Assert.Empty(study.Descendants("img"));
        Assert.Contains("No contact sheet. " + reason, study.Value, StringComparison.Ordinal);
    }

    private void MakeStudy(DeidentificationProfile? profile = null)
    {
        Source.WithStudy(1, 2);
        Run(profile);
    }
}
