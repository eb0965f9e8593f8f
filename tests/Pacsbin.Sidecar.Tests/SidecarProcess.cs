using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Pacsbin.Tests;

/// <summary>A sidecar as a person starts it: a process of its own.</summary>
internal sealed partial class SidecarProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly Process process;
    private readonly StringBuilder output = new();
    private bool ownsStudies;

    private SidecarProcess(Process process, MadeStudies studies)
    {
        (this.process, Studies) = (process, studies);
        process.OutputDataReceived += (_, e) => Note(e.Data);
        process.ErrorDataReceived += (_, e) => Note(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public MadeStudies Studies { get; }

    public Uri Address { get; private set; } = null!;

    public string Token { get; private set; } = "";

    public long WorkingSet
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>What it has written so far.</summary>
    public string Output
    {
        get
        {
            lock (output)
            {
                return output.ToString();
            }
        }
    }

    /// <summary>The program that was built together with these tests, in their configuration.</summary>
    public static string Program
    {
        get
        {
            var framework = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
            return Path.Join(Repository.Root, "src", "Pacsbin.Sidecar", "bin", framework.Parent!.Name, framework.Name, OperatingSystem.IsWindows() ? "pacsbin-sidecar.exe" : "pacsbin-sidecar");
        }
    }

    /// <summary>Starts it with folders of its own, and waits until it listens.</summary>
    public static async Task<SidecarProcess> StartAsync(params string[] more)
    {
        var sidecar = await StartAsync(new MadeStudies(), more);
        sidecar.ownsStudies = true;
        return sidecar;
    }

    /// <summary>Starts it with folders that are another's.</summary>
    public static async Task<SidecarProcess> StartAsync(MadeStudies studies, params string[] more)
    {
        var tokenFile = more is [.., "--token-file", var own] ? own : Path.Join(studies.Root, "token");
        var sidecar = new SidecarProcess(
            Start(["--root", studies.Source, "--workspace", studies.Workspace, "--projects", studies.Projects, "--token-file", tokenFile, "--store", Path.Join(studies.Root, "store"), .. more]), studies);
        var started = Stopwatch.GetTimestamp();
        while (!Listening().IsMatch(sidecar.Output))
        {
            Assert.True(!sidecar.process.HasExited && Stopwatch.GetElapsedTime(started) < Patience, sidecar.Output);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        sidecar.Address = new Uri(Listening().Match(sidecar.Output).Groups[1].Value);
        sidecar.Token = await File.ReadAllTextAsync(tokenFile, TestContext.Current.CancellationToken);
        return sidecar;
    }

    /// <summary>Runs it with arguments that it refuses; gives its exit code and what it says.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await error);
    }

    public HttpClient NewClient(string? token)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { BaseAddress = Address, Timeout = Patience };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        }

        return client;
    }

    /// <summary>Ends it as a service manager does, where there are signals; gives all that it wrote.</summary>
    public async Task<string> EndAsync()
    {
        if (!OperatingSystem.IsWindows() && !process.HasExited)
        {
            await SignalAsync("TERM");
        }
        else if (!process.HasExited)
        {
            process.Kill();
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        return Output;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        process.Dispose();
        if (ownsStudies)
        {
            Studies.Dispose();
        }
    }

    /// <summary>Whether it has ended by itself within some time.</summary>
    public bool HasEndedIn(TimeSpan time) => process.WaitForExit(time);

    /// <summary>Sends it a signal, such as INT for Ctrl+C.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Ends it without a warning.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static Process Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["ASPNETCORE_URLS"] = "http://0.0.0.0:0"; // what is in the environment must not open it to others
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["Logging__LogLevel__Default"] = "Trace";
        return Process.Start(start)!;
    }

    private void Note(string? line)
    {
        lock (output)
        {
            output.AppendLine(line);
        }
    }

    [GeneratedRegex("^Listening on (https?://[^ ;]+)", RegexOptions.Multiline)]
    private static partial Regex Listening();
}
