using System.Diagnostics;

namespace Pacsbin.Benchmarks;

/// <summary>Everything that a run of this program measures.</summary>
internal sealed class Measurements(Options options, string work, Report report)
{
    private static readonly SampleSet Ct = new("ct", "ct", Studies: 1, FilesPerStudy: 500, Side: 512);
    private static readonly SampleSet Mr = new("mr", "mr", Studies: 100, FilesPerStudy: 100, Side: 128);

    private readonly string data = options.Data ?? Path.Combine(work, "data");

    public void Run()
    {
        using var session = new CmdletSession();
        if (!session.IsAvailable)
        {
            report.AddNote("The module has no Invoke-PacsbinAnonymize: the library was measured instead of it, and no whole process.");
        }

        if (options.ProcessRounds > 0 && !Peer.IsInstalled)
        {
            report.AddNote($"{Peer.Name} or openssl is not installed: no peer was measured.");
        }

        if (options.Ct)
        {
            Compare(Ct, session, warmAtLeast: 3, processAtLeast: null);
        }

        if (options.Mr)
        {
            Compare(Mr, session, warmAtLeast: 8, processAtLeast: 3);
        }

        if (options.Script)
        {
            new ScriptBenchmark(options, work, report).Run(Mr, SampleData.Make(Mr, data));
        }

        if (options.Redact)
        {
            new RedactionBenchmark(options, work, report).Run();
        }

        if (options.Text)
        {
            BurnedInTextBenchmark.Run(Console.Out);
        }

        if (options.Send)
        {
            new SendBenchmark(options, work, report).RunAsync(Ct, SampleData.Make(Ct, data)).GetAwaiter().GetResult();
            new TransferMemory(options, work, report).RunAsync().GetAwaiter().GetResult();
        }

        if (options.Memory)
        {
            MeasureMemory();
        }
    }

    private void Compare(SampleSet set, CmdletSession session, double warmAtLeast, double? processAtLeast)
    {
        const string FloorName = "read and write whole", LibraryName = "library, warm", CmdletName = "cmdlet, warm", HostName = "pacsbin-host, whole process";
        var input = SampleData.Make(set, data);
        var contest = new Contest(work);
        var costs = new List<double>();
        List<Contender> warm =
        [
            new(FloorName, (from, to) => Floor.Copy(from, to, options.Parallelism)),
            new(LibraryName, (from, to) =>
            {
                var watch = Stopwatch.StartNew();
                var check = Product.Deidentify(from, to, options.Parallelism);
                costs.Add(check / (watch.Elapsed * options.Parallelism));
            }),
        ];
        List<Contender> processes = [];
        if (session.IsAvailable)
        {
            warm.Add(new(CmdletName, (from, to) => session.Deidentify(from, to, options.Parallelism)));
            processes.Add(new(HostName, Peer.RunHost));
        }

        if (Peer.IsInstalled && options.ProcessRounds > 0)
        {
            var certificate = Peer.MakeCertificate(work);
            processes.Add(new(Peer.Name, (from, to) => Peer.Deidentify(from, to, certificate)));
        }

        contest.Run(input, 1, warm); // the first round compiles
        costs.Clear();
        var best = new Dictionary<string, TimeSpan>(contest.Run(input, options.Rounds, warm).Concat(contest.Run(input, options.ProcessRounds, processes)));
        foreach (var (name, time) in best)
        {
            report.AddTime(set, name, time);
        }

        var ours = best[session.IsAvailable ? CmdletName : LibraryName];
        report.AddRatio(set.Name, $"{(session.IsAvailable ? CmdletName : LibraryName)} / floor", ours / best[FloorName], atMost: 2.0);
        report.AddRatio(set.Name, "leak check / the whole run", costs.Order().ElementAt(costs.Count / 2), atMost: 0.25);
        if (best.TryGetValue(Peer.Name, out var peer))
        {
            report.AddRatio(set.Name, $"{Peer.Name} / ours, warm", peer / ours, atLeast: warmAtLeast);
            if (processAtLeast is not null && best.TryGetValue(HostName, out var host))
            {
                report.AddRatio(set.Name, $"{Peer.Name} / ours, whole process", peer / host, atLeast: processAtLeast);
            }
        }
    }

    /// <summary>Small images, so that 100,000 files fit on a disk; their headers are as large as real ones.</summary>
    private void MeasureMemory()
    {
        foreach (var studies in options.Large ? [10, 100, 1000] : (int[])[10, 100])
        {
            var set = new SampleSet($"memory{studies * 100}", "mr", studies, FilesPerStudy: 100, Side: 16);
            var input = SampleData.Make(set, data);
            var output = Path.Combine(work, "output");
            report.AddMemory(set, Memory.Of(() => Product.Deidentify(input, output, options.Parallelism)));
            Directory.Delete(output, recursive: true);
        }
    }
}
