using System.Management.Automation;
using Pacsbin.Sidecars;

namespace Pacsbin.PowerShell;

/// <summary>Shows the sidecars of yours that run.</summary>
/// <remarks>
/// <para>Those of other users and of services are not among them. The token is in the file that TokenPath names, and is never shown.</para>
/// </remarks>
/// <example>
///   <code>Get-PacsbinSidecar</code>
///   Lists the sidecars.
/// </example>
/// <example>
///   <code>(Get-PacsbinSidecar -LoginLink).LoginUrl</code>
///   Gives a link by which a browser gets to the review page, once, within five minutes.
/// </example>
/// <example>
///   <code>Get-PacsbinSidecar | Where-Object IsReady -eq $false | Stop-PacsbinSidecar</code>
///   Ends those whose folders are gone.
/// </example>
/// <seealso cref="StartPacsbinSidecarCommand"/>
/// <seealso cref="StopPacsbinSidecarCommand"/>
[Cmdlet(VerbsCommon.Get, "PacsbinSidecar")]
[OutputType(typeof(PacsbinSidecar))]
public sealed class GetPacsbinSidecarCommand : SidecarCmdlet
{
    /// <summary>Only the sidecars with these processes.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public int[]? ProcessId { get; set; }

    /// <summary>Gives a link that logs a browser in, once, within five minutes.</summary>
    [Parameter]
    public SwitchParameter LoginLink { get; set; }

    protected override void ProcessRecord() => Attempt("sidecars", () =>
    {
        foreach (var record in SidecarRecord.Running().Where(r => ProcessId?.Contains(r.ProcessId) != false))
        {
            Attempt(record.Address.ToString(), () => WriteObject(PacsbinSidecar.Of(record, LoginLink, StopRequested)));
        }
    });
}
