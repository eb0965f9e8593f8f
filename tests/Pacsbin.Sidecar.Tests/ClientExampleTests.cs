using Pacsbin.Archives;
using Pacsbin.Tests.Archives.Servers;

namespace Pacsbin.Tests;

/// <summary>The clients in examples/clients, each as a program of its own, with the studies of examples/data.</summary>
public sealed class ClientExampleTests
{
    private static string Clients => Path.Join(Repository.Root, "examples", "clients");

    private static string Data => Path.Join(Repository.Root, "examples", "data");

    [Fact]
    public async Task Python_client_deidentifies_saves_pictures_and_sends_what_is_approved()
    {
        await using var server = await StartAsync();
        await using var archive = new ScriptedArchive();
        new ArchiveStore().Add(new ArchiveDefinition { Name = "of-python", QidoUri = archive.DicomWebRoot, StowUri = archive.DicomWebRoot }, "", replace: true);
        var pictures = Directory.CreateDirectory(Path.Join(server.Studies.Root, "pictures")).FullName;
        string[] client = [Path.Join(Clients, "client.py"), "--url", server.Address.ToString(), "--token-file", server.TokenPath];
        var result = Peer.Run(Peer.Python, [.. client, "--pictures", pictures, Data]);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(3, result.Output.Split('\n').Count(l => l.EndsWith("Deidentified, 3 files written", StringComparison.Ordinal) || l.EndsWith("Deidentified, 1 files written", StringComparison.Ordinal)));
        Assert.Equal(2, Directory.GetFiles(pictures, "*.png").Count(f => File.ReadAllBytes(f)[1..4].AsSpan().SequenceEqual("PNG"u8)));
        await RequireLinkAsync(server, result.Output);

        var broken = Directory.CreateDirectory(Path.Join(server.Studies.Source, "broken")).FullName;
        File.WriteAllBytes(Path.Join(broken, "cut.dcm"), File.ReadAllBytes(Path.Join(Data, "ct", "slice1.dcm"))[..600]);
        var rejected = Peer.Run(Peer.Python, [.. client, broken]);
        Assert.Equal(0, rejected.ExitCode);
        Assert.Contains("rejected: ", rejected.Error, StringComparison.Ordinal);
        Assert.Contains("cut.dcm: Truncated: ", rejected.Error, StringComparison.Ordinal);

        var early = Peer.Run(Peer.Python, [.. client, "--send", "of-python"]);
        Assert.Equal((1, "No study is approved: a person does that on the review page.\n"), (early.ExitCode, early.Error));
        var study = (string)(await server.GetAsync("/v1/studies"))["studies"]!.AsArray().First(s => (string?)s!["modality"]![0] == "CT")!["studyInstanceUid"]!;
        await server.SendAsync(HttpMethod.Post, $"/v1/studies/{study}/approval", """{ "reviewer": "R. Reader" }""", System.Net.HttpStatusCode.OK);
        var sent = Peer.Run(Peer.Python, [.. client, "--send", "of-python"]);
        Assert.Equal((0, $"{study} 3 sent, 0 failed\n"), (sent.ExitCode, sent.Output));
        Assert.Equal(3, archive.Instances.Count);

        var refused = Peer.Run(Peer.Python, [.. client, "/etc"]);
        Assert.Equal(1, refused.ExitCode);
        Assert.StartsWith("FileAccessDenied: ", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Curl_client_deidentifies_and_saves_pictures()
    {
        await using var server = await StartAsync();
        var pictures = Directory.CreateDirectory(Path.Join(server.Studies.Root, "pictures")).FullName;
        var result = Peer.Run("bash", [Path.Join(Clients, "client.sh"), server.Address.ToString(), server.TokenPath, Data, pictures]);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(4, result.Output.Trim().Split('\n').Length);
        Assert.Equal(2, Directory.GetFiles(pictures).Count(f => File.ReadAllBytes(f)[1..4].AsSpan().SequenceEqual("PNG"u8)));
        Assert.Equal(2, Directory.GetFiles(pictures).Length);
        Assert.Contains("Succeeded", result.Error, StringComparison.Ordinal);
        await RequireLinkAsync(server, result.Output);
    }

    [Fact]
    public async Task Csharp_client_deidentifies()
    {
        await using var server = await StartAsync();
        var result = Peer.Run("dotnet", ["run", Path.Join(Clients, "client.cs"), "--", server.Address.ToString(), server.TokenPath, Data]);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(3, result.Output.Split('\n').Count(l => l.Contains(" Deidentified, ", StringComparison.Ordinal)));
        await RequireLinkAsync(server, result.Output);
    }

    private static Task<SidecarServer> StartAsync() => SidecarServer.StartAsync(o => o with { Roots = [.. o.Roots, Data] });

    private static async Task RequireLinkAsync(SidecarServer server, string output)
    {
        using var browser = server.ClientWith(null);
        var link = output.Trim().Split('\n')[^1]["Review: ".Length..];
        using var answer = await browser.GetAsync(link, TestContext.Current.CancellationToken);
        Assert.True(answer.Headers.Contains("Set-Cookie"), link);
    }
}
