using System.Management.Automation;

namespace Pacsbin.PowerShell;

/// <summary>A cmdlet whose work ends when a person presses Ctrl+C.</summary>
public abstract class StoppableCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Set when the pipeline stops.</summary>
    private protected CancellationToken StopRequested => stopping.Token;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Called on another thread when a person presses Ctrl+C.</summary>
    protected override void StopProcessing()
    {
        try
        {
            stopping.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The command has ended meanwhile: there is nothing to stop.
        }
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            stopping.Dispose();
        }
    }
}
