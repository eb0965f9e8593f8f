using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using Microsoft.PowerShell;

namespace Pacsbin.Host;

/// <summary>Runs one script in a PowerShell session with the module loaded and gives the process's exit code.</summary>
sealed class ScriptSession : IDisposable
{
    // `exit n` leaves n in $LASTEXITCODE and $? false, and so does a script that could not start; a failing program
    // inside the script leaves $? true, and a terminating error never gets here.
    const string PassExitOn = "; if (-not $?) { exit $(if ($LASTEXITCODE) { $LASTEXITCODE } else { 1 }) }";

    readonly ConsoleHost host = new();
    readonly Runspace runspace;

    /// <exception cref="HostUsageException">The module cannot be loaded.</exception>
    public ScriptSession()
    {
        var state = InitialSessionState.CreateDefault2();
        // Windows refuses every script in a host that says nothing; this is what pwsh installs itself with.
        if (OperatingSystem.IsWindows()) state.ExecutionPolicy = ExecutionPolicy.RemoteSigned;
        foreach (string name in (string[])["Write-Host", "Read-Host"])
            state.Commands.Add(new SessionStateFunctionEntry(name, Resources.Read(name)));
        state.ImportPSModule([ModuleManifest.Find()]);
        state.ThrowOnRunspaceOpenError = true;
        runspace = RunspaceFactory.CreateRunspace(host, state);
        try
        {
            runspace.Open();
        }
        catch (RuntimeException e)
        {
            runspace.Dispose();
            throw new HostUsageException(e.Message, 1);
        }
    }

    public int Run(CommandLine line)
    {
        using var shell = PowerShell.Create(runspace);
        shell.Commands.AddCommand(line.Mode == RunMode.File ? FileCommand(line) : TextCommand(line.Text));
        // Errors are shown in their place among the output, which is also how the formatter gets to see them.
        shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.AddCommand("Out-Default");

        using var signals = new StopSignals(shell, host.Console);
        bool succeeded = Complete(shell);
        host.Console.EndProgress();
        if (signals.ExitCode is int stopped) return stopped;
        if (host.ExitCode is int asked) return asked;
        return succeeded ? 0 : 1;
    }

    public void Dispose() => runspace.Dispose();

    static Command FileCommand(CommandLine line)
    {
        string path = CodeGeneration.EscapeSingleQuotedStringContent(line.Text);
        var command = new Command($"& '{path}' @args{PassExitOn}", isScript: true, useLocalScope: false);
        foreach (var argument in line.Arguments) command.Parameters.Add(argument);
        return command;
    }

    static Command TextCommand(string text)
    {
        string checkedText = text + "\nif (-not $?) { exit 1 }";
        // A text that nothing can follow, or that is wrong, runs as it is.
        Parser.ParseInput(checkedText, out _, out var errors);
        return new Command(errors.Length == 0 ? checkedText : text, isScript: true, useLocalScope: false);
    }

    bool Complete(PowerShell shell)
    {
        try
        {
            shell.EndInvoke(shell.BeginInvoke());
            return true;
        }
        catch (PipelineStoppedException)
        {
            return false;
        }
        catch (RuntimeException e)
        {
            Report(e.ErrorRecord);
            return false;
        }
    }

    void Report(ErrorRecord error)
    {
        using var shell = PowerShell.Create(runspace);
        using (host.Console.SendEverythingToErrors()) shell.AddCommand("Out-Default").Invoke(new[] { error });
    }
}
