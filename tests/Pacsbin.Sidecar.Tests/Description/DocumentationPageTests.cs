using System.Net;

namespace Pacsbin.Tests.Description;

public sealed class DocumentationPageTests
{
    [Fact]
    public async Task Browser_that_comes_by_a_link_sees_the_operations_under_the_strict_policy()
    {
        await using var server = await SidecarServer.StartAsync();
        var link = (string)(await server.SendAsync(HttpMethod.Post, "/v1/login-links", null, HttpStatusCode.Created))["url"]!;
        var folder = Directory.CreateTempSubdirectory("pacsbin-browser-").FullName;
        var result = Peer.Run("chromium",
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--enable-logging=stderr", "--v=0", $"--user-data-dir={folder}", "--virtual-time-budget=20000", "--dump-dom", link,
        ]);
        Directory.Delete(folder, recursive: true);
        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain("Content Security Policy", result.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Records that a person has reviewed a study", result.Output, StringComparison.Ordinal);
        Assert.Contains("operations-Studies-Get-DicomStudy", result.Output, StringComparison.Ordinal);
        await server.RequireHealthyAsync();
    }
}
