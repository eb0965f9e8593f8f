using System.Management.Automation;

namespace Pacsbin.PowerShell;

/// <summary>Shows the schedules of a sidecar, and what came of their last jobs.</summary>
/// <example>
///   <code>Get-PacsbinSchedule</code>
///   Lists all schedules.
/// </example>
/// <example>
///   <code>Get-PacsbinSchedule nightly* | Where-Object LastState -eq Failed</code>
///   Lists those that failed the last time, as a monitoring script may do.
/// </example>
/// <example>
///   <code>Get-PacsbinSidecar | Get-PacsbinSchedule</code>
///   Lists those of several sidecars.
/// </example>
/// <seealso cref="RegisterPacsbinScheduleCommand"/>
/// <seealso cref="UnregisterPacsbinScheduleCommand"/>
[Cmdlet(VerbsCommon.Get, "PacsbinSchedule")]
[OutputType(typeof(PacsbinSchedule))]
public sealed class GetPacsbinScheduleCommand : ScheduleCmdlet
{
    /// <summary>The names. Wildcards are allowed.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? Name { get; set; }

    protected override void ProcessRecord() => Ask("schedules", (send, describe) =>
    {
        var all = send(HttpMethod.Get, Schedules, null)!["schedules"]!.AsArray().Select(s => describe(s!)).ToList();
        foreach (var name in (Name ?? []).Where(n => !WildcardPattern.ContainsWildcardCharacters(n) && all.All(s => !s.Name.Equals(n, StringComparison.OrdinalIgnoreCase))))
        {
            WriteError(ErrorRecords.Of(new PacsbinException(PacsbinError.FileNotFound, "There is no such schedule."), name));
        }

        WriteObject(all.Where(s => Name?.Any(n => WildcardPattern.Get(n, WildcardOptions.IgnoreCase).IsMatch(s.Name)) != false), enumerateCollection: true);
    });
}
