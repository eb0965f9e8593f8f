namespace Pacsbin.Tests;

public sealed class QuickstartTests : IDisposable
{
    static readonly string Script = Path.Combine(Repository.Root, "examples", "quickstart.ps1");
    readonly string folder = Directory.CreateTempSubdirectory("pacsbin quickstart [1]").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Before_and_after_are_side_by_side()
    {
        var result = await HostProcess.Run(Script, "-Destination", folder);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var rows = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches("^Study +Attribute +Before +After", rows[0]);
        Assert.Contains(rows, r => r.StartsWith("CT ", StringComparison.Ordinal) && r.Contains("Testperson^Theodora^Maria", StringComparison.Ordinal));
        Assert.Contains(rows, r => r.StartsWith("US ", StringComparison.Ordinal) && r.Contains("BurnedInSuspected", StringComparison.Ordinal));
        Assert.Contains(rows, r => r.StartsWith("SR ", StringComparison.Ordinal) && r.Contains("Verifying Observer", StringComparison.Ordinal));
        Assert.Contains(folder, rows[^1], StringComparison.Ordinal);
        Assert.Equal(3, Directory.GetDirectories(folder).Length);
    }

    [Fact]
    public async Task Patient_of_two_studies_gets_one_pseudonym()
    {
        var result = await HostProcess.Run(Script, "-Destination", folder);
        string[] pseudonyms = [.. result.Output.Split('\n').Where(r => r.Contains("Patient ID", StringComparison.Ordinal) && r.Contains("ELS-0815", StringComparison.Ordinal)).Select(r => r.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1])];
        Assert.Equal(2, pseudonyms.Length);
        Assert.Equal(pseudonyms[0], pseudonyms[1]);
        Assert.Matches("^[0-9A-HJKMNP-TV-Z]{10}$", pseudonyms[0]);
    }

    [Fact]
    public async Task Names_of_the_sources_are_in_no_output_file()
    {
        await HostProcess.Run(Script, "-Destination", folder);
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        Assert.Equal(5, files.Count(f => f.EndsWith(".dcm", StringComparison.Ordinal)));
        foreach (string file in files)
        {
            string content = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
            foreach (string name in (string[])["Testperson", "Sample^", "Emilia", "Marlow", "Osei", "ELS-0", "19620714", "20240311"])
                Assert.DoesNotContain(name, content, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Own_folder_is_taken_as_argument()
    {
        var result = await HostProcess.Run(Script, Path.Combine(Repository.Root, "examples", "data", "report"), "-Destination", folder);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("Found 1 studies", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("US ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_without_studies_is_an_error()
    {
        var result = await HostProcess.Run(Script, folder, "-Destination", folder);
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("no DICOM study", result.Error, StringComparison.Ordinal);
    }
}
