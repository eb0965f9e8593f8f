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

    /// <summary>What the other process does; on its own it is no test.</summary>
    [Fact(Explicit = true)]
    public void Child()
    {
        var scanned = new StudyScanner().Scan([Environment.GetEnvironmentVariable(SourceVariable)!], cancellationToken: TestContext.Current.CancellationToken);
        using var run = new DeidentificationRun(DeidentificationProfile.Pacsbin, Environment.GetEnvironmentVariable(DestinationVariable)!, Key) { ThrottleLimit = 1 };
        run.Run(scanned.Studies, _ => { }, cancellationToken: TestContext.Current.CancellationToken);
    }

    private void KillAfter(int files)
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
        using var process = Process.Start(start)!;
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
