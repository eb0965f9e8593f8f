using System.Diagnostics;
using Pacsbin.Projects;
using Pacsbin.Studies;
using Pacsbin.Tests.Deidentification;
using Pacsbin.Tests.Studies;
using Xunit;

namespace Pacsbin.Tests.Projects;

/// <summary>Eight processes with one project at the same moment.</summary>
public sealed class SeveralProcessesTests : RunningTests
{
    private const int Processes = 8;

    [Fact]
    public void Eight_processes_into_one_project_lose_nothing_and_decide_each_patient_once()
    {
        // Each has 5 studies of 4 files of its own, of patients that the others have too, and one study that all have.
        for (var p = 0; p < Processes; p++)
        {
            for (var s = 0; s < 5; s++)
            {
                for (var i = 1; i <= 4; i++)
                {
                    Source.Write($"{p}/{s}-{i}.dcm", StudyFolder.Instance(100 + (10 * p) + s, i, $"SHARED-{(p + s) % 7}", birthDate: "19700131"));
                }
            }

            Source.Write($"{p}/common.dcm", StudyFolder.Instance(1, 1, "SHARED-0"));
        }

        using var folder = new TrialFolder();
        for (var round = 0; round < 2; round++)
        {
            var output = All(p => ProjectProcess.Start(nameof(ProjectProcess.Deidentify), folder.Path, Source[$"{p}"], Destination, "2"));
            Assert.All(output, o => Assert.Equal("ManifestConflict: Another process is writing this study.", o));
            var dump = folder.Dump();
            Assert.Equal(7, dump.Count(l => l.StartsWith("patient ", StringComparison.Ordinal)));
            Assert.Equal(7, dump.Where(l => l.StartsWith("patient ", StringComparison.Ordinal)).Select(l => l.Split('|')[2]).Distinct().Count());
            Assert.Equal((5 * Processes) + 1, dump.Count(l => l.StartsWith("study ", StringComparison.Ordinal)));
            Assert.Equal((20 * Processes) + 1, dump.Count(l => l.StartsWith("instance ", StringComparison.Ordinal)));
            var files = Studies(Destination).SelectMany(s => Directory.GetFiles(s, "*.dcm")).ToList();
            Assert.Equal((20 * Processes) + 1, files.Count);
            Assert.Equal(dump.Where(l => l.StartsWith("instance ", StringComparison.Ordinal)).Select(l => l.Split('|')[3]).Order(), files.Select(Path.GetFileNameWithoutExtension).Order());
            foreach (var study in Studies(Destination))
            {
                var found = Assert.Single(folder.Resolve(Path.GetFileName(study)));
                Assert.All(Directory.GetFiles(study, "*.dcm"), f => Assert.Equal(found.Pseudonym, TextOf(f, 0x00100020)));
            }

            // As one process alone would have done it.
            Directory.Move(Destination, Temporary["several"]);
            folder.BeginAnew();
            using (var project = folder.Open())
            using (var run = new Pacsbin.Deidentification.DeidentificationRun(Pacsbin.Deidentification.DeidentificationProfile.Pacsbin, Destination, project: project))
            {
                run.Run(new StudyScanner().Scan([.. Enumerable.Range(0, Processes).Select(p => Source[$"{p}"])], cancellationToken: TestContext.Current.CancellationToken).Studies,
                    _ => { }, cancellationToken: TestContext.Current.CancellationToken);
            }

            Assert.Equal(folder.Dump(), dump);
            Assert.Equal(Contents(Destination), Contents(Temporary["several"]));
            Directory.Delete(Destination, recursive: true);
            Directory.Delete(Temporary["several"], recursive: true);
            folder.BeginAnew();
        }
    }

    [Fact]
    public void Eight_processes_whose_patients_collide_give_no_pseudonym_twice_and_none_another()
    {
        using var folder = new TrialFolder();
        var output = All(p => ProjectProcess.Start(nameof(ProjectProcess.Decide), folder.Path, $"{p}")).Distinct().ToList();
        Assert.Equal(32, output.Count);
        Assert.Equal(32, output.Select(l => l.Split(' ')[0]).Distinct().Count());
        Assert.Equal(32, output.Select(l => l.Split(' ')[1]).Distinct().Count());
    }

    [Fact]
    public void Eight_processes_that_look_at_once_make_one_chain()
    {
        using var folder = new TrialFolder();
        var pseudonym = folder.PseudonymOf("1").Id;
        var output = All(_ => ProjectProcess.Start(nameof(ProjectProcess.Look), folder.Path, pseudonym));
        Assert.Equal(25 * Processes, output.Count(l => l == "1"));
        Assert.Equal(new AuditLogState(true, 25 * Processes, null, AuditLogProblem.None), folder.With(c => c.CheckAuditLog()));
    }

    /// <summary>Lets processes begin together; what they wrote. Each ends well and says nothing of a lock.</summary>
    private static List<string> All(Func<int, Process> start)
    {
        var processes = Enumerable.Range(0, Processes).Select(start).ToList();
        try
        {
            Assert.All(processes, p => Assert.Equal("ready", p.StandardOutput.ReadLine()));
            var outputs = processes.ConvertAll(p => (Out: p.StandardOutput.ReadToEndAsync(), Error: p.StandardError.ReadToEndAsync()));
            processes.ForEach(p => p.StandardInput.WriteLine("go"));
            Assert.All(processes, p => Assert.True(p.WaitForExit(TimeSpan.FromMinutes(3))));
            Assert.All(outputs, o => Assert.Equal("", o.Error.GetAwaiter().GetResult()));
            Assert.All(processes, p => Assert.Equal(0, p.ExitCode));
            var all = outputs.ConvertAll(o => o.Out.GetAwaiter().GetResult());
            Assert.All(all, o => Assert.DoesNotContain("locked", o, StringComparison.OrdinalIgnoreCase));
            return [.. all.SelectMany(o => o.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        }
        finally
        {
            foreach (var process in processes)
            {
                if (!process.HasExited)
                {
                    process.Kill();
                }

                process.Dispose();
            }
        }
    }
}
