using System.Management.Automation;
using System.Text.RegularExpressions;

namespace Pacsbin.Tests;

public sealed partial class HelpTests : IDisposable
{
    readonly ModuleSession session = new();

    public static TheoryData<string> Cmdlets =>
    [
        "Add-RedactionRegion", "Approve-PacsbinStudy", "ConvertTo-PacsbinScript", "Export-DicomImage", "Export-PacsbinCrosswalk", "Export-PacsbinKey", "Export-PacsbinReport", "Find-BurnedInText",
        "Get-DicomStudy", "Get-PacsbinArchive", "Get-PacsbinProject", "Get-PacsbinSchedule", "Get-PacsbinSidecar", "Get-RedactionRegion", "Import-PacsbinCrosswalk", "Import-PacsbinKey", "Invoke-PacsbinAnonymize",
        "New-PacsbinProject", "Receive-DicomStudy", "Register-PacsbinArchive", "Register-PacsbinSchedule", "Remove-PacsbinStudy", "Remove-RedactionRegion", "Resolve-PacsbinIdentity",
        "Revoke-PacsbinApproval", "Send-PacsbinStudy", "Set-PacsbinProject", "Start-PacsbinSidecar", "Stop-PacsbinSidecar", "Test-PacsbinArchive", "Test-PacsbinAuditLog", "Test-PacsbinScript", "Test-PacsbinStudy",
        "Unregister-PacsbinArchive", "Unregister-PacsbinSchedule",
    ];

    public void Dispose() => session.Dispose();

    [Fact]
    public void Module_exports_exactly_the_cmdlets_of_its_manifest() =>
        Assert.Equal(Cmdlets.Select(c => c.Data).Order(), session.Invoke("Get-Command -Module Pacsbin").Select(c => ((CommandInfo)c.BaseObject).Name).Order());

    [Theory, MemberData(nameof(Cmdlets))]
    public void Help_describes_the_cmdlet_and_every_parameter(string name)
    {
        var parameters = ((CommandInfo)Assert.Single(session.Invoke("Get-Command $args[0]", name)).BaseObject).Parameters.Keys.Except(Cmdlet.CommonParameters).ToList();
        string full = session.Show("Get-Help $args[0] -Full", name);
        string synopsis = full.Split("SYNOPSIS\n")[1].Split('\n')[0];
        Assert.Matches(@"^    \w.+\.$", synopsis);
        Assert.Contains($"SYNTAX\n    {name} ", full, StringComparison.Ordinal);
        Assert.NotEmpty(parameters);
        foreach (string parameter in parameters) Assert.Matches($@"\n    -{parameter}( <[^>]+>)?\s*\n        \w.+", full);
        string[] examples = [.. full.Split("-------------- Example ").Skip(1)];
        Assert.True(examples.Length >= 3);
        Assert.All(examples, e => Assert.Contains(name, e, StringComparison.Ordinal));
        Assert.Contains("RELATED LINKS", full, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_help_names_the_cmdlets_that_the_engine_has_and_lacks()
    {
        var result = await HostProcess.Run("--help");
        Assert.Equal(0, result.ExitCode);
        string[] parts = result.Output.Split("daily use:", 2)[1].Split("It lacks:", 2);
        var engine = session.Invoke("Get-Command -CommandType Cmdlet").Select(c => ((CommandInfo)c.BaseObject).Name).ToHashSet();
        var present = CommandName().Matches(parts[0].Split("Two functions")[0]).Select(m => m.Value).ToList();
        var lacking = CommandName().Matches(parts[1].Split("Instead:")[0]).Select(m => m.Value).ToList();
        Assert.All(present, name => Assert.Contains(name, engine));
        Assert.All(lacking, name => Assert.DoesNotContain(name, engine));
        Assert.True(present.Count > 15 && lacking.Count > 100);
    }

    [GeneratedRegex(@"\b[A-Z][A-Za-z]+-[A-Z][A-Za-z]+\b")]
    private static partial Regex CommandName();
}
