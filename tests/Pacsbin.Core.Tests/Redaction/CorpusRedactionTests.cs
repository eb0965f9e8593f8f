using System.Diagnostics;
using System.Globalization;
using Pacsbin.Dicom;
using Pacsbin.Imaging;
using Pacsbin.Redaction;
using Xunit;

namespace Pacsbin.Tests.Redaction;

/// <summary>Every file of the corpus that has pixels: a region is erased, or there is a named error and no output.</summary>
public sealed class CorpusRedactionTests(ITestOutputHelper output)
{
    private const int LargestMcu = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    [Fact]
    public void A_region_is_erased_or_the_file_is_refused() => Check(static (bytes, region) => Erased.Of(bytes, region), asksPeers: false);

    [Fact]
    public void A_region_is_erased_while_the_file_is_deidentified() => Check(static (bytes, region) => Erased.AndDeidentified(bytes, region), asksPeers: true);

    private void Check(Func<byte[], RedactionRegion, byte[]> erase, bool asksPeers)
    {
        List<string> failures = [];
        List<(string Name, byte[] Input, byte[] Output, RedactionRegion Region)> erased = [];
        var refused = new Dictionary<string, int>();
        var slowest = (Name: "", Time: TimeSpan.Zero);
        foreach (var file in TestData.CorpusFiles())
        {
            var bytes = File.ReadAllBytes(file.Path);
            if (RegionFor(bytes) is not { } region)
            {
                continue;
            }

            var watch = Stopwatch.StartNew();
            try
            {
                var result = erase(bytes, region);
                watch.Stop();
                erased.Add((file.Name, bytes, result, region));
                if (Difference(bytes, result, region) is { } difference)
                {
                    failures.Add($"{file.Name}: {difference}");
                }
            }
            catch (PacsbinException e)
            {
                refused[e.Error.ToString()] = refused.GetValueOrDefault(e.Error.ToString()) + 1;
                output.WriteLine($"refused: {file.Name} {DicomName(file)}: {e.Message}");
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                failures.Add($"{file.Name}: {e.GetType().Name} {e.Message} {e.StackTrace?.Split('\n')[0]}");
            }

            slowest = watch.Elapsed > slowest.Time ? (file.Name, watch.Elapsed) : slowest;
        }

        output.WriteLine($"erased {erased.Count}, refused {refused.Values.Sum()}: {string.Join(", ", refused.Select(r => $"{r.Key} {r.Value}"))}; slowest {slowest}");
        failures.AddRange(asksPeers ? PeerFailures(erased) : []);
        Assert.True(slowest.Time < Patience, $"{slowest}");
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.True(erased.Count > 600, $"Only {erased.Count} files could be erased.");
    }

    private static string DicomName(CorpusFile file) => TransferSyntax.FromUid(file.TransferSyntaxUid).ToString();

    /// <summary>The upper left, half as wide and a quarter as high as the image; null for a file without pixels.</summary>
    private static RedactionRegion? RegionFor(byte[] bytes)
    {
        try
        {
            using var file = DicomFile.Open(new DicomSource(bytes));
            if (!new[] { Tags.PixelData, Tags.FloatPixelData, Tags.DoubleFloatPixelData }.Any(t => file.Dataset.TryGet(t, out var pixels) && !pixels.IsEmpty))
            {
                return null;
            }

            if (file.TransferSyntax.IsBigEndian && file.Dataset.GetInt32(Tags.BitsAllocated) > 16 && PixelElement.Find(file.Dataset) is { Vr: Vr.OW })
            {
                return null; // erased, but no program can tell what it shows; NativeRedactionTests has such cells
            }

            var (rows, columns) = (file.Dataset.GetInt32(Tags.Rows) ?? 0, file.Dataset.GetInt32(Tags.Columns) ?? 0);
            return new RedactionRegion(0, 0, Math.Max(1, columns / 2), Math.Max(1, rows / 4)) { Clip = true };
        }
        catch (PacsbinException)
        {
            return null;
        }
    }

    /// <summary>What is wrong with an erased file; null for nothing.</summary>
    private static string? Difference(byte[] input, byte[] result, RedactionRegion region)
    {
        var after = Decoded.Of(result);
        if (Shown(after, region) is { } shown)
        {
            return shown;
        }

        // A frame may be damaged behind the blocks that are erased, which only decoding sees.
        var before = Decoded.Of(input);
        var margin = after.TransferSyntax == before.TransferSyntax && TransferSyntax.FromUid(after.TransferSyntax).IsJpeg ? LargestMcu : 0;
        margin = before.Shape.IsSubsampled ? 1 : margin;

        // De-identification clears overlays in bits that are no part of the pixel.
        var stored = before.Shape.IsFloat ? ulong.MaxValue : (ulong.MaxValue >> (64 - before.Shape.BitsStored)) << Math.Clamp(before.Shape.HighBit + 1 - before.Shape.BitsStored, 0, 63);
        for (var frame = 0; frame < after.Frames.Length; frame++)
        {
            if (margin == 0 && region.Width == after.Shape.Columns)
            {
                continue;
            }

            for (var row = 0; row < after.Shape.Rows; row++)
            {
                for (var column = row < region.Height + margin ? region.Width + margin : 0; column < after.Shape.Columns; column++)
                {
                    for (var sample = 0; sample < after.Shape.Samples; sample++)
                    {
                        if (((before.At(frame, row, column, sample) ^ after.At(frame, row, column, sample)) & stored) != 0)
                        {
                            return $"frame {frame} row {row} column {column} is not what it was";
                        }
                    }
                }
            }
        }

        return null;
    }

    /// <summary>Where a region is not of one value; null if it is.</summary>
    private static string? Shown(Decoded after, RedactionRegion region)
    {
        for (var frame = 0; frame < after.Frames.Length; frame++)
        {
            for (var row = 0; row < Math.Min(region.Height, after.Shape.Rows); row++)
            {
                for (var column = 0; column < Math.Min(region.Width, after.Shape.Columns); column++)
                {
                    for (var sample = 0; sample < after.Shape.Samples; sample++)
                    {
                        if (after.At(frame, row, column, sample) != after.At(0, 0, 0, sample))
                        {
                            return $"frame {frame} row {row} column {column} is still seen";
                        }
                    }
                }
            }
        }

        return null;
    }

    /// <summary>What other decoders, which could decode a file, still see in the region of the erased one.</summary>
    private List<string> PeerFailures(List<(string Name, byte[] Input, byte[] Output, RedactionRegion Region)> erased)
    {
        var folder = Directory.CreateTempSubdirectory("pacsbin-corpus-");
        try
        {
            Peer.RequirePython("pydicom");
            var list = new List<string>();
            var counts = new Dictionary<string, int>();
            foreach (var (name, input, result, region) in erased)
            {
                var (before, after) = (Path.Join(folder.FullName, name + ".in"), Path.Join(folder.FullName, name + ".out"));
                File.WriteAllBytes(before, input);
                File.WriteAllBytes(after, result);
                list.Add(string.Join('|', before, after, region.Width.ToString(CultureInfo.InvariantCulture), region.Height.ToString(CultureInfo.InvariantCulture), name));
            }

            var answer = Peer.Run(Peer.Python, ["-W", "ignore", "-c", Script], string.Join('\n', list));
            Assert.True(answer.ExitCode == 0, answer.Error);
            List<string> failures = [];
            foreach (var line in answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var word = line[..line.IndexOf(' ', StringComparison.Ordinal)];
                counts[word] = counts.GetValueOrDefault(word) + 1;
                if (word is "seen" or "lost")
                {
                    failures.Add("pydicom: " + line);
                }
            }

            foreach (var (name, input, result, region) in erased)
            {
                foreach (var decoder in PeerDecoder.Of(Decoded.Of(input).TransferSyntax).Where(d => d != "pydicom"))
                {
                    if (PeerDecoder.TryDecode(decoder, input) is null)
                    {
                        continue;
                    }

                    // The result of one that had to be decoded is native, and pydicom has seen it.
                    counts[decoder] = counts.GetValueOrDefault(decoder) + 1;
                    var after = PeerDecoder.Of(Decoded.Of(result).TransferSyntax).Contains(decoder) ? PeerDecoder.TryDecode(decoder, result) : Decoded.Of(result);
                    if (after is null || Inner(after, region) is not null)
                    {
                        failures.Add($"{decoder}: {name} {(after is null ? "cannot be decoded any more" : Inner(after, region))}");
                    }
                }
            }

            output.WriteLine(string.Join(", ", counts.Select(c => $"{c.Key} {c.Value}")));
            return failures;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>As <see cref="Shown"/>, but for the edge into which decoders smooth the colors of the neighborhood.</summary>
    private static string? Inner(Decoded after, RedactionRegion region) =>
        Shown(after, region with { Width = Math.Max(1, region.Width - 2), Height = Math.Max(1, region.Height - 2) });

    private const string Script = """
        import sys, numpy, pydicom
        for line in sys.stdin.read().split('\n'):
            before, after, width, height, name = line.split('|')
            width, height = max(1, int(width) - 2), max(1, int(height) - 2)
            try:
                first = pydicom.dcmread(before, force=True).pixel_array
            except Exception:
                print('unknown', name); continue
            try:
                data = pydicom.dcmread(after)
                pixels = data.pixel_array
            except Exception as e:
                print('lost', name, type(e).__name__); continue
            samples = int(getattr(data, 'SamplesPerPixel', 1) or 1)
            if pixels.size != first.size:
                print('lost', name, pixels.shape, first.shape); continue
            pixels = pixels.reshape((-1, int(data.Rows), int(data.Columns), samples))
            region = pixels[:, :height, :width, :]
            print('erased' if (region == region[0, 0, 0]).all() else 'seen', name)
        """;
}
