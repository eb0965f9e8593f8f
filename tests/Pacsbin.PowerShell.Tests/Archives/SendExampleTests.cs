using System.IO.Compression;
using Pacsbin.Tests.Archives.Servers;

namespace Pacsbin.Tests.Archives;

public sealed class SendExampleTests : ArchiveTests
{
    static readonly string Script = Path.Combine(Repository.Root, "examples", "send.ps1");

    [Fact]
    public async Task Studies_go_from_the_pacs_to_the_archive_and_into_a_zip_file()
    {
        var (one, other) = (Studies.Make(4), Studies.Make(2, "MR"));
        await using var pacs = await RequiredServer.OrthancAsync();
        await using var archive = await RequiredServer.OrthancAsync();
        foreach (byte[] file in one.Files.Concat(other.Files)) await pacs.UploadAsync(file);
        var result = await HostProcess.Run(Script, "-Pacs", pacs.DicomWebRoot.AbsoluteUri, "-Archive", archive.DicomWebRoot.AbsoluteUri, "-Destination", Root);
        Overheard.Add(result.Output + result.Error);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["archive answers", "pacs answers", "1 studies found", "1 studies de-identified", "1 studies approved"], lines[..5]);
        Assert.StartsWith("What if: ", lines[5], StringComparison.Ordinal);
        Assert.Equal("4 instances stored, 0 failed, verified: True", lines[6]);
        Assert.Matches(@"^1 studies in a \.zip file of \d+ bytes$", lines[7]);
        Assert.Equal(4, await archive.CountAsync());
        Assert.Empty(Studies.Identified(Root));
        Assert.Empty(Studies.IdentifiedTransient());
        using var zip = ZipFile.OpenRead(Path.Combine(Root, "studies.zip"));
        Assert.Contains(zip.Entries, e => e.Name == "DICOMDIR");
        Assert.Equal(5, zip.Entries.Count(e => e.Length > 0));
    }

    [Fact]
    public async Task Without_an_archive_only_the_zip_file_is_written()
    {
        var study = Studies.Make(2);
        await using var pacs = await RequiredServer.OrthancAsync();
        foreach (byte[] file in study.Files) await pacs.UploadAsync(file);
        var result = await HostProcess.Run(Script, pacs.DicomWebRoot.AbsoluteUri, "-Destination", Root);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("1 studies in a .zip file", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("stored", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("registered", result.Error, StringComparison.Ordinal);
    }
}
