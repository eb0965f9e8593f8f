using System.Management.Automation;
using Pacsbin.Redaction;
using Pacsbin.Studies;

namespace Pacsbin.Tests;

/// <summary>Regions that ride along with source studies until Invoke-PacsbinAnonymize erases them.</summary>
public sealed class PlannedRegionTests : IDisposable
{
    const string Id = ",Pacsbin.PowerShell.AddRedactionRegionCommand";
    readonly ImageStudies images = new();
    readonly ModuleSession session;

    public PlannedRegionTests()
    {
        session = new ModuleSession(images.Root);
        session.Set("key", Secret());
    }

    public void Dispose()
    {
        session.Dispose();
        images.Dispose();
    }

    [Theory]
    [InlineData("Get-DicomStudy source | Add-RedactionRegion -X 0 -Y 0 -Width 10 -Height 2 | Invoke-PacsbinAnonymize -Destination out", 20)]
    [InlineData("Get-DicomStudy source | Add-RedactionRegion -Region '0,0,10,2' | Invoke-PacsbinAnonymize -Destination out", 20)]
    [InlineData("Get-DicomStudy source | Add-RedactionRegion -Region '0,0,10,2', '0,1,10,2' | Invoke-PacsbinAnonymize -Destination out", 30)]
    [InlineData("Get-DicomStudy source | Add-RedactionRegion -X 0 -Y 0 -Width 10 -Height 2 -Region '20,0,1,1' | Invoke-PacsbinAnonymize -Destination out", 21)]
    [InlineData("Add-RedactionRegion source -Region '0,0,10,2' | Invoke-PacsbinAnonymize -Destination out", 20)]
    [InlineData("Add-RedactionRegion -LiteralPath source -Region '0,0,10,2' | Where-Object Modality -contains US | ForEach-Object { $_ } | Invoke-PacsbinAnonymize -Destination out", 20)]
    [InlineData("$s = Get-DicomStudy source; $null = $s | Add-RedactionRegion -Region '0,0,10,2'; $s | Invoke-PacsbinAnonymize -Destination out", 20)]
    [InlineData("$a = Get-DicomStudy source | Add-RedactionRegion -Region '0,0,10,2'; $b = Get-DicomStudy source; $b, $a | Invoke-PacsbinAnonymize -Destination out", 20)]
    [InlineData("$s = Get-DicomStudy source; $s, $s | Add-RedactionRegion -Region '0,0,10,2' | Invoke-PacsbinAnonymize -Destination out", 20)]
    [InlineData("Get-DicomStudy source | Add-RedactionRegion -Region '-10,-2,10,2' | Invoke-PacsbinAnonymize -Destination out", 20)]
    [InlineData("Get-DicomStudy source | Add-RedactionRegion -Region '0,0,10,2' -Outside | Invoke-PacsbinAnonymize -Destination out", 580)]
    [InlineData("Get-DicomStudy source | Add-RedactionRegion -Region '25,-5,10,9' -Clip | Invoke-PacsbinAnonymize -Destination out", 25)]
    [InlineData("Get-DicomStudy source | Add-RedactionRegion -Region '0,0,2,2' -Shape ellipse | Invoke-PacsbinAnonymize -Destination out", 4)]
    [InlineData("Get-DicomStudy source | Add-RedactionRegion -Region '0,0,10,2' -SeriesInstanceUid 1.2.1.1 -SopInstanceUid 1.2.1.1.1 | Invoke-PacsbinAnonymize -Destination out", 20)]
    public void Region_is_erased_in_the_copy(string script, int erased)
    {
        string source = images.Add("1.dcm");
        byte[] before = File.ReadAllBytes(source);
        Assert.Single(Run(script));
        Assert.Empty(session.Errors);
        Assert.Equal(erased, ImageStudies.Erased(Assert.Single(images.Written)));
        Assert.Equal(before, File.ReadAllBytes(source));
        var manifest = images.RequireWhole();
        Assert.All(manifest.Files.Single().Regions!, r => Assert.Equal((null, null), (r.SeriesInstanceUid, r.SopInstanceUid)));
        Assert.DoesNotContain("1.2.1", File.ReadAllText(Path.Combine(images.StudyFolder, Manifest.FileName)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-SeriesInstanceUid 1.2.1.1", new[] { 4, 4, 0 })]
    [InlineData("-SopInstanceUid 1.2.1.2.3", new[] { 0, 0, 4 })]
    public void Only_the_images_that_are_meant_are_erased(string filter, int[] erased)
    {
        images.Add("1.dcm", instance: 1);
        images.Add("2.dcm", instance: 2);
        images.Add("3.dcm", series: 2, instance: 3);
        Run($"Get-DicomStudy source | Add-RedactionRegion -Region '0,0,2,2' {filter} | Invoke-PacsbinAnonymize -Destination out -Key $key");
        Assert.Equal(erased.Order(), images.Written.Select(ImageStudies.Erased).Order());
    }

    [Theory]
    [InlineData("5", new[] { 5 })]
    [InlineData("2-4", new[] { 2, 3, 4 })]
    [InlineData("6-6", new[] { 6 })]
    public void Only_the_frames_that_are_meant_are_erased(string frame, int[] expected)
    {
        images.Add("1.dcm", frames: 6);
        Run($"Get-DicomStudy source | Add-RedactionRegion -Region '0,0,2,2' -Frame {frame} | Invoke-PacsbinAnonymize -Destination out");
        byte[] pixels = ImageStudies.Pixels(Assert.Single(images.Written));
        Assert.Equal(expected, Enumerable.Range(1, 6).Where(f => pixels[(f - 1) * 600] == 0));
        Assert.Equal(frame.Contains('-', StringComparison.Ordinal) ? frame : $"{frame}-{frame}", $"{images.Manifest.Files[0].Regions![0].FirstFrame}-{images.Manifest.Files[0].Regions![0].LastFrame}");
    }

    [Fact]
    public void Region_beyond_an_image_is_an_error_for_each_such_image_and_the_study_does_not_go_on()
    {
        images.Add("1.dcm", instance: 1);
        string small = images.Add("2.dcm", instance: 2, rows: 10);
        string smaller = images.Add("3.dcm", instance: 3, columns: 10);
        images.Add("4.dcm", study: 2);
        var studies = Run("Get-DicomStudy source | Add-RedactionRegion -Region '0,0,30,20' | Invoke-PacsbinAnonymize -Destination out");
        Assert.Equal([small, smaller], session.Errors.Select(e => (string)e.TargetObject).Order(StringComparer.Ordinal));
        Assert.All(session.Errors, e => Assert.Equal(("RegionOutsideImage" + Id, ErrorCategory.InvalidArgument), (e.FullyQualifiedErrorId, e.CategoryInfo.Category)));
        Assert.Single(studies);
        Assert.Equal(600, ImageStudies.Erased(Assert.Single(images.Written)));
    }

    [Fact]
    public void Frame_beyond_an_image_is_an_error()
    {
        images.Add("1.dcm", frames: 3);
        Assert.Empty(Run("Get-DicomStudy source | Add-RedactionRegion -Region '0,0,3,3' -Frame 3-4"));
        Assert.Equal("RegionOutsideImage" + Id, Assert.Single(session.Errors).FullyQualifiedErrorId);
    }

    [Theory]
    [InlineData("-Region '0,0,10,2' -SeriesInstanceUid 1.2.77")]
    [InlineData("-Region '0,0,10,2' -SopInstanceUid 1.2.77")]
    [InlineData("-Region '0,0,10,2' -SeriesInstanceUid 1.2.2.1 -SopInstanceUid 1.2.1.1.1")]
    [InlineData("-Region '0,0,10,2' -SopInstanceUid ''")]
    [InlineData("-Region '0,0,10,2' -SopInstanceUid $null")]
    [InlineData("-Region '0,0,10,2' -SeriesInstanceUid $missing")]
    [InlineData("-Region '0,0,10'")]
    [InlineData("-Region '0,0,10,2,3'")]
    [InlineData("-Region '0,0,0,2'")]
    [InlineData("-Region '0,0,10,-2'")]
    [InlineData("-Region '0;0;10;2'")]
    [InlineData("-Region '0,0,99999999999,2'")]
    [InlineData("-Region '0,0,10,2', 'x'")]
    [InlineData("-Region ''")]
    [InlineData("-Region @()")]
    [InlineData("-Y 0 -Width 3 -Height 3")]
    [InlineData("-X 0 -Y 0 -Width 3")]
    [InlineData("-X 0 -Y 0 -Width 0 -Height 3")]
    [InlineData("-X 0 -Y 0 -Width 3 -Height -3")]
    [InlineData("-X 0 -Region '0,0,10,2'")]
    [InlineData("")]
    [InlineData("-Region '0,0,10,2' -Frame 0")]
    [InlineData("-Region '0,0,10,2' -Frame 3-2")]
    [InlineData("-Region '0,0,10,2' -Frame 3-2 -Clip")]
    [InlineData("-Region '0,0,10,2' -Frame 1-2-3")]
    [InlineData("-Region '0,0,10,2' -Frame all")]
    [InlineData("-Region '0,0,10,2' -Frame ''")]
    [InlineData("-Region '0,0,10,2' -Frame 99999999999")]
    [InlineData("-Region '0,0,10,2' -Shape Circle")]
    public void Wrong_regions_end_the_command_and_nothing_is_planned(string arguments)
    {
        images.Add("1.dcm");
        images.Add("2.dcm", study: 2);
        Assert.Empty(Run($"$s = @(Get-DicomStudy source); $s | Add-RedactionRegion {arguments} | Invoke-PacsbinAnonymize -Destination out; 'goes on'"));
        Assert.Matches("^(RegionOutsideImage|InvalidArgument|ParameterArgumentValidationError|ParameterArgumentTransformationError|CannotConvertArgument)", Assert.Single(session.Errors).FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.InvalidArgument.ToString(), session.Errors[0].CategoryInfo.Category.ToString().Replace("InvalidData", "InvalidArgument", StringComparison.Ordinal));
        Assert.Empty(Objects<object>("$s.PlannedRegions"));
        Assert.False(Directory.Exists(images.Destination));
    }

    [Fact]
    public void WhatIf_plans_nothing_and_the_study_does_not_go_on_unredacted()
    {
        images.Add("1.dcm");
        Assert.Empty(Run("$s = Get-DicomStudy source; $s | Add-RedactionRegion -Region '0,0,10,2' -WhatIf | Invoke-PacsbinAnonymize -Destination out"));
        Assert.Equal($"What if: Performing the operation \"Plan to erase 0,0,10,2\" on target \"study with 1 file in {images.Source}\".", Assert.Single(session.HostLines));
        Assert.Empty(Objects<object>("$s.PlannedRegions"));
        Assert.Empty(session.Errors);
        Assert.False(Directory.Exists(images.Destination));
    }

    [Fact]
    public void Proposals_are_bound_by_their_properties()
    {
        images.Add("1.dcm", instance: 1, frames: 3);
        images.Add("2.dcm", instance: 2);
        Assert.Single(Run("""
            $s = Get-DicomStudy source
            $(
                [pscustomobject]@{ X = 0; Y = 0; Width = 2; Height = 3; SopInstanceUid = '1.2.1.1.1'; SeriesInstanceUid = $null; Frame = '2'; Score = 0.9 }
                [pscustomobject]@{ X = 1; Y = 1; Width = 5; Height = 1; SopInstanceUid = '1.2.1.1.2'; SeriesInstanceUid = '1.2.1.1'; Frame = $null; Score = 0.8 }
                [pscustomobject]@{ X = 1; Y = 1; Width = 5; Height = 1; SopInstanceUid = '1.2.1.1.2'; Score = 0.7 }
            ) | Add-RedactionRegion -Study $s | Invoke-PacsbinAnonymize -Destination out
            """));
        Assert.Empty(session.Errors);
        Assert.Equal([5, 6], images.Written.Select(ImageStudies.Erased).Order());
    }

    [Fact]
    public void Without_any_proposal_the_study_goes_on() // nothing was found in it
    {
        images.Add("1.dcm");
        Assert.Single(Run("$s = Get-DicomStudy source; @() | Add-RedactionRegion -Study $s"));
        Assert.Empty(session.Errors);
    }

    [Theory]
    [InlineData("[pscustomobject]@{ X = 0; Y = 0; Width = 2 }")]
    [InlineData("[pscustomobject]@{ X = 0; Y = 0; Width = 0; Height = 2 }")]
    [InlineData("[pscustomobject]@{ X = 0; Y = 0; Width = 2; Height = 2; Frame = '0' }")]
    [InlineData("[pscustomobject]@{ X = 0; Y = 0; Width = 2; Height = 2; SopInstanceUid = '1.2.99' }")]
    public void A_proposal_that_cannot_be_used_stops_the_study(string proposal)
    {
        images.Add("1.dcm");
        Assert.Empty(Run($"$s = Get-DicomStudy source; [pscustomobject]@{{ X = 0; Y = 0; Width = 2; Height = 2 }}, {proposal} | Add-RedactionRegion -Study $s | Invoke-PacsbinAnonymize -Destination out"));
        Assert.Matches("^(RegionOutsideImage|InvalidArgument)" + Id, Assert.Single(session.Errors).FullyQualifiedErrorId);
        Assert.False(Directory.Exists(images.Destination));
    }

    [Fact]
    public void Listed_regions_can_be_planned_for_another_study_as_they_are()
    {
        images.Add("1.dcm");
        images.Add("2.dcm", study: 2);
        Run("""
            $a, $b = Get-DicomStudy source
            $null = Add-RedactionRegion -Study $a -Region '0,0,9,9' -Shape Ellipse -Outside -Frame 1 -Clip
            $null = Add-RedactionRegion -Study $a -Region '3,4,5,6'
            $null = $a | Get-RedactionRegion | Add-RedactionRegion -Study $b
            """);
        Assert.Empty(session.Errors);
        Assert.Equal(2, Objects<RedactionRegion>("$a.PlannedRegions").Count);
        Assert.Equal(Objects<RedactionRegion>("$a.PlannedRegions"), Objects<RedactionRegion>("$b.PlannedRegions"));
    }

    [Theory]
    [InlineData("@() | Add-RedactionRegion -Study $s -Region '0,0,2,2'", 4)]
    [InlineData("'0,0,2,2' | Add-RedactionRegion -Study $s", 4)]
    [InlineData("'0,0,2,2' | Add-RedactionRegion -Study $s -Region '10,10,3,1'", 7)]
    [InlineData("[pscustomobject]@{ X = '28'; Y = '0'; Width = '2'; Height = '20'; Outside = 'True'; Shape = ''; Clip = $null } | Add-RedactionRegion -Study $s", 560)]
    [InlineData("[pscustomobject]@{ X = 0; Y = 0; Width = 2; Height = 2; Outside = 'False' } | Add-RedactionRegion -Study $s -Outside", 4)]
    [InlineData("[pscustomobject]@{ X = 0; Y = 0; Width = 2; Height = 2 } | Add-RedactionRegion -Study $s -Frame 1", 4)]
    public void Piped_regions_are_understood_whatever_form_they_have(string script, int erased)
    {
        images.Add("1.dcm");
        Run($"$s = Get-DicomStudy source; {script} | Invoke-PacsbinAnonymize -Destination out");
        Assert.Empty(session.Errors);
        Assert.Equal([erased], images.Written.Select(ImageStudies.Erased));
    }

    [Theory]
    [InlineData("'0,0,100'")]
    [InlineData("[pscustomobject]@{ Foo = 1 }")]
    [InlineData("7")]
    [InlineData("$s.Series[0]")]
    [InlineData("[pscustomobject]@{ X = '1.5'; Y = 0; Width = 2; Height = 2 }")]
    [InlineData("[pscustomobject]@{ X = 0; Y = 0; Width = 2; Height = 2; Outside = 'yes' }")]
    [InlineData("[pscustomobject]@{ X = 0; Y = 0; Width = 2; Height = 2; Shape = 'Oval' }")]
    [InlineData("[pscustomobject]@{ X = 0; Y = 0; Width = 2; Height = 2; Frame = '2-1' }")]
    public void What_is_piped_and_is_no_region_ends_the_command(string input)
    {
        images.Add("1.dcm");
        Assert.Empty(Run($"$s = Get-DicomStudy source; {input} | Add-RedactionRegion -Study $s -Region '0,0,5,5' | Invoke-PacsbinAnonymize -Destination out"));
        Assert.StartsWith("InvalidArgument", Assert.Single(session.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(Directory.Exists(images.Destination));
    }

    [Fact]
    public void Question_before_something_is_erased_says_what_stays()
    {
        images.Add("1.dcm");
        session.Invoke("Get-DicomStudy source | Add-RedactionRegion -Region '20,2,6,6' -Outside -Shape Ellipse -Frame 1-2 -Clip -WhatIf");
        Assert.Contains(session.HostLines, l => l.Contains("everything outside of the ellipse in 20,2,6,6 in frames 1-2", StringComparison.Ordinal));
    }

    [Fact]
    public void Each_study_is_given_only_its_own_regions_so_that_its_settings_do_not_depend_on_the_others()
    {
        images.Add("1.dcm");
        images.Add("2.dcm", study: 2);
        Run("$p = [pscustomobject]@{ X = 0; Y = 0; Width = 2; Height = 2; SopInstanceUid = '1.2.1.1.1' }, [pscustomobject]@{ X = 0; Y = 0; Width = 3; Height = 3; SopInstanceUid = '1.2.2.1.1' }");
        Run("$p | Add-RedactionRegion -Study (Get-DicomStudy source) | Invoke-PacsbinAnonymize -Destination out -Key $key");
        var again = Assert.Single(Run("$p[1] | Add-RedactionRegion -Study (Get-DicomStudy source/2.dcm) | Invoke-PacsbinAnonymize -Destination out -Key $key"));
        Assert.Empty(session.Errors);
        Assert.Equal(new StudyOutcome(0, 1, 0), again.Outcome);
    }

    [Fact]
    public void Other_regions_are_other_settings_and_the_same_in_another_order_are_not()
    {
        images.Add("1.dcm");
        Run("Get-DicomStudy source | Add-RedactionRegion -Region '0,0,2,2', '5,5,1,1' | Invoke-PacsbinAnonymize -Destination out -Key $key");
        Assert.Equal(new StudyOutcome(0, 1, 0), Assert.Single(Run("Get-DicomStudy source | Add-RedactionRegion -Region '5,5,1,1', '0,0,2,2' | Invoke-PacsbinAnonymize -Destination out -Key $key")).Outcome);
        foreach (string other in new[] { "", "| Add-RedactionRegion -Region '0,0,2,2'", "| Add-RedactionRegion -Region '0,0,2,2', '5,5,1,2'" })
        {
            Assert.Empty(Run($"Get-DicomStudy source {other} | Invoke-PacsbinAnonymize -Destination out -Key $key"));
            Assert.StartsWith("DestinationExists,", Assert.Single(session.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        }

        Assert.Equal(5, ImageStudies.Erased(Assert.Single(images.Written)));
        Run("Get-DicomStudy source | Add-RedactionRegion -Region '0,0,3,3' | Invoke-PacsbinAnonymize -Destination out -Key $key -Force");
        Assert.Equal(9, ImageStudies.Erased(Assert.Single(images.Written)));
    }

    [Fact]
    public async Task Image_that_cannot_be_erased_is_rejected_and_never_passed_on()
    {
        await ImageStudies.ToJpeg2000(images.Add("1.dcm", instance: 1));
        images.Add("2.dcm", instance: 2);
        var study = Assert.Single(Run("Get-DicomStudy source | Add-RedactionRegion -Region '0,0,2,2' | Invoke-PacsbinAnonymize -Destination out"));
        Assert.Equal(new StudyOutcome(1, 0, 1), study.Outcome);
        Assert.Equal("UnsupportedTransferSyntax,Pacsbin.PowerShell.InvokePacsbinAnonymizeCommand", Assert.Single(session.Errors).FullyQualifiedErrorId);
        Assert.Equal(4, ImageStudies.Erased(Assert.Single(images.Written)));
    }

    [Fact]
    public void File_that_has_gone_meanwhile_is_an_error_of_its_own()
    {
        images.Add("1.dcm", instance: 1);
        images.Add("2.dcm", instance: 2);
        Run("$s = Get-DicomStudy source");
        File.Delete(Path.Combine(images.Source, "1.dcm"));
        Run("$s | Add-RedactionRegion -Region '0,0,2,2' | Invoke-PacsbinAnonymize -Destination out");
        Assert.Contains(session.Errors, e => e.FullyQualifiedErrorId.StartsWith("FileNotFound,", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[7] 山田 ' x")]
    public void Folders_may_have_any_name(string name)
    {
        using var named = new ImageStudies(name);
        named.Add("[1]/画像.dcm");
        using var there = new ModuleSession(named.Root);
        there.Invoke("Add-RedactionRegion -LiteralPath './source/[1]' -Region '0,0,2,2' | Invoke-PacsbinAnonymize -Destination ./out; $null = Add-RedactionRegion -LiteralPath out -Region '9,9,1,1'");
        Assert.Empty(there.Errors);
        Assert.Equal(5, ImageStudies.Erased(Assert.Single(named.Written)));
        named.RequireWhole();
    }

    List<DicomStudy> Run(string script) => Objects<DicomStudy>(script);

    List<T> Objects<T>(string script) => [.. session.Invoke(script).Where(s => s is not null).Select(s => s.BaseObject).OfType<T>()];

    internal static System.Security.SecureString Secret()
    {
        var secret = new System.Security.SecureString();
        foreach (char c in "correct horse battery") secret.AppendChar(c);
        return secret;
    }
}
