using System.Diagnostics;
using System.Globalization;

namespace Pacsbin.Tests;

/// <summary>How fast a sidecar answers many clients. Measures time, so it is run by hand: with -explicit only.</summary>
[Collection(nameof(Access.FloodTests))]
public sealed class LoadTests(ITestOutputHelper output)
{
    private const int Clients = 32;
    private const int LeastFrames = 10_000;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);

    [Fact(Explicit = true)]
    public async Task Thirty_two_clients_get_studies_in_100_ms_and_frames_in_250_ms_and_memory_stays_flat()
    {
        await using var process = await SidecarProcess.StartAsync();
        for (var study = 1; study <= 20; study++)
        {
            for (var instance = 1; instance <= 5; instance++)
            {
                process.Studies.AddCt($"{study}/{instance}.dcm", study, instance);
            }
        }

        var copies = process.Studies.Deidentify();
        var frames = (from c in copies from i in c.Series[0].Instances
                      select $"/v1/studies/{c.StudyInstanceUid}/series/{c.Series[0].SeriesInstanceUid}/instances/{i.SopInstanceUid}/frames/1?windowCenter=40&windowWidth=400").ToArray();
        using var client = process.NewClient(process.Token);
        await RunAsync(client, i => frames[i % frames.Length], TimeSpan.FromSeconds(5), 0); // warm
        await RunAsync(client, _ => "/v1/studies", TimeSpan.FromSeconds(2), 0);
        var studies = await RunAsync(client, _ => "/v1/studies", Duration, 0);
        var before = process.WorkingSet;
        var pictures = await RunAsync(client, i => frames[i % frames.Length], Duration, LeastFrames);
        var after = process.WorkingSet;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"studies: {studies}; frames: {pictures}; working set {before >> 20} -> {after >> 20} MB"));
        Assert.InRange(studies.P99, 0, 100);
        Assert.InRange(pictures.P99, 0, 250);
        Assert.InRange(after, 0, before + (64L << 20));
    }

    private static async Task<Measured> RunAsync(HttpClient client, Func<int, string> pathOf, TimeSpan duration, int least)
    {
        var started = Stopwatch.GetTimestamp();
        var next = 0;
        var times = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            var own = new List<double>();
            while (Stopwatch.GetElapsedTime(started) < duration || Volatile.Read(ref next) < least)
            {
                var asked = Stopwatch.GetTimestamp();
                using var response = await client.GetAsync(pathOf(Interlocked.Increment(ref next)), TestContext.Current.CancellationToken);
                Assert.True(response.IsSuccessStatusCode);
                await response.Content.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
                own.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            }

            return own;
        }));
        double[] all = [.. times.SelectMany(t => t).Order()];
        return new Measured(all.Length, all[all.Length / 2], all[(int)(all.Length * 0.99)]);
    }

    private sealed record Measured(int Requests, double P50, double P99)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Requests} requests, p50 {P50:F0} ms, p99 {P99:F0} ms");
    }
}
