using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Shell = System.Management.Automation.PowerShell;

namespace Pacsbin.Tests;

/// <summary>Holds a PowerShell session of this process with the built module loaded from the repository.</summary>
/// <remarks>After <see cref="Invoke"/> the lists hold what that call wrote; each call starts them anew.</remarks>
public sealed class ModuleSession : IDisposable
{
    readonly RecordingHost host = new();
    readonly Runspace runspace;
    readonly Action<string>? said;

    static ModuleSession() => Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");

    /// <param name="location">The session's current folder; the process keeps its own.</param>
    /// <param name="said">Receives all texts of all streams, with verbose and debug texts on; objects and <see cref="Show"/> are not among them.</param>
    public ModuleSession(string? location = null, Action<string>? said = null)
    {
        this.said = said;
        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows()) state.ExecutionPolicy = Microsoft.PowerShell.ExecutionPolicy.RemoteSigned;
        state.ImportPSModule([Repository.Manifest]);
        state.ThrowOnRunspaceOpenError = true;
        runspace = RunspaceFactory.CreateRunspace(host, state);
        runspace.Open();
        if (location is not null) runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(location));
        foreach (string stream in said is null ? [] : new[] { "Verbose", "Debug", "Information" }) Set(stream + "Preference", ActionPreference.Continue);
    }

    public IReadOnlyList<ErrorRecord> Errors { get; private set; } = [];

    public IReadOnlyList<string> Warnings { get; private set; } = [];

    public IReadOnlyList<ProgressRecord> Progress { get; private set; } = [];

    /// <summary>Lines that the host was asked to show: "What if" texts, and confirmation questions.</summary>
    public IReadOnlyList<string> HostLines => host.Console.Lines;

    /// <summary>What the next confirmation questions are answered: labels such as "Yes" or "No to All".</summary>
    public Queue<string> Answers => host.Console.Answers;

    /// <summary>Runs a script and gives the objects that it leaves; <paramref name="arguments"/> are its <c>$args</c>.</summary>
    /// <exception cref="RuntimeException">A terminating error ended the script.</exception>
    public Collection<PSObject> Invoke(string script, params object?[] arguments)
    {
        using var shell = Create(script, arguments);
        try
        {
            return shell.Invoke();
        }
        catch (RuntimeException e)
        {
            Tell(e);
            throw;
        }
        finally
        {
            Keep(shell);
            Tell(HostLines);
        }
    }

    /// <summary>Runs a script, stops it as Ctrl+C does once <paramref name="running"/> is done, and gives the time that stopping took.</summary>
    public async Task<TimeSpan> InvokeAndStop(string script, Task running, params object?[] arguments)
    {
        using var shell = Create(script, arguments);
        var invocation = shell.InvokeAsync();
        await Task.WhenAny(running, invocation);
        var started = System.Diagnostics.Stopwatch.StartNew();
        // No result means that the script ended while it was asked to, which Stop and StopAsync fail at.
        await Task.Run(() => shell.BeginStop(null, null)?.AsyncWaitHandle.WaitOne());
        await invocation.ContinueWith(ended => Tell(ended.Exception?.ToString()), TaskScheduler.Default);
        Keep(shell);
        Tell(HostLines);
        return started.Elapsed;
    }

    /// <summary>Sets a variable, for values that a script's text cannot hold.</summary>
    public void Set(string name, object? value) => runspace.SessionStateProxy.SetVariable(name, value);

    /// <summary>Formats what a script leaves as the console would show it.</summary>
    public string Show(string script, params object?[] arguments)
    {
        using var shell = Create(script, arguments);
        shell.AddCommand("Out-Default").Invoke();
        Keep(shell);
        return string.Join('\n', HostLines);
    }

    public void Dispose() => runspace.Dispose();

    Shell Create(string script, object?[] arguments)
    {
        host.Console.Lines.Clear();
        var shell = Shell.Create(runspace);
        shell.AddScript(script);
        foreach (object? argument in arguments) shell.AddArgument(argument);
        return shell;
    }

    void Keep(Shell shell)
    {
        Errors = [.. shell.Streams.Error];
        Warnings = [.. shell.Streams.Warning.Select(w => w.Message)];
        Progress = [.. shell.Streams.Progress];
        foreach (var error in Errors) Tell(error);
        foreach (var record in Progress) Tell($"{record.Activity}\n{record.StatusDescription}\n{record.CurrentOperation}");
        Tell(Warnings);
        Tell(shell.Streams.Verbose.Select(v => v.Message));
        Tell(shell.Streams.Debug.Select(d => d.Message));
        Tell(shell.Streams.Information.Select(i => i.ToString()));
    }

    void Tell(IEnumerable<string> texts)
    {
        foreach (string text in texts) Tell(text);
    }

    void Tell(RuntimeException exception)
    {
        Tell(exception.ToString());
        if (exception.ErrorRecord is { } record) Tell(record);
    }

    /// <summary>All that views of an error show; its target is an object for scripts.</summary>
    void Tell(ErrorRecord error) =>
        Tell(string.Join('\n', error, error.FullyQualifiedErrorId, error.CategoryInfo, error.ErrorDetails, error.ErrorDetails?.RecommendedAction, error.Exception));

    void Tell(string? text)
    {
        if (!string.IsNullOrEmpty(text)) said?.Invoke(text);
    }
}
