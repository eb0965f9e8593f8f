using System.Buffers;
using System.Diagnostics;
using System.IO.Hashing;
using Pacsbin.Dicom;
using Pacsbin.Redaction;
using Pacsbin.Studies;

namespace Pacsbin.Benchmarks;

/// <summary>Erases the caption of a loop: without compression against a plain copy, JPEG against a program that only decodes it.</summary>
internal sealed class RedactionBenchmark(Options options, string work, Report report)
{
    private static readonly RedactionRegion[] Regions = [new(0, 0, CineLoop.Columns, 60)];

    public void Run()
    {
        var native = CineLoop.Write(Path.Combine(options.Data ?? work, "loop"));
        var best = Best(new()
        {
            ["copy"] = () => Copy(native),
            ["erase"] = () => Erase(native),
        });
        report.AddRatio("loop, native", "erase / read and write whole", best["erase"] / best["copy"], atMost: 1.5);
        if (!Peer.IsOnPath("dcmcjpeg") || !Peer.IsOnPath("dcmdjpeg"))
        {
            report.AddNote("dcmcjpeg or dcmdjpeg is not installed: erasing in JPEG was not measured.");
            return;
        }

        Jpeg(native, "4:4:4", "+s4");
        Jpeg(native, "4:2:2", "+s2");
    }

    private void Jpeg(string native, string name, string sampling)
    {
        var jpeg = Path.Combine(work, $"loop{sampling}.dcm");
        Peer.Run("dcmcjpeg", "+eb", "+q", "85", sampling, native, jpeg);
        var best = Best(new()
        {
            ["erase"] = () => Erase(jpeg),
            ["dcmdjpeg"] = () => Peer.Run("dcmdjpeg", jpeg, Path.Combine(work, "decoded.dcm")),
        });
        report.AddRatio($"loop, JPEG {name}", "erased megapixels a second, one core, file to file", CineLoop.Megapixels / best["erase"].TotalSeconds, atLeast: 100);
        report.AddRatio($"loop, JPEG {name}", "dcmdjpeg, decoding only / erase", best["dcmdjpeg"] / best["erase"], atLeast: 1);
    }

    private Dictionary<string, TimeSpan> Best(Dictionary<string, Action> contenders)
    {
        var best = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        for (var round = -2; round < options.Rounds; round++)
        {
            foreach (var (name, run) in contenders)
            {
                GC.Collect();
                var watch = Stopwatch.StartNew();
                run();
                var time = watch.Elapsed;
                if (round >= 0)
                {
                    best[name] = best.TryGetValue(name, out var earlier) && earlier < time ? earlier : time;
                    Console.Error.WriteLine($"loop {name}: {time.TotalMilliseconds:F0} ms");
                }
            }
        }

        return best;
    }

    private void Copy(string path)
    {
        var to = Path.Combine(work, "copied.dcm");
        File.Delete(to);
        File.WriteAllBytes(to, File.ReadAllBytes(path));
    }

    /// <summary>As a study of a workspace is erased: read, erase, write, hash.</summary>
    private void Erase(string path)
    {
        var to = Path.Combine(work, "erased.dcm");
        File.Delete(to);
        using var file = DicomFile.Open(path);
        var redactor = PixelRedactor.For(file, Regions)!;
        redactor.Apply(file.Dataset);
        using var stream = new HashingStream(to, new XxHash128(), CancellationToken.None);
        DicomFile.Write(stream, file.Dataset, file.Source, redactor.TransferSyntax);
        _ = stream.Hash();
    }
}
