using System.Management.Automation;
using Pacsbin.Sidecars;

namespace Pacsbin.PowerShell;

/// <summary>What cmdlets share that start, find or ask a sidecar.</summary>
public abstract class SidecarCmdlet : StoppableCmdlet
{
    /// <summary>Does something with a sidecar; what fails is an error of its own.</summary>
    private protected void Attempt(string target, Action action)
    {
        try
        {
            action();
        }
        catch (PacsbinException e)
        {
            WriteError(ErrorRecords.Of(e, target));
        }
        catch (SidecarRefusedException e)
        {
            WriteError(new ErrorRecord(e, "InvalidArgument", ErrorCategory.InvalidArgument, target));
        }
        catch (OperationCanceledException) when (StopRequested.IsCancellationRequested)
        {
            // Nobody waits for it any more.
        }
    }

    /// <summary>The only sidecar of the user.</summary>
    /// <exception cref="PacsbinException">FileNotFound if none or several run.</exception>
    private protected static SidecarRecord TheOnlyOne() => SidecarRecord.Running() switch
    {
        [var one] => one,
        [] => throw new PacsbinException(PacsbinError.FileNotFound, "No sidecar of yours is running: Start-PacsbinSidecar starts one."),
        _ => throw new PacsbinException(PacsbinError.FileNotFound, "Several sidecars of yours are running: say which one is meant, as with Get-PacsbinSidecar."),
    };
}
