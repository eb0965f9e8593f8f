using System.Diagnostics;
using System.Management.Automation;
using Pacsbin.Sidecars;

namespace Pacsbin.PowerShell;

/// <summary>Ends sidecars.</summary>
/// <remarks>
/// <para>The file at work is finished first. Jobs that have not ended go on with the next start, without doing whole files again. Browsers have to log in again then.</para>
/// <para>One that has not ended in time is killed, which loses nothing either.</para>
/// </remarks>
/// <example>
///   <code>Stop-PacsbinSidecar</code>
///   Ends the only sidecar that runs.
/// </example>
/// <example>
///   <code>Get-PacsbinSidecar | Stop-PacsbinSidecar</code>
///   Ends all of yours.
/// </example>
/// <example>
///   <code>Stop-PacsbinSidecar -ProcessId 4711 -TimeoutSeconds 300</code>
///   Ends one, and gives it five minutes for the file at work.
/// </example>
/// <seealso cref="StartPacsbinSidecarCommand"/>
/// <seealso cref="GetPacsbinSidecarCommand"/>
[Cmdlet(VerbsLifecycle.Stop, "PacsbinSidecar", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class StopPacsbinSidecarCommand : SidecarCmdlet
{
    /// <summary>The processes of the sidecars.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [PSDefaultValue(Help = "The only sidecar of yours")]
    public int[]? ProcessId { get; set; }

    /// <summary>How many seconds a sidecar has to end.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    [PSDefaultValue(Value = 60)]
    public int TimeoutSeconds { get; set; } = 60;

    protected override void ProcessRecord() => Attempt("sidecars", () =>
    {
        var running = ProcessId is null ? [TheOnlyOne()] : SidecarRecord.Running();
        foreach (var id in (ProcessId ?? [running[0].ProcessId]).Where(id => running.All(r => r.ProcessId != id)))
        {
            WriteError(ErrorRecords.Of(new PacsbinException(PacsbinError.FileNotFound, "No sidecar of yours has this process."), id.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }

        foreach (var record in running.Where(r => ProcessId?.Contains(r.ProcessId) != false && ShouldProcess(r.Address.ToString(), "End the sidecar")))
        {
            Attempt(record.Address.ToString(), () => End(record));
        }
    });

    private void End(SidecarRecord record)
    {
        using var process = Process.GetProcessById(record.ProcessId);
        var end = DateTime.UtcNow.AddSeconds(TimeoutSeconds);
        try
        {
            using var client = new SidecarClient(record.Address, record.TokenPath);
            client.Send(HttpMethod.Post, "/v1/sidecar/stop", null, StopRequested);
        }
        catch (PacsbinException)
        {
            WriteVerbose("The sidecar does not answer. It is killed if it does not end by itself.");
        }

        while (!process.WaitForExit(100) && DateTime.UtcNow < end)
        {
            StopRequested.ThrowIfCancellationRequested();
        }

        if (!process.HasExited)
        {
            WriteWarning("The sidecar has not ended in time and is killed.");
            process.Kill();
            process.WaitForExit();
        }
    }
}
