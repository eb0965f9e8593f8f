using System.Runtime.InteropServices;

namespace Pacsbin.Sidecar;

/// <summary>Ends the sidecar when it is told to, and not by Ctrl+C or the end of the console that it was started from.</summary>
internal sealed class BackgroundLifetime(IHostApplicationLifetime lifetime) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> signals = [];

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true));
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, static signal => signal.Cancel = true));
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, static signal => signal.Cancel = true));
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            lifetime.StopApplication();
        }));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => signals.ForEach(static signal => signal.Dispose());
}
