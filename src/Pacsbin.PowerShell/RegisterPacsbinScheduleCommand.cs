using System.Management.Automation;
using System.Text.Json.Nodes;

namespace Pacsbin.PowerShell;

/// <summary>Has a sidecar de-identify what is new, again and again.</summary>
/// <remarks>
/// <para>What is new below paths, or in an archive, is de-identified at the times that a cron expression names. The copies wait for review in the sidecar's workspace. Studies that are there already are not made again. A time at which the last job has not ended is left out; all times at which the sidecar
/// did not run are made up for once.</para>
/// <para>A project is needed, because without its key each time would write the same studies again under other UIDs. Paths are those of the sidecar's machine, full and below its roots.</para>
/// </remarks>
/// <example>
///   <code>Register-PacsbinSchedule -Name nightly -Cron '0 2 * * *' -Archive pacs -Modality CT -LastDays 1 -Project trial</code>
///   Fetches and de-identifies the CT studies of yesterday and today, every night at two.
/// </example>
/// <example>
///   <code>Register-PacsbinSchedule -Name inbox -Cron '*/10 * * * *' -Path /data/inbox -Project trial</code>
///   Looks into a folder every ten minutes.
/// </example>
/// <example>
///   <code>Get-PacsbinSidecar 4711 | Register-PacsbinSchedule -Name weekly -Cron '0 0 3 ? * SUN' -Path /data/week -Project trial -WhatIf</code>
///   Says what would be asked of one of several sidecars. A cron expression of Quartz begins with seconds.
/// </example>
/// <seealso cref="GetPacsbinScheduleCommand"/>
/// <seealso cref="UnregisterPacsbinScheduleCommand"/>
/// <seealso cref="StartPacsbinSidecarCommand"/>
[Cmdlet(VerbsLifecycle.Register, "PacsbinSchedule", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(PacsbinSchedule))]
public sealed class RegisterPacsbinScheduleCommand : ScheduleCmdlet
{
    /// <summary>What you call it: up to 64 letters, digits, hyphens, underscores and periods.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>When, in the sidecar's local time: the five fields of crontab, or the six or seven of Quartz, which begin with seconds.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Cron { get; set; } = "";

    /// <summary>The name of the project's folder, in the sidecar's folder with projects.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Project { get; set; } = "";

    /// <summary>Full paths of folders or files. No character in them is a wildcard.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The archive that is asked.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Archive")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ArchiveNameCompleter))]
    public string? Archive { get; set; }

    /// <summary>Studies that have this modality.</summary>
    [Parameter(ParameterSetName = "Archive")]
    [ValidateNotNullOrEmpty]
    public string? Modality { get; set; }

    /// <summary>Studies of today and of so many days before.</summary>
    [Parameter(ParameterSetName = "Archive")]
    [ValidateRange(0, 3650)]
    public int? LastDays { get; set; }

    /// <summary>Studies of patients whose Patient ID matches; * and ? are wildcards.</summary>
    [Parameter(ParameterSetName = "Archive")]
    [ValidateNotNullOrEmpty]
    public string? PatientId { get; set; }

    /// <summary>Studies whose Accession Number matches; * and ? are wildcards.</summary>
    [Parameter(ParameterSetName = "Archive")]
    [ValidateNotNullOrEmpty]
    public string? AccessionNumber { get; set; }

    /// <summary>The full path of a workspace, in the sidecar's one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [PSDefaultValue(Help = "The sidecar's own")]
    public string? Workspace { get; set; }

    /// <summary>The full path of an anonymizer script, below the sidecar's roots.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Script { get; set; }

    /// <summary>Which files, in the language of CTP's filters.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Filter { get; set; }

    protected override void ProcessRecord()
    {
        if (ShouldProcess(Name, "Register the schedule"))
        {
            Ask(Name, (send, describe) => WriteObject(describe(send(HttpMethod.Post, Schedules, Body())!)));
        }
    }

    private JsonObject Body()
    {
        var deidentify = new JsonObject { ["project"] = Project };
        if (Archive is null)
        {
            deidentify["paths"] = new JsonArray([.. Path.Select(p => JsonValue.Create(p))]);
        }
        else
        {
            deidentify["archive"] = Archive;
            deidentify["query"] = Given(("modality", Modality), ("patientId", PatientId), ("accessionNumber", AccessionNumber), ("lastDays", LastDays));
        }

        foreach (var (member, value) in Given(("workspace", Workspace), ("script", Script), ("filter", Filter)))
        {
            deidentify[member] = value?.DeepClone();
        }

        return new JsonObject { ["name"] = Name, ["cron"] = Cron, ["deidentify"] = deidentify };
    }

    private static JsonObject Given(params ReadOnlySpan<(string Name, object? Value)> members)
    {
        var given = new JsonObject();
        foreach (var (name, value) in members)
        {
            if (value is not null)
            {
                given[name] = value is int number ? number : (string)value;
            }
        }

        return given;
    }
}
