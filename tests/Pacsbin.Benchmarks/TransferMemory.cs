using System.Diagnostics;
using System.Globalization;
using Pacsbin.Archives;
using Pacsbin.Studies;

namespace Pacsbin.Benchmarks;

/// <summary>Sends and fetches a study of 2 GB in a process of its own, and tells how large that process was.</summary>
internal sealed class TransferMemory(Options options, string work, Report report)
{
    private const long MostBytes = 150_000_000;
    private static readonly SampleSet Set = new("bulk", "ct", Studies: 1, FilesPerStudy: 4000, Side: 512);

    public async Task RunAsync()
    {
        var input = SampleData.Make(Set, work);
        var workspace = Path.Combine(work, "bulk-workspace");
        var folder = SendBenchmark.MakeApproved(input, workspace, options.Parallelism);
        Directory.Delete(input, recursive: true);
        await MeasureAsync("send", folder, isFull: false);
        await MeasureAsync("receive", folder, isFull: true);
        Directory.Delete(workspace, recursive: true);
    }

    /// <summary>What the process of its own does; its last line says how much memory that took.</summary>
    /// <param name="arguments">What to do, the study's folder, the archive's address, and a folder to write to.</param>
    public static int RunChild(string[] arguments)
    {
        var (what, folder, root, work) = (arguments[0], arguments[1], new Uri(arguments[2]), arguments[3]);
        var watch = Stopwatch.StartNew();
        var memory = Memory.Of(() =>
        {
            using var client = SendBenchmark.OpenClient(work, root);
            if (what == "send")
            {
                SendBenchmark.SendAsync(client, folder).GetAwaiter().GetResult();
                return;
            }

            var study = new StudyReceive(client).RunAsync(new RetrieveRequest(Manifest.Read(folder)!.StudyInstanceUid), Path.Combine(work, "received")).GetAwaiter().GetResult();
            if (study.InstanceCount != Set.Files)
            {
                throw new InvalidOperationException($"{study.InstanceCount} of {Set.Files} files have come.");
            }
        });
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{memory.PeakCommitted} {process.PeakWorkingSet64} {watch.ElapsedMilliseconds}"));
        return 0;
    }

    private async Task MeasureAsync(string what, string folder, bool isFull)
    {
        var scratch = Directory.CreateDirectory(Path.Combine(work, what)).FullName;
        await using var sink = new Sink(folder, isFull);
        var said = await Task.Run(() => Peer.Run(Environment.ProcessPath!, Options.Child, what, folder, sink.Root.AbsoluteUri, scratch));
        Directory.Delete(scratch, recursive: true);
        var numbers = said.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[^3..].Select(n => long.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        report.AddTime(Set, $"{what}, to and from memory", TimeSpan.FromMilliseconds(numbers[2]));
        report.AddPeak(Set, $"{what}, managed and committed", numbers[0], MostBytes);
        report.AddPeak(Set, $"{what}, working set of the process", numbers[1], MostBytes);
    }
}
