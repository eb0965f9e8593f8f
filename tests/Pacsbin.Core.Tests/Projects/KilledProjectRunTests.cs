using System.Diagnostics;
using System.Text.RegularExpressions;
using Pacsbin.Deidentification;
using Pacsbin.Studies;
using Pacsbin.Tests.Deidentification;
using Pacsbin.Tests.Studies;
using Xunit;

namespace Pacsbin.Tests.Projects;

/// <summary>Runs for a project that are killed at random moments.</summary>
public sealed partial class KilledProjectRunTests : RunningTests
{
    private const int Kills = 100;
    private const int Files = 30;
    private readonly TrialFolder folder;

    public KilledProjectRunTests() => folder = new TrialFolder(Temporary["project"]);

    [Fact]
    public void After_a_kill_at_any_moment_a_rerun_makes_workspace_and_crosswalk_those_of_an_undisturbed_run()
    {
        // Two patients share a study, one has an issuer, one none at all, and an item names another.
        for (var i = 1; i <= Files; i++)
        {
            Source.Write($"1/{i}.dcm", StudyFolder.Instance(1, i, i % 2 == 0 ? "ANN" : "BOB", birthDate: "19700131"));
            Source.Write($"2/{i}.dcm", StudyFolder.Instance(2, i, "ANN", issuer: "HOSPITAL"));
            Source.Write($"3/{i}.dcm", StudyFolder.Instance(3, i, patient: null));
            Source.Write($"4/{i}.dcm", StudyFolder.Instance(4, i, $"CARL  "));
        }

        var studies = Source.Scan();
        Finish(studies);
        var (files, dump) = (All(), folder.Dump());
        Assert.Equal(4, Studies(Destination).Count);
        Assert.Equal(4 * Files, dump.Count(l => l.StartsWith("instance ", StringComparison.Ordinal)));
        Clean();
        var durations = Enumerable.Range(0, 3).Select(_ => Measure()).ToList();
        var (before, after) = (durations.Max(d => d.Before), durations.Select(d => d.After).Order().ElementAt(1));
        var random = new Random(20261125);
        var states = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var kill = 0; kill < Kills; kill++)
        {
            // Most at a moment after the first commit; before it, the process mostly compiles.
            KillAfter(kill % 10 == 0 ? before * random.NextDouble() : null, after * random.NextDouble());
            var state = StateOf();
            states[state] = states.GetValueOrDefault(state) + 1;

            // Whatever a study that looks finished holds can be resolved.
            var known = folder.Dump().ToHashSet(StringComparer.Ordinal);
            Assert.Subset(dump.ToHashSet(StringComparer.Ordinal), known);
            Assert.All(Studies(Destination).SelectMany(s => Directory.GetFiles(s, "*.dcm")), f =>
                Assert.Contains(known, l => l.EndsWith("|" + Path.GetFileNameWithoutExtension(f), StringComparison.Ordinal)));
            Finish(studies);
            var again = All();
            Assert.Equal(files.Keys, again.Keys);
            Assert.All(files, f => Assert.Equal(f.Value, again[f.Key]));
            Assert.Equal(dump, folder.Dump());
            Clean();
        }

        TestContext.Current.SendDiagnosticMessage(string.Join(", ", states.Select(s => $"{s.Key}: {s.Value}")) + $"; a run takes {before.TotalMilliseconds:F0} ms and {after.TotalMilliseconds:F0} ms");
        Assert.True(states.Where(s => s.Key != "finished").Sum(s => s.Value) >= Kills / 4); // on a machine that does other things too, more kills come late
        Assert.True(states.Count >= 3);
    }

    private string StateOf()
    {
        var finished = Studies(Destination).Count;
        var crosswalk = !File.Exists(folder["crosswalk.db"]) ? "no crosswalk" : new FileInfo(folder["crosswalk.db-wal"]) is { Exists: true, Length: > 0 } ? "log not merged" : "merged";
        return finished == 4 && crosswalk == "merged" ? "finished" : $"{finished} studies, {crosswalk}";
    }

    private void Finish(IReadOnlyList<DicomStudy> studies)
    {
        using var project = folder.Open();
        using var run = new DeidentificationRun(DeidentificationProfile.Pacsbin, Destination, project: project) { Rejected = (path, e) => Assert.Fail($"{path}: {e.Message}") };
        run.Run(studies, _ => { }, cancellationToken: TestContext.Current.CancellationToken);
    }

    /// <summary>Every file of the workspace, a manifest without its moment.</summary>
    private SortedDictionary<string, string> All() => new(
        Directory.EnumerateFileSystemEntries(Destination, "*", SearchOption.AllDirectories).ToDictionary(
            f => Path.GetRelativePath(Destination, f),
            f => Directory.Exists(f) ? "folder" : Path.GetFileName(f) == Manifest.FileName ? Created().Replace(File.ReadAllText(f), "") : Hash(f)),
        StringComparer.Ordinal);

    private void Clean()
    {
        Directory.Delete(Destination, recursive: true);
        folder.BeginAnew();
    }

    private Process Start()
    {
        var process = ProjectProcess.Start(nameof(ProjectProcess.Deidentify), folder.Path, Source.Path, Destination, "2");
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        return process;
    }

    /// <summary>How long a run takes until it writes to the crosswalk, and from then on.</summary>
    private (TimeSpan Before, TimeSpan After) Measure()
    {
        using var process = Start();
        var since = Stopwatch.StartNew();
        process.StandardInput.WriteLine("go");
        WaitForFirstWrite(process);
        var before = since.Elapsed;
        process.WaitForExit();
        var after = since.Elapsed - before;
        Assert.Equal("", process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd());
        Assert.Equal(0, process.ExitCode);
        Clean();
        return (before, after);
    }

    /// <summary>Kills a run.</summary>
    /// <param name="atStart">How long after its start; null for after it wrote to the crosswalk.</param>
    /// <param name="later">How long after that.</param>
    private void KillAfter(TimeSpan? atStart, TimeSpan later)
    {
        using var process = Start();
        process.StandardInput.WriteLine("go");
        if (atStart is null)
        {
            WaitForFirstWrite(process);
        }

        var since = Stopwatch.StartNew();
        while (since.Elapsed < (atStart ?? later))
        {
            Thread.Sleep(0);
        }

        process.Kill();
        process.WaitForExit();
    }

    private void WaitForFirstWrite(Process process)
    {
        while (new FileInfo(folder["crosswalk.db-wal"]) is not { Exists: true, Length: > 0 } && !process.HasExited)
        {
            Thread.Sleep(0);
        }
    }

    [GeneratedRegex("\"created\":\"[^\"]*\"")]
    private static partial Regex Created();
}
