using System.Diagnostics;
using Pacsbin.Projects;
using Xunit;

namespace Pacsbin.Tests.Projects;

/// <summary>Projects are made in a process of their own that is killed at it.</summary>
public sealed class KilledCreationTests : IDisposable
{
    private const string FolderVariable = "PACSBIN_TEST_PROJECTS";
    private readonly ProjectFolder projects = new();

    public void Dispose() => projects.Dispose();

    [Fact]
    public void A_killed_process_leaves_projects_that_open_or_can_be_finished()
    {
        var stages = new Dictionary<string, int>();
        for (var kill = 0; kill < 12; kill++)
        {
            var folder = projects[$"{kill}"];
            using (var process = Start(folder))
            {
                var seen = Stopwatch.StartNew();
                while (!Directory.Exists(Path.Join(folder, $"{20 + kill}")) && !process.HasExited)
                {
                    Assert.True(seen.Elapsed < TimeSpan.FromSeconds(60), "The other process made nothing in a minute.");
                }

                Thread.SpinWait(kill * 2000);
                process.Kill();
                process.WaitForExit();
            }

            foreach (var project in Directory.GetDirectories(folder))
            {
                var stage = ProjectSettings.IsIn(project) ? "whole" : KeyFile.IsIn(project) ? "key" : "folder";
                stages[stage] = stages.GetValueOrDefault(stage) + 1;
                if (stage != "whole")
                {
                    Project.Create(project, new ProjectSettings { Name = "Trial" }, []).Dispose();
                }

                Project.Open(project).Dispose();
            }
        }

        TestContext.Current.SendDiagnosticMessage(string.Join(", ", stages));
        Assert.True(stages["whole"] >= 12 * 19);
    }

    /// <summary>What the other process does; on its own it is no test.</summary>
    [Fact(Explicit = true)]
    public void Child()
    {
        for (var i = 0; ; i++)
        {
            Project.Create(Path.Join(Environment.GetEnvironmentVariable(FolderVariable), $"{i}"), new ProjectSettings { Name = "Trial" }, []).Dispose();
        }
    }

    private Process Start(string folder)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(KilledCreationTests).Assembly.Location);
        }

        foreach (var argument in new[] { "-explicit", "only", "-method", $"{typeof(KilledCreationTests).FullName}.{nameof(Child)}" })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[FolderVariable] = folder;
        start.Environment["TMPDIR"] = start.Environment["TEMP"] = start.Environment["TMP"] = projects.Path; // what the killed process leaves goes with ours
        return Process.Start(start)!;
    }
}
