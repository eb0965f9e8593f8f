using System.Diagnostics;
using System.Reflection;

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
        return new SidecarState(typeof(SidecarState).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "", process.Id, process.StartTime);
    }
}
