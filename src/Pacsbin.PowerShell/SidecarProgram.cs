using System.Diagnostics;
using Pacsbin.Sidecars;

namespace Pacsbin.PowerShell;

/// <summary>The sidecar's program, which lies beside the module, as a process of its own that outlives this one.</summary>
internal sealed class SidecarProgram : IDisposable
{
    private const string ErrorStart = "pacsbin-sidecar: ";

    /// <summary>What the dotnet program ends with if a runtime is missing, on Unix and on Windows.</summary>
    private static readonly int[] RuntimeMissing = [150, unchecked((int)0x80008096)];

    private readonly Process process;
    private string said = "";

    private SidecarProgram(Process process)
    {
        this.process = process;
        process.ErrorDataReceived += (_, line) => said = line.Data is { } text && text.StartsWith(ErrorStart, StringComparison.Ordinal) ? text[ErrorStart.Length..] : said;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine(); // nobody reads it, but a full pipe would hold the program up
    }

    /// <summary>Starts it.</summary>
    /// <param name="folder">The module's folder.</param>
    /// <param name="arguments">Its command line.</param>
    /// <exception cref="PacsbinException">FileNotFound if the program or .NET's dotnet is missing.</exception>
    public static SidecarProgram Start(string folder, IEnumerable<string> arguments)
    {
        var program = Path.Join(folder, "sidecar", "pacsbin-sidecar.dll");
        if (!File.Exists(program))
        {
            throw new PacsbinException(PacsbinError.FileNotFound, "The module has no sidecar beside it: build it, or install the module as it was packaged.");
        }

        var start = new ProcessStartInfo(Dotnet(), [program, "--background", .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true, CreateNoWindow = true };
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new SidecarProgram(process);
    }

    /// <summary>Waits until it answers and is ready.</summary>
    /// <exception cref="PacsbinException">What it ended with; FileIo if it took too long; FileNotFound if .NET's runtime is missing.</exception>
    public SidecarRecord WaitUntilReady(TimeSpan patience, CancellationToken cancellationToken)
    {
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < patience; cancellationToken.WaitHandle.WaitOne(100))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (process.HasExited)
            {
                throw EndOf();
            }

            if (SidecarRecord.Running().FirstOrDefault(r => r.ProcessId == process.Id) is { } record)
            {
                using var client = new SidecarClient(record.Address, tokenPath: null);
                if (client.IsReady(cancellationToken))
                {
                    return record;
                }
            }
        }

        throw new PacsbinException(PacsbinError.FileIo, "The sidecar was not ready in time, and was ended.");
    }

    /// <summary>Ends it at once.</summary>
    public void Kill()
    {
        try
        {
            process.Kill();
            process.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    public void Dispose() => process.Dispose();

    private PacsbinException EndOf()
    {
        process.WaitForExit(); // until all that it said has come
        if (RuntimeMissing.Contains(process.ExitCode))
        {
            return new PacsbinException(PacsbinError.FileNotFound, "The sidecar needs the ASP.NET Core runtime 10, which is not installed.");
        }

        return said.Split(": ", 2) is [var name, var message] && Enum.TryParse<PacsbinError>(name, out var error) ? new PacsbinException(error, message)
            : new PacsbinException(PacsbinError.FileIo, said.Length > 0 ? said : "The sidecar has ended at its start.");
    }

    private static string Dotnet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string?[] folders =
        [
            Environment.GetEnvironmentVariable("DOTNET_ROOT"), .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator),
            Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "dotnet"), "/usr/share/dotnet", "/usr/lib/dotnet", "/usr/local/share/dotnet",
        ];
        return folders.Where(f => !string.IsNullOrEmpty(f)).Select(f => Path.Join(f, name)).FirstOrDefault(File.Exists)
            ?? throw new PacsbinException(PacsbinError.FileNotFound, "The sidecar needs .NET's dotnet program, which is not on PATH: install the ASP.NET Core runtime 10.");
    }
}
