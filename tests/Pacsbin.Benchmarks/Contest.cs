using System.Diagnostics;

namespace Pacsbin.Benchmarks;

/// <summary>One way to treat a set: from an input folder to an output folder that is not there yet.</summary>
internal sealed record Contender(string Name, Action<string, string> Run);

/// <summary>Times contenders in turn, so that what disturbs the machine disturbs all of them.</summary>
internal sealed class Contest(string workFolder)
{
    private int outputs;

    /// <summary>The best time of each contender.</summary>
    /// <exception cref="InvalidOperationException">A contender wrote fewer files than there are.</exception>
    public IReadOnlyDictionary<string, TimeSpan> Run(string input, int rounds, IReadOnlyList<Contender> contenders)
    {
        var best = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        for (var round = -1; round < rounds; round++)
        {
            foreach (var contender in contenders)
            {
                var time = Time(contender, input);
                if (round < 0)
                {
                    continue; // warms up code and caches
                }

                best[contender.Name] = best.TryGetValue(contender.Name, out var earlier) && earlier < time ? earlier : time;
            }
        }

        return best;
    }

    private TimeSpan Time(Contender contender, string input)
    {
        // Outputs are emptied, so that the next run gets memory that is at hand, but not deleted before the program ends: a file
        // system that has just deleted thousands of files is slow to create new ones.
        var output = Path.Combine(workFolder, $"output-{outputs++}");
        GC.Collect();
        var before = Environment.CpuUsage;
        var watch = Stopwatch.StartNew();
        contender.Run(input, output);
        var time = watch.Elapsed;
        var after = Environment.CpuUsage;
        Console.Error.WriteLine(
            $"{Path.GetFileName(input)} {contender.Name}: {time.TotalMilliseconds:F0} ms; this process used " +
            $"{(after.UserTime - before.UserTime).TotalMilliseconds:F0} ms as user, {(after.PrivilegedTime - before.PrivilegedTime).TotalMilliseconds:F0} ms in the kernel");
        var (expected, written) = (CountFiles(input), CountFiles(output));
        if (written < expected)
        {
            throw new InvalidOperationException($"{contender.Name} wrote {written} of {expected} files.");
        }

        foreach (var file in Directory.EnumerateFiles(output, "*", SearchOption.AllDirectories))
        {
            using var emptied = new FileStream(file, FileMode.Truncate);
        }

        return time;
    }

    private static int CountFiles(string folder) => Directory.EnumerateFiles(folder, "*.dcm", SearchOption.AllDirectories).Count();
}
