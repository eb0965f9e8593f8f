using System.Globalization;
using System.Management.Automation;
using Pacsbin.Sidecars;

namespace Pacsbin.PowerShell;

/// <summary>Starts the sidecar, which other programs and browsers ask.</summary>
/// <remarks>
/// <para>The sidecar gives the operations of this module to other programs of this machine over HTTP, and a review page to browsers. It listens on loopback addresses only, on a free port if none is given, and wants a token, which is in a file that only you can read. The command waits until it is ready. It goes on
/// when this session ends, until Stop-PacsbinSidecar ends it; jobs that have not ended then go on with the next start.</para>
/// <para>Only folders that are named may be touched: sources below -Root are read, copies are written to -Workspace. It runs as you, with your registered archives and your rights. For a service
/// there are a unit file for systemd and Windows services: see README.</para>
/// <para>It needs the ASP.NET Core runtime 10.</para>
/// </remarks>
/// <example>
///   <code>Start-PacsbinSidecar -Root /data/from-pacs -Workspace ./deidentified -LoginLink | Select-Object LoginUrl</code>
///   Starts a sidecar and shows a link by which a browser gets to the review page.
/// </example>
/// <example>
///   <code>
///   $sidecar = Start-PacsbinSidecar -Root /data/from-pacs -Workspace ./deidentified -Projects ./projects -Port 5400
///   curl -H "Authorization: Bearer $(Get-Content $sidecar.TokenPath)" "$($sidecar.Url)v1/studies"
///   </code>
///   Starts one on a port of your choice, and asks it with another program.
/// </example>
/// <example>
///   <code>Start-PacsbinSidecar -Configuration ./sidecar.json -WhatIf</code>
///   Says what would be started with the settings of a file.
/// </example>
/// <seealso cref="GetPacsbinSidecarCommand"/>
/// <seealso cref="StopPacsbinSidecarCommand"/>
/// <seealso cref="RegisterPacsbinScheduleCommand"/>
[Cmdlet(VerbsLifecycle.Start, "PacsbinSidecar", SupportsShouldProcess = true)]
[OutputType(typeof(PacsbinSidecar))]
public sealed class StartPacsbinSidecarCommand : SidecarCmdlet
{
    /// <summary>Folders with source studies and scripts, which may be read. No character in them is a wildcard.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string[] Root { get; set; } = [];

    /// <summary>The folder of the workspace, or one with workspaces in it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Workspace { get; set; }

    /// <summary>The folder with projects in it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Projects { get; set; }

    /// <summary>The folder for studies that are fetched from archives.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Received { get; set; }

    /// <summary>The folder to which approved studies may be copied.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Outgoing { get; set; }

    /// <summary>The folder in which jobs, schedules and uploads are kept.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [PSDefaultValue(Help = "One in your application data for the workspace")]
    public string? Store { get; set; }

    /// <summary>The TCP port.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    [PSDefaultValue(Help = "One that is free")]
    public int? Port { get; set; }

    /// <summary>A JSON file with settings; what else is given comes before it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Configuration { get; set; }

    /// <summary>Gives a link that logs a browser in, once, within five minutes.</summary>
    [Parameter]
    public SwitchParameter LoginLink { get; set; }

    /// <summary>How many seconds the command waits until the sidecar is ready.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    [PSDefaultValue(Value = 60)]
    public int TimeoutSeconds { get; set; } = 60;

    protected override void ProcessRecord()
    {
        var target = Workspace ?? Configuration ?? "no workspace";
        if (!ShouldProcess(target, "Start the sidecar"))
        {
            return;
        }

        Attempt(target, () =>
        {
            WriteProgress(new ProgressRecord(1, "Starting the sidecar", "Waiting until it is ready"));
            using var program = SidecarProgram.Start(System.IO.Path.Join(MyInvocation.MyCommand.Module.ModuleBase, "module"), Arguments());
            SidecarRecord record;
            try
            {
                record = program.WaitUntilReady(TimeSpan.FromSeconds(TimeoutSeconds), StopRequested);
            }
            catch
            {
                program.Kill();
                throw;
            }

            WriteObject(PacsbinSidecar.Of(record, LoginLink, StopRequested));
        });
        WriteProgress(new ProgressRecord(1, "Starting the sidecar", "Done") { RecordType = ProgressRecordType.Completed });
    }

    private IEnumerable<string> Arguments()
    {
        var options = new List<(string Name, string? Path)>
        {
            ("--configuration", Configuration), ("--workspace", Workspace), ("--projects", Projects), ("--received", Received), ("--outgoing", Outgoing), ("--store", Store),
        };
        options.AddRange(Root.Select(root => ("--root", (string?)root)));
        foreach (var (name, path) in options.Where(o => o.Path is not null))
        {
            yield return name;
            yield return SourcePaths.Resolve(this, path!);
        }

        if (Port is { } port)
        {
            yield return "--port";
            yield return port.ToString(CultureInfo.InvariantCulture);
        }
    }
}
