using System.Text.RegularExpressions;

namespace Pacsbin.Tests;

public sealed class ScriptExampleTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pacsbin script [1]").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Exact_run_leaves_what_the_safe_one_does_not()
    {
        var output = await Run();
        Assert.Contains("safe:  3 studies, 0 identifiers left", output, StringComparison.Ordinal);
        Assert.Matches(new Regex("exact: 3 studies, [0-9]{2} attributes in which identifiers are left"), output);
        Assert.Contains("3 of the 3 exact studies cannot be approved as they are", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_of_pacsbin_is_audited_and_run()
    {
        if (TestData.Shared is not { } shared) { Assert.Skip("There is no shared folder."); return; }
        var output = await Run("-Script", Path.Combine(shared, "pacsbin", "script.json"));
        Assert.Contains("Root: 11 of 657 attributes are weaker than the standard, 411 are not looked at", output, StringComparison.Ordinal);
        Assert.Contains("Nested: 0 of 657 attributes are weaker than the standard, 657 are not looked at", output, StringComparison.Ordinal);
        Assert.Contains("safe:  3 studies, 0 identifiers left", output, StringComparison.Ordinal);
    }

    private async Task<string> Run(params string[] arguments)
    {
        var result = await HostProcess.Run([Path.Combine(Repository.Root, "examples", "script.ps1"), "-Destination", folder, .. arguments]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return result.Output;
    }
}
