using System.Management.Automation;
using System.Runtime.InteropServices;

namespace Pacsbin.Host;

/// <summary>Stops the running script at Ctrl+C, SIGTERM or when the terminal closes.</summary>
sealed class StopSignals : IDisposable
{
    readonly PowerShell shell;
    readonly ConsoleUserInterface console;
    readonly PosixSignalRegistration[] registrations;
    int exitCode;

    public StopSignals(PowerShell shell, ConsoleUserInterface console)
    {
        this.shell = shell;
        this.console = console;
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, s => Stop(s, 130)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, s => Stop(s, 143)),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, s => Stop(s, 129)),
        ];
    }

    /// <summary>128 plus the signal's number once a signal has come, otherwise null.</summary>
    public int? ExitCode => Volatile.Read(ref exitCode) is var code and not 0 ? code : null;

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
    }

    void Stop(PosixSignalContext signal, int code)
    {
        signal.Cancel = true;
        bool again = Interlocked.Exchange(ref exitCode, code) != 0;
        // Nothing can interrupt a thread that waits for a key, and whoever asks twice means it.
        if (again || console.IsReading) Environment.Exit(code);
        // At once, before a program that the same key has ended lets the script go on.
        // Stop() would do, if it did not fail where the script ends while it is asked to.
        shell.BeginStop(null, null)?.AsyncWaitHandle.WaitOne();
    }
}
