namespace Pacsbin.Tests;

public sealed class ReviewExampleTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("pacsbin review [1]").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Studies_go_from_their_sources_to_an_approval_and_back_to_a_name()
    {
        var result = await HostProcess.Run(Path.Combine(Repository.Root, "examples", "review.ps1"), "-Destination", folder);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["3 studies de-identified", "3 of 3 studies passed the test", "3 studies approved"], lines[..3]);
        Assert.Matches("^report of [0-9]+ bytes$", lines[3]);
        Assert.Matches("^[0-9A-Z]{10} is ELS-0[0-9]{3}$", lines[4]);
        Assert.Equal("audit log intact: True", lines[5]);
        string report = File.ReadAllText(Path.Combine(folder, "report.html"));
        Assert.Contains("R. Viewer", report, StringComparison.Ordinal);
        foreach (string word in new[] { "Testperson", "Theodora", "Oskar", "ELS-0815", "Elsewhere" })
        {
            Assert.DoesNotContain(word, report, StringComparison.OrdinalIgnoreCase);
            foreach (string file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
                Assert.True(System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file)).Contains(word, StringComparison.OrdinalIgnoreCase) is false, $"{word} is in {Path.GetFileName(file)}");
        }
    }
}
