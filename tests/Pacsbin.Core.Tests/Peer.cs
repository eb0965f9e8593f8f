using System.Diagnostics;
using Xunit;

namespace Pacsbin.Tests;

/// <summary>What a program of another maker said.</summary>
internal sealed record PeerResult(int ExitCode, string Output, string Error);

/// <summary>Runs programs of other makers that read DICOM, to hear their opinion of our files.</summary>
internal static class Peer
{
    /// <summary>Debian's Python, which has Debian's pydicom.</summary>
    public const string Python = "/usr/bin/python3";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs a program to its end; skips the running test where it is missing, and fails it there in CI.</summary>
    /// <param name="program">A file name on PATH, or a path.</param>
    /// <param name="arguments">Passed as they are.</param>
    /// <param name="input">Text for its standard input.</param>
    public static PeerResult Run(string program, IEnumerable<string> arguments, string input = "")
    {
        var start = new ProcessStartInfo(Require(program))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} did not end within {Patience.TotalSeconds} s.");
        }

        return new PeerResult(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    /// <summary>Requires a module of Debian's Python, as <see cref="Run"/> does a program.</summary>
    public static void RequirePython(string module)
    {
        if (Run(Python, ["-c", $"import {module}"]).ExitCode != 0)
        {
            Miss($"{Python} has no module {module}.");
        }
    }

    private static string Require(string program)
    {
        var found = Path.IsPathRooted(program)
            ? Enumerable.Repeat(program, File.Exists(program) ? 1 : 0)
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .SelectMany(folder => new[] { Path.Combine(folder, program), Path.Combine(folder, program + ".exe") })
                .Where(File.Exists);
        var path = found.FirstOrDefault();
        if (path is null)
        {
            Miss($"{program} is not installed.");
        }

        return path!;
    }

    /// <summary>Skips the running test; in CI, fails it.</summary>
    public static void Miss(string reason)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(reason);
        }

        Assert.Skip(reason);
    }
}
