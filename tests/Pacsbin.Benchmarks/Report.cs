using System.Globalization;
using System.Runtime.InteropServices;

namespace Pacsbin.Benchmarks;

/// <summary>Gathers results and prints them as Markdown: ratios first, what depends on the machine after.</summary>
internal sealed class Report
{
    private readonly List<string> ratios = [];
    private readonly List<string> times = [];
    private readonly List<string> memory = [];
    private readonly List<string> peaks = [];
    private readonly List<string> notes = [];

    /// <summary>How much one time is of another, with the goal that it is held to.</summary>
    public void AddRatio(string set, string what, double ratio, double? atMost = null, double? atLeast = null)
    {
        var isMet = (atMost is null || ratio <= atMost) && (atLeast is null || ratio >= atLeast);
        var goal = atMost is not null ? Text($"at most {atMost:0.0#}") : Text($"at least {atLeast:0.0#}");
        ratios.Add(Text($"| {set} | {what} | {ratio:F2} | {goal} | {(isMet ? "yes" : "**no**")} |"));
    }

    public void AddTime(SampleSet set, string name, TimeSpan best) =>
        times.Add(Text($"| {set.Name} | {name} | {best.TotalMilliseconds:F0} | {best.TotalMicroseconds / set.Files:F0} | {set.PixelBytes / best.TotalMicroseconds:F0} |"));

    public void AddMemory(SampleSet set, Memory used)
    {
        const double Megabyte = 1e6;
        memory.Add(Text($"| {set.Files:N0} | {used.PeakHeap / Megabyte:F1} | {used.PeakCommitted / Megabyte:F1} | {used.After / Megabyte:F1} | {used.Allocated / 1024.0 / set.Files:F1} |"));
    }

    /// <summary>How large a process was at most, with the goal that it is held to.</summary>
    public void AddPeak(SampleSet set, string what, long bytes, long atMost) =>
        peaks.Add(Text($"| {set.Name} | {what} | {set.PixelBytes / 1e9:F1} | {bytes / 1e6:F0} | at most {atMost / 1e6:F0} | {(bytes <= atMost ? "yes" : "**no**")} |"));

    /// <summary>Says why something was not measured.</summary>
    public void AddNote(string note) => notes.Add("- " + note);

    public void Print(TextWriter output)
    {
        Table(output, "Ratios", "| set | what | ratio | goal | met |\n|---|---|---:|---|---|", ratios);
        Table(output, "Managed memory of the library's run", "| files | peak heap, MB | peak committed, MB | after, MB | allocated a file, KB |\n|---:|---:|---:|---:|---:|", memory);
        Table(output, "Memory of a process of its own", "| set | what | GB | peak, MB | goal | met |\n|---|---|---:|---:|---|---|", peaks);
        Table(output, "Times, best of all rounds", "| set | what | ms | µs a file | MB/s |\n|---|---|---:|---:|---:|", times);
        Table(output, "Notes", "", [.. notes, Text($"- {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}.")]);
    }

    private static void Table(TextWriter output, string title, string head, List<string> rows)
    {
        if (rows.Count > 0)
        {
            output.WriteLine($"## {title}\n\n{(head.Length > 0 ? head + "\n" : "")}{string.Join('\n', rows)}\n");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
