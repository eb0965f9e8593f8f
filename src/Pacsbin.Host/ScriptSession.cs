using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Microsoft.PowerShell;

namespace Pacsbin.Host;

/// <summary>Runs one script in a PowerShell session with the module loaded and gives the process's exit code.</summary>
sealed class ScriptSession : IDisposable
{
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

    public int Run(string text)
    {
        using var shell = PowerShell.Create(runspace);
        shell.Commands.AddCommand(new Command(text, isScript: true, useLocalScope: false));
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
