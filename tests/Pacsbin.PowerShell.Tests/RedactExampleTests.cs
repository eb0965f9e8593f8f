using Pacsbin.Dicom;
using Pacsbin.Imaging;

namespace Pacsbin.Tests;

public sealed class RedactExampleTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pacsbin redact [1]").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Caption_is_found_and_erased_from_every_frame()
    {
        var result = await HostProcess.Run(Path.Combine(Repository.Root, "examples", "redact.ps1"), "-Destination", folder);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("proposed ", result.Output, StringComparison.Ordinal);
        Assert.Contains("burned in 0,-20,10000,20", result.Output, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(Path.Combine(folder, "before"), "*.png"));
        Assert.Single(Directory.GetFiles(Path.Combine(folder, "after"), "*.png"));

        // The caption is the only white in the loop's top rows.
        var source = Path.Combine(Repository.Root, "examples", "data", "ultrasound", "loop.dcm");
        var copy = Assert.Single(Directory.GetFiles(Path.Combine(folder, "workspace"), "*.dcm", SearchOption.AllDirectories));
        Assert.True(BrightPixels(source) > 1000);
        Assert.Equal(0, BrightPixels(copy));
    }

    /// <summary>Pixels in the top 14 rows of all frames that are brighter than 128.</summary>
    private static int BrightPixels(string path)
    {
        using var file = DicomFile.Open(path);
        var renderer = FrameRenderer.Open(file)!;
        var gray = new byte[renderer.Rows * renderer.Columns];
        var bright = 0;
        for (var frame = 0; frame < renderer.Frames; frame++)
        {
            renderer.RenderGray(frame, gray);
            bright += gray.AsSpan(0, 14 * renderer.Columns).ToArray().Count(v => v > 128);
        }

        return bright;
    }
}
