using System.Management.Automation;

namespace Pacsbin.PowerShell;

/// <summary>Shows the registered archives, without their secrets.</summary>
/// <example>
///   <code>Get-PacsbinArchive</code>
///   Shows all.
/// </example>
/// <example>
///   <code>Get-PacsbinArchive -Name teach* | Test-PacsbinArchive</code>
///   Tries the archives whose names begin with teach.
/// </example>
/// <example>
///   <code>Get-PacsbinArchive | Where-Object AllowHttp | Format-List</code>
///   Shows all that is registered of archives without TLS.
/// </example>
/// <seealso cref="RegisterPacsbinArchiveCommand"/>
/// <seealso cref="TestPacsbinArchiveCommand"/>
[Cmdlet(VerbsCommon.Get, "PacsbinArchive")]
[OutputType(typeof(PacsbinArchive))]
public sealed class GetPacsbinArchiveCommand : ArchiveCmdlet
{
    /// <summary>Only archives with one of these names. Wildcards are allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ArchiveNameCompleter))]
    public string[]? Name { get; set; }

    protected override void ProcessRecord()
    {
        foreach (var archive in Find(Name))
        {
            WriteObject(PacsbinArchive.Of(archive));
        }
    }
}
