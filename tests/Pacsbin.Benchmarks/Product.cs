using System.Management.Automation.Runspaces;
using Pacsbin.Deidentification;
using Pacsbin.Deidentification.Scripts;
using Pacsbin.Studies;
using Shell = System.Management.Automation.PowerShell;

namespace Pacsbin.Benchmarks;

/// <summary>The library, called as the cmdlet calls it: scan, parse, apply, write, hash, manifest.</summary>
internal static class Product
{
    /// <returns>The time that the leak check took, of all threads together.</returns>
    /// <exception cref="InvalidOperationException">A file gave no output.</exception>
    public static TimeSpan Deidentify(string input, string output, int parallelism, AnonymizerScript? script = null)
    {
        var scan = new StudyScanner { ThrottleLimit = parallelism, Rejected = Fail }.Scan([input]);
        using var run = new DeidentificationRun(DeidentificationProfile.Pacsbin, output) { ThrottleLimit = parallelism, Rejected = Fail, Script = script };
        run.Run(scan.Studies, static _ => { });
        return run.CheckTime;
    }

    private static void Fail(string path, PacsbinException error) => throw new InvalidOperationException($"{path} was rejected.", error);
}

/// <summary>The cmdlet in an engine that stays warm, with the module that the build left in its folder.</summary>
internal sealed class CmdletSession : IDisposable
{
    private readonly Runspace runspace;

    public CmdletSession()
    {
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        var state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([Repository.Manifest]);
        runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
    }

    /// <summary>Whether the module has the cmdlet.</summary>
    public bool IsAvailable => runspace.SessionStateProxy.InvokeCommand.GetCommand("Invoke-PacsbinAnonymize", System.Management.Automation.CommandTypes.Cmdlet) is not null;

    /// <exception cref="InvalidOperationException">A file gave no output.</exception>
    public void Deidentify(string input, string output, int parallelism)
    {
        using var shell = Shell.Create(runspace).AddCommand("Invoke-PacsbinAnonymize")
            .AddParameter("Path", input).AddParameter("Destination", output).AddParameter("ThrottleLimit", parallelism);
        shell.Invoke();
        if (shell.HadErrors)
        {
            throw new InvalidOperationException("The cmdlet wrote an error.", shell.Streams.Error.FirstOrDefault()?.Exception);
        }
    }

    public void Dispose() => runspace.Dispose();
}
