using System.Diagnostics;
using Pacsbin.Redaction;
using Pacsbin.Review;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Review;

/// <summary>Reviews in processes of their own that are killed at some moment, or that compete.</summary>
public class KilledReviewTests : ReviewingTests
{
    private const string WorkspaceVariable = "PACSBIN_TEST_WORKSPACE";
    private const string SourceVariable = "PACSBIN_TEST_SOURCE";
    private const string DeedVariable = "PACSBIN_TEST_DEED";
    private const int Files = 150;
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("PACSBIN_TEST_KILLS") ?? "6", System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("approve")]
    [InlineData("revoke")]
    public void After_a_kill_the_same_call_ends_as_an_undisturbed_one(string deed)
    {
        MakeBefore(deed);
        Copy(Destination, Temporary["start"]);
        Do(deed, Destination, Source.Path);
        var expected = Snapshot(Destination);
        Directory.Delete(Destination, recursive: true);

        var phases = new Dictionary<string, int>();
        for (var kill = 0; kill < Kills || (!phases.ContainsKey("moving") && kill < 5 * Kills); kill++)
        {
            Copy(Temporary["start"], Destination);
            var phase = Kill(deed, kill);
            phases[phase] = phases.GetValueOrDefault(phase) + 1;
            AssertNoFalseApproval();
            Do(deed, Destination, Source.Path);
            Assert.Equal(expected, Snapshot(Destination));
            Assert.Equal((deed == "approve" ? StudyState.Approved : StudyState.Deidentified, null), Seen());
            Directory.Delete(Destination, recursive: true);
        }

        TestContext.Current.SendDiagnosticMessage(string.Join(", ", phases));
        Assert.True(phases.GetValueOrDefault("moving") > 0, "No kill hit the moves: " + string.Join(", ", phases));
    }

    [Theory]
    [InlineData("burn")]
    [InlineData("join")]
    [InlineData("force")]
    public void A_killed_change_of_an_approved_study_leaves_no_approval_of_what_has_changed(string deed)
    {
        MakeBefore(deed);
        var approved = Contents(Folder);
        Copy(Destination, Temporary["start"]);
        Directory.Delete(Destination, recursive: true);
        var changed = 0;
        for (var kill = 0; kill < Kills || (changed == 0 && kill < 5 * Kills); kill++)
        {
            Copy(Temporary["start"], Destination);
            Kill(deed, kill);
            if (Studies(Destination) is [var folder])
            {
                AssertNoFalseApproval();
                var isApproved = Manifest.Read(folder)!.State == StudyState.Approved;
                var isAsApproved = approved.Where(f => f.Key != Manifest.FileName).All(f => Hash(Path.Join(folder, f.Key)) == f.Value);
                Assert.True(isAsApproved || !isApproved, "Files have changed, and the manifest says approved.");
                changed += isApproved ? 0 : 1;
            }

            Do(deed, Destination, Source.Path);
            Snapshot(Destination);
            Assert.Equal((StudyState.Deidentified, null), Seen());
            Assert.Null(Current.Approval);
            Directory.Delete(Destination, recursive: true);
        }

        Assert.True(changed > 0, "No kill came after the first change.");
    }

    [Fact]
    public void Of_two_processes_that_approve_at_once_one_wins_or_both_agree()
    {
        MakeBefore("approve");
        Copy(Destination, Temporary["start"]);
        Do("approve", Destination, Source.Path);
        var expected = Snapshot(Destination);
        for (var round = 0; round < 3; round++)
        {
            Directory.Delete(Destination, recursive: true);
            Copy(Temporary["start"], Destination);
            using var one = Start("approve");
            using var other = Start("approve");
            Process[] both = [one, other];
            var outputs = both.Select(p => p.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).ToList();
            Assert.All(both, p => p.WaitForExit());
            Assert.Contains(both, p => p.ExitCode == 0);
            Assert.All(both.Zip(outputs), p => Assert.True(p.First.ExitCode == 0 || p.Second.Result.Contains("Another process is writing this study.", StringComparison.Ordinal), p.Second.Result));
            Assert.Equal(expected, Snapshot(Destination));
            Assert.Equal((StudyState.Approved, null), Seen());
        }
    }

    [Fact]
    public void A_killed_removal_leaves_nothing_that_looks_like_a_study_and_a_second_one_finishes()
    {
        MakeBefore("approve");
        var path = Folder;
        Copy(Destination, Temporary["start"]);
        var interrupted = 0;
        for (var kill = 0; kill < Kills || (interrupted == 0 && kill < 5 * Kills); kill++)
        {
            using (var process = Start("remove"))
            {
                var left = new Random(kill).Next(1, Files);
                while (!process.HasExited && Count(path) is var there && (there == Files || there == 0) && Count(StudyRemoval.AsideOf(path)) is var now && (now == 0 ? there == Files : now > left))
                {
                }

                process.Kill();
                process.WaitForExit();
            }

            var found = new StudyScanner().Scan([Destination], cancellationToken: TestContext.Current.CancellationToken).Studies;
            Assert.All(found, s => Assert.Equal(Files, s.InstanceCount));
            interrupted += StudyRemoval.IsInterrupted(path) ? 1 : 0;
            Assert.Equal(StudyRemoval.IsInterrupted(path), StudyRemoval.IsInterrupted(Destination));
            StudyRemoval.Resume(kill % 2 == 0 ? path : Destination);
            if (found.Count > 0)
            {
                StudyRemoval.Remove(found[0], TestContext.Current.CancellationToken);
            }

            Assert.DoesNotContain(Directory.GetFileSystemEntries(Destination), f => !f.EndsWith(".partial", StringComparison.Ordinal));
            Assert.False(StudyRemoval.IsInterrupted(path));
            Directory.Delete(Destination, recursive: true);
            Copy(Temporary["start"], Destination);
        }

        Assert.True(interrupted > 0, "No kill hit the removal.");
    }

    /// <summary>What the other process does; on its own it is no test.</summary>
    [Fact(Explicit = true)]
    public void Child() => Do(Environment.GetEnvironmentVariable(DeedVariable)!, Environment.GetEnvironmentVariable(WorkspaceVariable)!, Environment.GetEnvironmentVariable(SourceVariable)!);

    private static void Do(string deed, string workspace, string source)
    {
        switch (deed)
        {
            case "approve":
                new StudyApproval(StudyOf(workspace), Reviewer) { Comment = "Seen.", Accepted = [FindingKind.BurnedInSuspected] }.Run();
                break;
            case "revoke":
                new StudyRevocation(StudyOf(workspace)).Run();
                break;
            case "burn":
                new StudyRedaction(StudyOf(workspace), [Edge]).Run();
                break;
            case "remove":
                StudyRemoval.Remove(StudyOf(workspace));
                break;
            default:
                using (var run = new Pacsbin.Deidentification.DeidentificationRun(Pacsbin.Deidentification.DeidentificationProfile.Pacsbin, workspace, Key) { Force = deed == "force" })
                {
                    run.Run(new StudyScanner().Scan([source]).Studies, _ => { });
                }

                break;
        }
    }

    /// <summary>Makes the study that a deed begins with: approved, except for an approval. Every third file needs no stamp.</summary>
    private void MakeBefore(string deed)
    {
        Make([.. Enumerable.Range(1, Files).Select(i => Image(i, i % 2 == 0 ? "YES " : null, hasPixels: i % 3 != 0))]);
        if (deed != "approve")
        {
            Assert.Equal(ApprovalOutcome.Recorded, Approve(FindingKind.BurnedInSuspected));
        }

        if (deed == "join")
        {
            for (var i = Files + 1; i <= 2 * Files; i++)
            {
                Source.Write($"{i}.dcm", Image(i));
            }
        }
    }

    /// <summary>Whatever state a study is in: what a scan shows as approved can be sent, and nothing else can.</summary>
    private void AssertNoFalseApproval()
    {
        var (state, why) = Seen();
        if (state == StudyState.Approved)
        {
            StudyApproval.Verify(Folder, cancellationToken: TestContext.Current.CancellationToken);
        }
        else
        {
            Assert.Null(why);
            Assert.Equal(PacsbinError.NotApproved, Refusal(() => StudyApproval.Verify(Folder, cancellationToken: TestContext.Current.CancellationToken)).Error);
        }
    }

    /// <summary>Starts the other process and kills it; every fourth time while it stages files, otherwise once it has moved some.</summary>
    private string Kill(string deed, int number)
    {
        var random = new Random(number);
        var staging = Path.Join(Destination, $".{Path.GetFileName(Folder)}.partial");
        var all = deed is "join" or "force" ? Files : Files * 2 / 3;
        using var process = Start(deed);
        process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var deadline = Stopwatch.StartNew();
        var staged = number % 4 == 0 ? random.Next(1, all) : all;
        var left = random.Next(1, all);
        var most = 0;
        while (!process.HasExited && most < staged)
        {
            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(120), "The other process wrote nothing in two minutes.");
            most = Math.Max(most, Count(staging));
            Thread.Sleep(1);
        }

        while (!process.HasExited && most == all && Count(staging) > left)
        {
        }

        process.Kill();
        process.WaitForExit();
        var journal = Path.Join(staging, StagingJournal.FileName);
        return File.Exists(journal) && File.ReadLines(journal).Contains("\"moving\"") ? "moving" : Count(staging) > 0 ? "staging" : "done";
    }

    private static int Count(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.dcm").Count() : 0;
        }
        catch (DirectoryNotFoundException)
        {
            return 0;
        }
    }

    private Process Start(string deed)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(KilledReviewTests).Assembly.Location);
        }

        foreach (var argument in new[] { "-explicit", "only", "-method", $"{typeof(KilledReviewTests).FullName}.{nameof(Child)}" })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[WorkspaceVariable] = Destination;
        start.Environment[SourceVariable] = Source.Path;
        start.Environment[DeedVariable] = deed;
        return Process.Start(start)!;
    }
}
