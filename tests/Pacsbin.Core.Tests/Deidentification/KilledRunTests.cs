using System.Diagnostics;
using Pacsbin.Deidentification;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Deidentification;

/// <summary>Runs in a process of their own that is killed while it writes, as a power failure or an administrator would.</summary>
public class KilledRunTests : RunningTests
{
    private const string SourceVariable = "PACSBIN_TEST_SOURCE";
    private const string DestinationVariable = "PACSBIN_TEST_DESTINATION";
    private const string ForceVariable = "PACSBIN_TEST_FORCE";

    [Fact]
    public void A_killed_run_leaves_nothing_that_looks_finished_and_a_rerun_finishes_it()
    {
        Source.WithStudy(1, 600).WithStudy(2, 600, "PATIENT-0042");
        Run(destination: Temporary["expected"]);
        foreach (var files in new[] { 1, 300, 900 })
        {
            KillAfter(files);
            Assert.All(Studies(Destination), s => Assert.Equal(600, Manifest.Read(s)!.Files.Count));
            Assert.All(Studies(Destination), s => Assert.Equal(601, Directory.GetFiles(s).Length));
            Assert.Equal(2, Run().Count);
            Assert.Empty(Rejected);
            Assert.Equal(Contents(Temporary["expected"]), Contents(Destination));
            Directory.Delete(Destination, recursive: true);
        }
    }

    [Fact]
    public void A_run_that_is_killed_while_it_replaces_a_study_leaves_the_old_one_or_the_new()
    {
        const int Files = 300;
        Source.WithStudy(1, Files);
        var phases = new Dictionary<string, int>();
        for (var kill = 0; kill < 4; kill++)
        {
            var study = Assert.Single(Run());
            File.SetLastWriteTimeUtc(Path.Join(study.Path, Manifest.FileName), DateTime.UnixEpoch);
            var aside = StudyReplacement.AsideOf(study.Path);
            using (var process = Start(force: true))
            {
                while (!process.HasExited && !Directory.Exists(aside) && IsOld(study.Path))
                {
                }

                process.Kill();
                process.WaitForExit();
            }

            var phase = (Directory.Exists(aside), Directory.Exists(study.Path)) switch
            {
                (true, false) => "between the renames",
                (true, true) => "while the old one is deleted",
                _ => "before or after",
            };
            phases[phase] = phases.GetValueOrDefault(phase) + 1;
            Assert.Equal(new StudyOutcome(0, Files, 0), Assert.Single(Run()).Outcome);
            Assert.Equal([study.Path], Directory.GetFileSystemEntries(Destination));
            Assert.Equal(Files, Manifest.Read(study.Path)!.Files.Count);
            Directory.Delete(Destination, recursive: true);
        }

        TestContext.Current.SendDiagnosticMessage(string.Join(", ", phases));
        Assert.Empty(Rejected);
    }

    private static bool IsOld(string study) =>
        new FileInfo(Path.Join(study, Manifest.FileName)) is { Exists: true } manifest && manifest.LastWriteTimeUtc == DateTime.UnixEpoch;

    /// <summary>What the other process does; on its own it is no test.</summary>
    [Fact(Explicit = true)]
    public void Child()
    {
        var scanned = new StudyScanner().Scan([Environment.GetEnvironmentVariable(SourceVariable)!], cancellationToken: TestContext.Current.CancellationToken);
        using var run = new DeidentificationRun(DeidentificationProfile.Pacsbin, Environment.GetEnvironmentVariable(DestinationVariable)!, Key)
        {
            ThrottleLimit = 1,
            Force = Environment.GetEnvironmentVariable(ForceVariable) == "1",
        };
        run.Run(scanned.Studies, _ => { }, cancellationToken: TestContext.Current.CancellationToken);
    }

    private Process Start(bool force)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(KilledRunTests).Assembly.Location);
        }

        foreach (var argument in new[] { "-explicit", "only", "-method", $"{typeof(KilledRunTests).FullName}.{nameof(Child)}" })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[SourceVariable] = Source.Path;
        start.Environment[DestinationVariable] = Destination;
        start.Environment[ForceVariable] = force ? "1" : "0";
        return Process.Start(start)!;
    }

    private void KillAfter(int files)
    {
        using var process = Start(force: false);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var deadline = Stopwatch.StartNew();
        while (Written() < files && !process.HasExited)
        {
            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(60), "The other process wrote nothing in a minute.");
            Thread.Sleep(1);
        }

        process.Kill();
        process.WaitForExit();
        Assert.True(Written() >= files, output.GetAwaiter().GetResult());
    }

    private int Written()
    {
        try
        {
            return Directory.Exists(Destination) ? Directory.EnumerateFiles(Destination, "*.dcm", SearchOption.AllDirectories).Count() : 0;
        }
        catch (DirectoryNotFoundException)
        {
            return 0; // a study was renamed meanwhile
        }
    }
}
