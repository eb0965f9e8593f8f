using System.Diagnostics;
using Xunit;

namespace Pacsbin.Tests.Imaging.Codestreams;

/// <summary>Runs other people's decoders.</summary>
internal static class Decoder
{
    /// <summary>Skips the test where a program is missing; fails it in CI, which installs them.</summary>
    public static void Require(params string[] programs)
    {
        foreach (var program in programs)
        {
            var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
                .Any(folder => File.Exists(Path.Combine(folder, program)));
            if (!found && Environment.GetEnvironmentVariable("CI") == "true")
            {
                Assert.Fail($"{program} is not installed.");
            }

            Assert.SkipUnless(found, $"{program} is not installed.");
        }
    }

    /// <summary>Returns what the program writes to <paramref name="output"/>; null if it fails.</summary>
    public static byte[]? Run(string program, string output, params string[] arguments)
    {
        File.Delete(output);
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(20_000))
        {
            process.Kill();
            return null;
        }

        return process.ExitCode == 0 && File.Exists(output) ? File.ReadAllBytes(output) : null;
    }
}
