using System.Diagnostics;

namespace Pacsbin.Tests;

/// <summary>Runs the built pacsbin-host as a process with all three streams redirected.</summary>
static class HostProcess
{
    public sealed record Result(int ExitCode, string Output, string Error);

    public static Task<Result> Run(params string[] arguments) => Run(arguments, input: "", TestContext.Current.CancellationToken);

    public static async Task<Result> Run(string[] arguments, string input, CancellationToken cancellation)
    {
        using var process = Start(arguments);
        await process.StandardInput.WriteAsync(input.AsMemory(), cancellation);
        process.StandardInput.Close();
        return await Finish(process, cancellation);
    }

    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Repository.Host, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        return Process.Start(start)!;
    }

    public static async Task<Result> Finish(Process process, CancellationToken cancellation)
    {
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return new(process.ExitCode, (await output).ReplaceLineEndings("\n"), (await error).ReplaceLineEndings("\n"));
    }
}
