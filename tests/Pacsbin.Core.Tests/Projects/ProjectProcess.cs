using System.Diagnostics;
using Pacsbin.Deidentification;
using Pacsbin.Projects;
using Pacsbin.Studies;

namespace Pacsbin.Tests.Projects;

/// <summary>A process of its own that works with a project. It starts without the test runner, whose start would take longer than the work.</summary>
internal static class ProjectProcess
{
    private const string TaskVariable = "PACSBIN_TEST_TASK";
    private const string ArgumentsVariable = "PACSBIN_TEST_ARGUMENTS";

    public static bool IsWanted => Environment.GetEnvironmentVariable(TaskVariable) is not null;

    /// <summary>Starts a process. It writes "ready", waits for a line, and writes what it has to say.</summary>
    /// <param name="task">The name of a method below.</param>
    /// <param name="arguments">What it is told.</param>
    public static Process Start(string task, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ProjectProcess).Assembly.Location);
        }

        start.Environment[TaskVariable] = task;
        start.Environment[ArgumentsVariable] = string.Join('\n', arguments);
        return Process.Start(start)!;
    }

    public static int Run()
    {
        var arguments = Environment.GetEnvironmentVariable(ArgumentsVariable)!.Split('\n');
        Action<string[]> task = Environment.GetEnvironmentVariable(TaskVariable) switch
        {
            nameof(Deidentify) => Deidentify,
            nameof(Decide) => Decide,
            nameof(Look) => Look,
            var other => throw new InvalidOperationException(other),
        };
        task(arguments);
        return 0;
    }

    /// <summary>De-identifies a folder into a workspace; every file that is rejected is a line.</summary>
    public static void Deidentify(string[] arguments)
    {
        var (folder, source, destination, threads) = (arguments[0], arguments[1], arguments[2], int.Parse(arguments[3], System.Globalization.CultureInfo.InvariantCulture));
        var studies = new StudyScanner().Scan([source]).Studies;
        WaitForStart();
        using var project = Project.Open(folder, TrialFolder.Key);
        using var run = new DeidentificationRun(DeidentificationProfile.Pacsbin, destination, project: project)
        {
            ThrottleLimit = threads,
            Rejected = static (_, e) => Console.WriteLine($"{e.Error}: {e.Message}"),
        };
        run.Run(studies, static _ => { });
    }

    /// <summary>Asks for the pseudonyms of 32 patients, of which there are 32, in an order of its own.</summary>
    public static void Decide(string[] arguments)
    {
        var patients = Enumerable.Range(0, 32).Select(i => $"P{i}").ToArray();
        new Random(int.Parse(arguments[1], System.Globalization.CultureInfo.InvariantCulture)).Shuffle(patients);
        WaitForStart();
        using var project = Project.Open(arguments[0], TrialFolder.Key);
        using var crosswalk = Crosswalk.Open(project, new Pseudonymizer(TrialFolder.Key) { PseudonymLength = 1 });
        foreach (var patient in patients)
        {
            Console.WriteLine($"{patient} {crosswalk.PseudonymOf(new PatientKey("", patient)).Id}");
        }
    }

    /// <summary>Resolves a pseudonym some times.</summary>
    public static void Look(string[] arguments)
    {
        WaitForStart();
        using var project = Project.Open(arguments[0], TrialFolder.Key);
        using var crosswalk = Crosswalk.Open(project);
        for (var i = 0; i < 25; i++)
        {
            Console.WriteLine(crosswalk.Resolve(arguments[1], $"Reason {i}").Count);
        }
    }

    private static void WaitForStart()
    {
        Console.WriteLine("ready");
        Console.ReadLine();
    }
}
