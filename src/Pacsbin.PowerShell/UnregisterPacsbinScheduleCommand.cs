using System.Management.Automation;

namespace Pacsbin.PowerShell;

/// <summary>Has a sidecar forget schedules. Jobs that they have asked for go on.</summary>
/// <example>
///   <code>Unregister-PacsbinSchedule nightly</code>
///   Forgets one.
/// </example>
/// <example>
///   <code>Get-PacsbinSchedule old-* | Unregister-PacsbinSchedule -Confirm</code>
///   Forgets several, and asks for each.
/// </example>
/// <example>
///   <code>Get-PacsbinSchedule | Unregister-PacsbinSchedule -WhatIf</code>
///   Shows what would be forgotten.
/// </example>
/// <seealso cref="RegisterPacsbinScheduleCommand"/>
/// <seealso cref="GetPacsbinScheduleCommand"/>
[Cmdlet(VerbsLifecycle.Unregister, "PacsbinSchedule", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class UnregisterPacsbinScheduleCommand : ScheduleCmdlet
{
    /// <summary>The names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (var name in Name.Where(n => ShouldProcess(n, "Forget the schedule")))
        {
            Ask(name, (send, _) => send(HttpMethod.Delete, PathOf(name), null));
        }
    }
}
