using System.Management.Automation;
using Pacsbin.Projects;

namespace Pacsbin.PowerShell;

/// <summary>Verifies that nobody has changed a project's audit log.</summary>
/// <remarks>
/// <para>Each line of audit.log has a keyed hash of itself and of the line before, and the crosswalk keeps the number and hash of the last one. So a line that was changed, removed, put
/// in another place or cut off at the end breaks the chain, and the object that comes out names the first line that does, and how. Who has the project's key can write a new chain; and
/// who puts back older copies of both the log and the crosswalk is not noticed: keep copies where nobody can change them.</para>
/// </remarks>
/// <example>
///   <code>Test-PacsbinAuditLog -Project ./trial</code>
///   Verifies the log of a project.
/// </example>
/// <example>
///   <code>if (-not (Test-PacsbinAuditLog ./trial).IsIntact) { throw 'Somebody has changed the audit log.' }</code>
///   Ends a script if the log is not intact.
/// </example>
/// <example>
///   <code>
///   $key = Read-Host -Prompt 'Key of the trial' -AsSecureString
///   Test-PacsbinAuditLog -Project ./trial -Key $key | Format-List
///   </code>
///   Verifies the log of a project that stores no key.
/// </example>
/// <seealso cref="ResolvePacsbinIdentityCommand"/>
[Cmdlet(VerbsDiagnostic.Test, "PacsbinAuditLog")]
[OutputType(typeof(AuditLogState))]
public sealed class TestPacsbinAuditLogCommand : CrosswalkCmdlet
{
    protected override void ProcessRecord() => WriteObject(Attempt(Project, () => OpenCrosswalk().CheckAuditLog()));
}
