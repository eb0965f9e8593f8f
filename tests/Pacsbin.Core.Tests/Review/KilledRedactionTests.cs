using System.Diagnostics;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Review;

/// <summary>Burns regions in by a process of its own that is killed at some moment, often while files are moved.</summary>
public class KilledRedactionTests : RedactingTests
{
    private const string Variable = "PACSBIN_TEST_WORKSPACE";
    private const int Files = 400;
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("PACSBIN_TEST_KILLS") ?? "8", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public void After_a_kill_the_same_call_or_another_makes_the_study_whole()
    {
        Source.WithStudy(1, Files);
        Run(destination: Temporary["made"]);
        Copy(Temporary["made"], Temporary["corner"]);
        Assert.True(Burn(Temporary["corner"], Corner));
        var corner = WholeStudy(Temporary["corner"]);
        Copy(Temporary["corner"], Temporary["both"]);
        Assert.True(Burn(Temporary["both"], Edge));
        var both = WholeStudy(Temporary["both"]);
        Copy(Temporary["made"], Temporary["edge"]);
        Assert.True(Burn(Temporary["edge"], Edge));
        var edge = WholeStudy(Temporary["edge"]);

        var phases = new Dictionary<string, int>();
        for (var kill = 0; kill < Kills; kill++)
        {
            Copy(Temporary["made"], Destination);
            var phase = Kill(kill);
            phases[phase] = phases.GetValueOrDefault(phase) + 1;
            if (kill % 3 < 2)
            {
                Assert.True(Burn(Destination, Corner));
                Assert.Equal(corner, WholeStudy(Destination));
            }
            else
            {
                // Of what was killed before it began to move, nothing is left.
                Assert.True(Burn(Destination, Edge));
                Assert.Equal(phase == "erasing" ? edge : both, WholeStudy(Destination));
            }

            Directory.Delete(Destination, recursive: true);
        }

        TestContext.Current.SendDiagnosticMessage(string.Join(", ", phases));
        Assert.True(phases.GetValueOrDefault("moving") > 0, "No kill hit the moves: " + string.Join(", ", phases));
    }

    /// <summary>What the other process does; on its own it is no test.</summary>
    [Fact(Explicit = true)]
    public void Child() => Burn(Environment.GetEnvironmentVariable(Variable)!, Corner);

    /// <summary>Starts the other process and kills it; every fourth time while it erases, otherwise once it has moved some files.</summary>
    private string Kill(int number)
    {
        var random = new Random(number);
        var staging = Path.Join(Destination, $".{Path.GetFileName(Assert.Single(Directory.GetDirectories(Destination)))}.partial");
        using var process = Start();
        var deadline = Stopwatch.StartNew();
        var erased = number % 4 == 0 ? random.Next(1, Files) : Files;
        var left = random.Next(1, Files);
        var most = 0;
        while (!process.HasExited && most < erased)
        {
            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(60), "The other process wrote nothing in a minute.");
            most = Math.Max(most, Staged(staging));
            Thread.Sleep(1);
        }

        while (!process.HasExited && most == Files && Staged(staging) is var now && now > left)
        {
        }

        process.Kill();
        process.WaitForExit();
        return !Directory.Exists(staging) ? "done"
            : File.Exists(Path.Join(staging, StagingJournal.FileName)) && File.ReadLines(Path.Join(staging, StagingJournal.FileName)).Contains("\"moving\"") ? "moving"
            : Staged(staging) == 0 && most == Files ? "done" : "erasing";
    }

    private static int Staged(string staging)
    {
        try
        {
            return Directory.Exists(staging) ? Directory.EnumerateFiles(staging, "*.dcm").Count() : 0;
        }
        catch (DirectoryNotFoundException)
        {
            return 0;
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(KilledRedactionTests).Assembly.Location);
        }

        foreach (var argument in new[] { "-explicit", "only", "-method", $"{typeof(KilledRedactionTests).FullName}.{nameof(Child)}" })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[Variable] = Destination;
        return Process.Start(start)!;
    }
}
