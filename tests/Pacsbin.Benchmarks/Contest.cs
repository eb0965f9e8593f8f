using System.Diagnostics;

namespace Pacsbin.Benchmarks;

/// <summary>One way to treat a set: from an input folder to an output folder that is not there yet.</summary>
internal sealed record Contender(string Name, Action<string, string> Run);

/// <summary>Times contenders in turn, so that what disturbs the machine disturbs all of them.</summary>
internal sealed class Contest(string workFolder)
{
    /// <summary>The best time of each contender.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Run(string input, int rounds, IReadOnlyList<Contender> contenders)
    {
        var best = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var contender in contenders)
            {
                var time = Time(contender, input);
                best[contender.Name] = best.TryGetValue(contender.Name, out var earlier) && earlier < time ? earlier : time;
                Console.Error.WriteLine($"{Path.GetFileName(input)} {round + 1}/{rounds} {contender.Name}: {time.TotalMilliseconds:F0} ms");
            }
        }

        return best;
    }

    private TimeSpan Time(Contender contender, string input)
    {
        var output = Path.Combine(workFolder, "output");
        GC.Collect();
        var watch = Stopwatch.StartNew();
        contender.Run(input, output);
        var time = watch.Elapsed;
        Directory.Delete(output, recursive: true);
        return time;
    }
}
