using System.Diagnostics;
using System.Globalization;
using Pacsbin.Archives;
using Pacsbin.Deidentification;
using Pacsbin.Review;
using Pacsbin.Studies;
using Pacsbin.Tests.Archives.Servers;

namespace Pacsbin.Benchmarks;

/// <summary>Sends an approved study to Orthanc by STOW-RS, with all checks and notes of a real run, against a program that only sends the same files by C-STORE.</summary>
internal sealed class SendBenchmark(Options options, string work, Report report)
{
    private const string Peer = "dcmsend";
    private const string Ours = "StudySend";
    private const string Finding = "find the study";

    /// <param name="set">What is sent.</param>
    /// <param name="input">Its folder.</param>
    public async Task RunAsync(SampleSet set, string input)
    {
        if (OrthancServer.Missing is { } reason)
        {
            report.AddNote($"{reason} Sending was not measured.");
            return;
        }

        if (!Benchmarks.Peer.IsOnPath(Peer))
        {
            report.AddNote($"{Peer} is not installed: sending was not measured.");
            return;
        }

        var workspace = Path.Combine(work, "workspace");
        var folder = MakeApproved(input, workspace, options.Parallelism);
        await CompareAsync(set, folder, options.Rounds, "1", "");
        await CompareAsync(set, folder, Math.Min(options.Rounds, 1), null, ", as installed");
    }

    /// <param name="set">What is sent.</param>
    /// <param name="folder">Where it is, approved.</param>
    /// <param name="rounds">How often.</param>
    /// <param name="noDelay">DCMTK's TCP_NODELAY, for Orthanc and its peer. As they are installed, each file waits 40 ms for an acknowledgement that the other end delays.</param>
    /// <param name="how">What is said of it.</param>
    private async Task CompareAsync(SampleSet set, string folder, int rounds, string? noDelay, string how)
    {
        Environment.SetEnvironmentVariable("TCP_NODELAY", noDelay);
        await using var orthanc = await OrthancServer.StartAsync();
        using var client = OpenClient(work, orthanc.DicomWebRoot);
        var best = await BestAsync(set, orthanc, folder, rounds, new()
        {
            [Peer] = () => Task.Run(() => Benchmarks.Peer.Run(Peer, "-aec", OrthancServer.AeTitle, "+sd", "+sp", "*.dcm", "127.0.0.1", orthanc.DicomPort.ToString(CultureInfo.InvariantCulture), folder)),
            [Finding] = () => Task.Run(() => Find(folder)),
            [Ours] = () => SendAsync(client, folder),
        });
        foreach (var (name, time) in best)
        {
            report.AddTime(set, name + how, time);
        }

        report.AddRatio(set.Name, $"{Ours} / {Peer}{how}", best[Ours] / best[Peer], atMost: 1.0);
    }

    /// <summary>De-identifies a study, and approves it as if somebody had looked at it.</summary>
    /// <returns>Its folder in the workspace.</returns>
    public static string MakeApproved(string input, string workspace, int parallelism)
    {
        Product.Deidentify(input, workspace, parallelism);
        var study = Find(workspace);
        var outcome = new StudyApproval(study, "Benchmark") { ThrottleLimit = parallelism, Accepted = Enum.GetValues<FindingKind>() }.Run();
        return outcome == ApprovalOutcome.Recorded ? study.Path : throw new InvalidOperationException($"The study is not approved: {outcome}.");
    }

    /// <param name="folder">Gets the registration.</param>
    /// <param name="root">The archive's address.</param>
    public static ArchiveClient OpenClient(string folder, Uri root)
    {
        var store = new ArchiveStore(Path.Combine(folder, "archives"));
        return new ArchiveClient(store, store.Add(new ArchiveDefinition { Name = "benchmark", QidoUri = root, WadoUri = root, StowUri = root }, "", replace: true));
    }

    /// <summary>As Send-PacsbinStudy does.</summary>
    public static async Task SendAsync(ArchiveClient client, string folder)
    {
        SendResult? result = null;
        var send = new StudySend(client) { Rejected = (path, error) => throw new InvalidOperationException($"{path} was not sent.", error) };
        await send.RunAsync([Find(folder)], r => result = r);
        if (result is not { IsComplete: true, IsVerified: true })
        {
            throw new InvalidOperationException("The archive does not have the whole study.");
        }
    }

    private static DicomStudy Find(string folder) => new StudyScanner().Scan([folder]).Studies.Single();

    private static async Task<Dictionary<string, TimeSpan>> BestAsync(SampleSet set, OrthancServer orthanc, string folder, int rounds, Dictionary<string, Func<Task>> contenders)
    {
        var manifest = Path.Combine(folder, Manifest.FileName);
        var approved = await File.ReadAllBytesAsync(manifest);
        var best = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        for (var round = -1; round < rounds; round++)
        {
            foreach (var (name, run) in contenders)
            {
                await File.WriteAllBytesAsync(manifest, approved);
                await orthanc.ResetAsync();
                GC.Collect();
                var before = Environment.CpuUsage;
                var watch = Stopwatch.StartNew();
                await run();
                var time = watch.Elapsed;
                var used = Environment.CpuUsage.TotalTime - before.TotalTime;
                Console.Error.WriteLine($"{set.Name} {name}: {time.TotalMilliseconds:F0} ms; this process used {used.TotalMilliseconds:F0} ms");
                if (name != Finding && await orthanc.CountAsync() != set.Files)
                {
                    throw new InvalidOperationException($"{name} has not sent {set.Files} files.");
                }

                if (round >= 0)
                {
                    best[name] = best.TryGetValue(name, out var earlier) && earlier < time ? earlier : time;
                }
            }
        }

        return best;
    }
}
