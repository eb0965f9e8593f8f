using System.Management.Automation;
using Pacsbin.Redaction;
using Pacsbin.Studies;

namespace Pacsbin.Tests;

/// <summary>Get-RedactionRegion, Remove-RedactionRegion, and how regions are shown.</summary>
public sealed class RegionListTests : IDisposable
{
    readonly ImageStudies images = new();
    readonly ModuleSession session;

    public RegionListTests()
    {
        images.Add("1.dcm");
        session = new ModuleSession(images.Root);
        session.Invoke("$s = Get-DicomStudy source; $null = $s | Add-RedactionRegion -Region '0,0,10,2'; $null = $s | Add-RedactionRegion -Region '-5,3,2,2' -Frame 1 -Shape Ellipse -Outside -SopInstanceUid 1.2.1.1.1");
    }

    public void Dispose()
    {
        session.Dispose();
        images.Dispose();
    }

    [Fact]
    public void Planned_regions_are_listed()
    {
        var regions = session.Invoke("$s | Get-RedactionRegion");
        Assert.Equal(["0,0,10,2", "-5,3,2,2"], regions.Select(r => r.ToString()));
        Assert.Equal(["1.2.1", null, "1.2.1.1.1", "1", -5, 3, 2, 2, RegionShape.Ellipse, true, false, false, null],
            regions[1].Properties.Select(p => p.Value));
    }

    [Fact]
    public void Burned_in_regions_are_listed_for_each_file()
    {
        images.Add("2.dcm", instance: 2);
        session.Invoke("$t = Get-DicomStudy source | Add-RedactionRegion -Region '0,0,10,2' | Invoke-PacsbinAnonymize -Destination out");
        var regions = session.Invoke("$t | Get-RedactionRegion; Get-DicomStudy out | Get-RedactionRegion");
        Assert.Equal(4, regions.Count);
        Assert.All(regions, r => Assert.Equal(true, r.Properties["IsBurnedIn"].Value));
        Assert.Equal(images.Written.Select(w => Path.GetFileNameWithoutExtension(w)), regions.Select(r => (string)r.Properties["SopInstanceUid"].Value).Distinct());
    }

    [Fact]
    public async Task Regions_are_a_table() // as the host prints it, which takes a redirected output for 120 columns wide
    {
        var result = await HostProcess.Run("-Command", $"$s = Get-DicomStudy -LiteralPath '{images.Source}' | Add-RedactionRegion -Region '0,0,10,2'; "
            + "$s | Add-RedactionRegion -Region '-5,3,2,2' -Frame 1 -Shape Ellipse -Outside -SopInstanceUid 1.2.1.1.1 | Get-RedactionRegion");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        string[] lines = [.. result.Output.Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0)];
        Assert.Matches("^Series +Image +Frame +X +Y +Width +Height +Shape +Outside +IsBurnedIn +Device$", lines[0]);
        Assert.Matches("^ +0 +0 +10 +2 Rectangle +False +False$", lines[2]);
        Assert.Matches(@"^ +1\.2\.1\.1\.1 +1 +-5 +3 +2 +2 Ellipse +True +False$", lines[3]);
    }

    [Fact]
    public void Long_uids_are_shown_by_their_ends_and_a_hostile_device_name_does_not_reach_the_terminal()
    {
        session.Invoke("$t = $s | Invoke-PacsbinAnonymize -Destination out");
        var manifest = images.Manifest;
        (manifest with { Files = [manifest.Files[0] with { Device = "EVIL\u001b[2J" }] }).Write(images.StudyFolder);
        string shown = session.Show("$t | Get-RedactionRegion");
        Assert.DoesNotContain("\u001b[2J", shown, StringComparison.Ordinal);
        Assert.Contains("..." + Path.GetFileNameWithoutExtension(images.Written[0])[^9..], shown, StringComparison.Ordinal);
        Assert.All(shown.Split('\n'), l => Assert.InRange(l.Length, 0, 120));
    }

    [Theory]
    [InlineData("$s | Remove-RedactionRegion", 0)]
    [InlineData("$s | Remove-RedactionRegion -Region '0,0,10,2'", 1)]
    [InlineData("Remove-RedactionRegion $s -Region ' 0, 0,10,2 ', '9,9,9,9'", 1)]
    [InlineData("$s | Remove-RedactionRegion -Region '0,0,10,3'", 2)]
    [InlineData("$s | Remove-RedactionRegion -WhatIf", 2)]
    public void Regions_are_taken_back(string script, int left)
    {
        Assert.Single(session.Invoke(script));
        Assert.Empty(session.Errors);
        Assert.Equal(left, session.Invoke("$s.PlannedRegions").Count);
    }

    [Theory]
    [InlineData("0,0,10")]
    [InlineData("all")]
    public void Region_that_cannot_be_read_ends_the_command(string region)
    {
        Assert.Throws<PSArgumentException>(() => Unwrapped(() => session.Invoke($"$ErrorActionPreference = 'Stop'; $s | Remove-RedactionRegion -Region '{region}'")));
        session.Invoke("$ErrorActionPreference = 'Continue'");
        Assert.Equal(2, session.Invoke("$s.PlannedRegions").Count);
    }

    [Fact]
    public void What_is_burned_in_cannot_be_taken_back()
    {
        Assert.Empty(session.Invoke("$s | Invoke-PacsbinAnonymize -Destination out | Remove-RedactionRegion"));
        Assert.Equal("DestinationExists,Pacsbin.PowerShell.RemoveRedactionRegionCommand", Assert.Single(session.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void Damaged_manifest_is_an_error()
    {
        session.Invoke("$t = $s | Invoke-PacsbinAnonymize -Destination out");
        File.WriteAllText(Path.Combine(images.StudyFolder, Manifest.FileName), "{");
        Assert.Empty(session.Invoke("$t | Get-RedactionRegion"));
        Assert.Equal("MalformedElement,Pacsbin.PowerShell.GetRedactionRegionCommand", Assert.Single(session.Errors).FullyQualifiedErrorId);
    }

    static void Unwrapped(Action act)
    {
        try
        {
            act();
        }
        catch (RuntimeException e) when (e.ErrorRecord.Exception is PSArgumentException inner)
        {
            throw inner;
        }
    }
}
