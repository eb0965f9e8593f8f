using System.Diagnostics;
using Pacsbin.Deidentification;

namespace Pacsbin.Sidecar.Resources;

/// <summary>The sidecar that answers.</summary>
/// <param name="Version">The product's version.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="Started">When the process was started.</param>
public sealed record SidecarState(string Version, int ProcessId, DateTimeOffset Started)
{
    internal static SidecarState Now()
    {
        using var process = Process.GetCurrentProcess();
        return new SidecarState(Deidentifier.Version, process.Id, process.StartTime);
    }
}
