using System.Management.Automation;
using Pacsbin.Projects;
using Pacsbin.Studies;

namespace Pacsbin.PowerShell;

/// <summary>Tells who the patient behind a pseudonym or a new UID is.</summary>
/// <remarks>
/// <para>Asks for confirmation. Who asked, when, for what and why is appended to the project's audit.log before anything is given; if the log cannot be written, nothing is. A look-up
/// that finds nothing is in the log too, with a keyed hash in the place of what was asked, which may be an original. Do not name the patient in the reason.</para>
/// <para>A pseudonym gives one object for each of the patient's studies, a UID the study, series or instance that it stands for. The objects hold what identifies the patient: what
/// becomes of them after this command is up to you.</para>
/// </remarks>
/// <example>
///   <code>Resolve-PacsbinIdentity -Project ./trial -Identity 8G2QK7N0XC -Reason 'Incidental finding, Dr. Meyer asked'</code>
///   Gives the patient behind a pseudonym, and the patient's studies in the project.
/// </example>
/// <example>
///   <code>
///   Get-DicomStudy ./for-research | Where-Object PatientId -eq 'SUBJ-001' |
///       Resolve-PacsbinIdentity -Project ./trial -Reason 'Follow-up visit'
///   </code>
///   Gives the accession numbers and other originals of studies of a workspace.
/// </example>
/// <example>
///   <code>Resolve-PacsbinIdentity ./trial 2.25.73469214213573514823572347523 -Reason 'Query of the sponsor' -Confirm:$false</code>
///   Gives the original UIDs of a study, series or instance without asking.
/// </example>
/// <seealso cref="TestPacsbinAuditLogCommand"/>
/// <seealso cref="ExportPacsbinCrosswalkCommand"/>
/// <seealso cref="InvokePacsbinAnonymizeCommand"/>
[Cmdlet(VerbsDiagnostic.Resolve, "PacsbinIdentity", DefaultParameterSetName = "Identity", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(ResolvedIdentity))]
public sealed class ResolvePacsbinIdentityCommand : CrosswalkCmdlet
{
    /// <summary>Pseudonyms, or Study, Series or SOP Instance UIDs of de-identified files.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ParameterSetName = "Identity")]
    [ValidateNotNullOrEmpty]
    public string[] Identity { get; set; } = [];

    /// <summary>Studies of a workspace, from Get-DicomStudy or another cmdlet of this module.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Study")]
    [ValidateNotNull]
    public DicomStudy[] Study { get; set; } = [];

    /// <summary>Why somebody must know who the patient is. It is written into the audit log.</summary>
    [Parameter(Mandatory = true)]
    public string Reason { get; set; } = "";

    protected override void BeginProcessing()
    {
        RequireReason(Reason);
        base.BeginProcessing();
    }

    protected override void ProcessRecord()
    {
        foreach (var asked in Identity)
        {
            if (string.IsNullOrWhiteSpace(asked))
            {
                Refuse("-Identity", "A pseudonym or UID cannot be blank.");
            }

            Look(asked, ErrorRecords.Printable(asked.Trim()));
        }

        foreach (var study in Study)
        {
            if (!study.IsInWorkspace)
            {
                var reason = new PSArgumentException("The study is no study of a workspace: its files say themselves who the patient is.");
                WriteError(new ErrorRecord(reason, "InvalidArgument", ErrorCategory.InvalidArgument, study.Path));
                continue;
            }

            Look(study.StudyInstanceUid.Length > 0 ? study.StudyInstanceUid : study.Series[0].Instances[0].SopInstanceUid, ErrorRecords.Printable(study.Path));
        }
    }

    private void Look(string asked, string target)
    {
        if (!ShouldProcess(target, "Tell who the patient is"))
        {
            return;
        }

        var found = Attempt(Project, () => OpenCrosswalk().Resolve(asked, Reason));
        if (found.Count == 0)
        {
            // Without what was asked: it may be an original.
            WriteError(ErrorRecords.Of(new PacsbinException(PacsbinError.FileNotFound, "The project's crosswalk has no such pseudonym or new UID. The look-up is in the audit log."), Project));
        }

        WriteObject(found, enumerateCollection: true);
    }
}
