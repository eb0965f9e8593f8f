using System.Management.Automation;
using Pacsbin.Studies;

namespace Pacsbin.Tests;

public sealed class PixelScriptTests : IDisposable
{
    const string Id = ",Pacsbin.PowerShell.InvokePacsbinAnonymizeCommand";
    const string Logiq = "GE\n Logiq US\n  { ManufacturerModelName.containsIgnoreCase(\"LOGIQ9\") * Modality.equals(\"US\") }\n  (0,0,640,40)\n";
    readonly ImageStudies images = new();
    readonly ModuleSession session;

    public PixelScriptTests()
    {
        session = new ModuleSession(images.Root);
        session.Set("key", PlannedRegionTests.Secret());
    }

    public void Dispose()
    {
        session.Dispose();
        images.Dispose();
    }

    [Theory]
    [InlineData("", 640, 640 * 40)]
    [InlineData("-Exact", 640, 640 * 41)]
    [InlineData("-Exact", 700, 641 * 41)]
    public void Device_is_named_and_its_regions_are_erased(string exact, int columns, int erased)
    {
        images.Add("1.dcm", rows: 480, columns: columns, model: "logiq9 XP");
        Script(Logiq);
        Run($"Invoke-PacsbinAnonymize source -Destination out -PixelScript './[devices].script' {exact}");
        Assert.Empty(session.Errors);
        Assert.Empty(session.Warnings);
        Assert.Equal(erased, ImageStudies.Erased(Assert.Single(images.Written)));
        var file = Assert.Single(images.RequireWhole().Files);
        Assert.Equal("Logiq US (line 3)", file.Device);
        Assert.Single(file.Regions!);
    }

    [Fact]
    public void Script_of_ctp_is_read_as_it_is()
    {
        if (TestData.Shared is not { } shared) { Assert.Skip("There is no shared folder."); return; }
        images.Add("1.dcm", rows: 480, columns: 640, model: "LOGIQ9");
        Run($"Invoke-PacsbinAnonymize source -Destination out -PixelScript '{Path.Combine(shared, "ctp", "scripts", "DicomPixelAnonymizer.script")}'");
        Assert.Empty(session.Errors);
        Assert.Equal(640 * 40, ImageStudies.Erased(Assert.Single(images.Written)));
        Assert.Matches(@"Logiq US \(line \d+\)$", images.RequireWhole().Files[0].Device!);
    }

    [Fact]
    public void Images_of_other_devices_keep_their_pixels()
    {
        images.Add("1.dcm", rows: 480, columns: 640, model: "VOLUSON");
        Script(Logiq);
        Run("Invoke-PacsbinAnonymize source -Destination out -PixelScript '[devices].script'");
        var file = Assert.Single(images.RequireWhole().Files);
        Assert.Equal((null, null, 0), (file.Device, file.Regions, ImageStudies.Erased(Assert.Single(images.Written))));
    }

    [Fact]
    public void Planned_regions_are_erased_besides_those_of_the_device()
    {
        images.Add("1.dcm", rows: 480, columns: 640, model: "LOGIQ9");
        Script(Logiq);
        Run("Get-DicomStudy source | Add-RedactionRegion -Region '0,100,10,10' | Invoke-PacsbinAnonymize -Destination out -PixelScript '[devices].script'");
        Assert.Equal((640 * 40) + 100, ImageStudies.Erased(Assert.Single(images.Written)));
        Assert.Equal(2, images.RequireWhole().Files[0].Regions!.Count);
    }

    [Fact]
    public void Regions_that_lie_beyond_the_image_are_a_finding_and_do_not_say_that_the_pixels_are_clean()
    {
        images.Add("1.dcm", rows: 480, columns: 640, model: "LOGIQ9");
        Script("{ ManufacturerModelName.contains(\"LOGIQ9\") }\n(700,500,10,10)\n");
        var study = Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out -PixelScript '[devices].script'"));
        Assert.Contains(study.Findings, f => f.Kind == FindingKind.RegionErasedNothing);
        var file = Assert.Single(images.RequireWhole().Files);
        Assert.Contains(file.Findings!, f => f.Kind == FindingKind.RegionErasedNothing);
        Assert.NotNull(file.Device);
        Assert.Null(file.Regions);
        using var copy = Dicom.DicomFile.Open(images.Written[0]);
        Assert.False(copy.Dataset.Contains(new Dicom.Tag(0x00280301)));
    }

    [Fact]
    public void A_part_beyond_the_image_is_no_finding()
    {
        images.Add("1.dcm", rows: 480, columns: 640, model: "LOGIQ9");
        Script("{ ManufacturerModelName.contains(\"LOGIQ9\") }\n(700,500,10,10) (630,0,100,10)\n");
        var study = Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out -PixelScript '[devices].script'"));
        Assert.DoesNotContain(study.Findings, f => f.Kind == FindingKind.RegionErasedNothing);
        Assert.Equal(100, ImageStudies.Erased(images.Written[0]));
        Assert.Equal("630,0,100,10", Assert.Single(images.RequireWhole().Files[0].Regions!).ToString());
    }

    [Fact]
    public void Device_that_burns_nothing_beside_a_planned_region_is_a_finding()
    {
        images.Add("1.dcm", rows: 480, columns: 640, model: "LOGIQ9");
        Script("{ ManufacturerModelName.contains(\"LOGIQ9\") }\n(700,500,10,10)\n");
        var study = Assert.Single(Run("Get-DicomStudy source | Add-RedactionRegion -Region '0,0,2,2' | Invoke-PacsbinAnonymize -Destination out -PixelScript '[devices].script'"));
        Assert.Contains(study.Findings, f => f.Kind == FindingKind.RegionErasedNothing);
        Assert.Equal(4, ImageStudies.Erased(images.Written[0]));
    }

    [Theory]
    [InlineData("{ ManufacturerModelNam.contains(\"LOGIQ9\") }\n(0,0,640,40)", "line 1, column 3")]
    [InlineData("GE\n{ Modality.equal(\"US\") }\n(0,0,640,40)", "line 2, column ")]
    [InlineData("{ Modality.equals(\"US\") }\n(0,0,640)", "line 2, column ")]
    [InlineData("{ \"format\": \"pacsbin-devices/1\", \"devises\": [] }", "line 1, column ")]
    [InlineData("", "")]
    public void Script_with_a_mistake_ends_the_command_before_anything_is_written(string text, string where)
    {
        images.Add("1.dcm");
        Script(text);
        Assert.Empty(Run("Invoke-PacsbinAnonymize source -Destination out -PixelScript '[devices].script'; 'goes on'"));
        var error = Assert.Single(session.Errors);
        Assert.Equal(("InvalidScript" + Id, ErrorCategory.ParserError), (error.FullyQualifiedErrorId, error.CategoryInfo.Category));
        Assert.Contains(where, error.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.False(Directory.Exists(images.Destination));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("no signature", "-Exact")]
    [InlineData("", "-Exact")]
    [InlineData("{ Modality.equals(\"US\") }\n(0,0,100,20) [0,30,100,20]", "")]
    public void Script_that_would_erase_nothing_or_not_all_ends_the_command(string text, string exact)
    {
        images.Add("1.dcm");
        Script(text);
        Run($"Invoke-PacsbinAnonymize source -Destination out -PixelScript '[devices].script' {exact}");
        Assert.Equal("InvalidScript" + Id, Assert.Single(session.Errors).FullyQualifiedErrorId);
        Assert.False(Directory.Exists(images.Destination));
    }

    [Fact]
    public void Script_that_is_missing_ends_the_command()
    {
        images.Add("1.dcm");
        Assert.Empty(Run("Invoke-PacsbinAnonymize source -Destination out -PixelScript nowhere.script; 'goes on'"));
        Assert.Equal("FileNotFound" + Id, Assert.Single(session.Errors).FullyQualifiedErrorId);
        Assert.False(Directory.Exists(images.Destination));
    }

    [Fact]
    public void What_looks_wrong_is_a_warning()
    {
        images.Add("1.dcm", rows: 480, columns: 640, model: "LOGIQ9");
        Script("{ Modality.equals(\"US\") }\n(0,0,2,2)\n{ Modality.equals(\"US\") }\n(0,0,3,3)\n");
        Run("Invoke-PacsbinAnonymize source -Destination out -PixelScript '[devices].script'");
        Assert.Matches(@"\[devices\]\.script: Line 3, column \d+: ", Assert.Single(session.Warnings));
        Assert.Equal(4, ImageStudies.Erased(Assert.Single(images.Written)));
    }

    [Fact]
    public void Expression_that_takes_too_long_rejects_the_image()
    {
        images.Add("1.dcm", instance: 1, model: new string('a', 60));
        images.Add("2.dcm", instance: 2, model: "LOGIQ9");
        Script("{ ManufacturerModelName.matches(\"(a|aa)+\\1\\1c\") }\n(0,0,2,2)\n{ Modality.equals(\"US\") }\n(0,0,3,3)\n");
        var study = Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out -PixelScript '[devices].script'"));
        Assert.Equal(new StudyOutcome(1, 0, 1), study.Outcome);
        var error = Assert.Single(session.Errors);
        Assert.Equal(("InvalidScript" + Id, Path.Combine(images.Source, "1.dcm")), (error.FullyQualifiedErrorId, (string)error.TargetObject));
        Assert.DoesNotContain("aaa", error.ToString() + error.Exception, StringComparison.Ordinal);
        Assert.Equal(9, ImageStudies.Erased(Assert.Single(images.Written)));
    }

    [Fact]
    public void Another_script_is_another_setting()
    {
        images.Add("1.dcm", rows: 480, columns: 640, model: "LOGIQ9");
        Script(Logiq);
        Run("Invoke-PacsbinAnonymize source -Destination out -Key $key -PixelScript '[devices].script'");
        Assert.Equal(new StudyOutcome(0, 1, 0), Assert.Single(Run("Invoke-PacsbinAnonymize source -Destination out -Key $key -PixelScript '[devices].script'")).Outcome);
        foreach (string other in new[] { "", "-PixelScript '[devices].script' -Exact" })
        {
            Assert.Empty(Run("Invoke-PacsbinAnonymize source -Destination out -Key $key " + other));
            Assert.Equal("DestinationExists" + Id, Assert.Single(session.Errors).FullyQualifiedErrorId);
        }
    }

    void Script(string text) => File.WriteAllText(Path.Combine(images.Root, "[devices].script"), text);

    List<DicomStudy> Run(string script) => [.. session.Invoke(script).Select(s => s.BaseObject).OfType<DicomStudy>()];
}
