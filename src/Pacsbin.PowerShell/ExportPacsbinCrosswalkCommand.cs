using System.Management.Automation;
using Pacsbin.Projects;

namespace Pacsbin.PowerShell;

/// <summary>Writes a project's patients and pseudonyms into a CSV file, in clear.</summary>
/// <remarks>
/// <para>Asks for confirmation, and appends who, when and why to the project's audit.log first. The file is readable by its owner only, in UTF-8, with the columns PatientId,
/// IssuerOfPatientId, Pseudonym and DateShiftDays; Import-PacsbinCrosswalk reads it. Who has it can undo the pseudonyms of every file that was given away.</para>
/// </remarks>
/// <example>
///   <code>Export-PacsbinCrosswalk -Project ./trial -Path /media/safe/patients.csv -Reason 'End of the trial, for the investigator site file'</code>
///   Writes the patients of a project.
/// </example>
/// <example>
///   <code>Export-PacsbinCrosswalk ./trial ./patients.csv -Reason 'Monthly copy' -Force -Confirm:$false</code>
///   Replaces a copy without asking, in a scheduled task.
/// </example>
/// <example>
///   <code>
///   Export-PacsbinCrosswalk -Project ./trial -Path ./patients.csv -Reason 'Second trial with the same subjects'
///   Import-PacsbinCrosswalk -Project ./second-trial -Path ./patients.csv
///   </code>
///   Gives the patients of one project the same pseudonyms in another.
/// </example>
/// <seealso cref="ImportPacsbinCrosswalkCommand"/>
/// <seealso cref="TestPacsbinAuditLogCommand"/>
[Cmdlet(VerbsData.Export, "PacsbinCrosswalk", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(FileInfo))]
public sealed class ExportPacsbinCrosswalkCommand : CrosswalkCmdlet
{
    /// <summary>The file to write. No character in it is a wildcard.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Why the file is needed. It is written into the audit log.</summary>
    [Parameter(Mandatory = true)]
    public string Reason { get; set; } = "";

    /// <summary>Replaces a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void BeginProcessing()
    {
        RequireReason(Reason);
        base.BeginProcessing();
    }

    protected override void ProcessRecord()
    {
        var path = Resolve(Path);
        if (ShouldProcess(path, "Write who the project's patients are"))
        {
            var count = Attempt(Path, () => OpenCrosswalk().Export(path, Reason, Force));
            WriteVerbose($"Wrote {count} patients.");
            WriteObject(new FileInfo(path));
        }
    }
}
