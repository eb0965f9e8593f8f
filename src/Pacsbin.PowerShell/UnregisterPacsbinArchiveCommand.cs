using System.Management.Automation;

namespace Pacsbin.PowerShell;

/// <summary>Forgets registered archives and their secrets.</summary>
/// <example>
///   <code>Unregister-PacsbinArchive -Name teaching</code>
///   Forgets one archive.
/// </example>
/// <example>
///   <code>Get-PacsbinArchive -Name old-* | Unregister-PacsbinArchive -Confirm</code>
///   Forgets several, and asks for each.
/// </example>
/// <example>
///   <code>Unregister-PacsbinArchive -Name * -WhatIf</code>
///   Shows what would be forgotten.
/// </example>
/// <seealso cref="RegisterPacsbinArchiveCommand"/>
/// <seealso cref="GetPacsbinArchiveCommand"/>
[Cmdlet(VerbsLifecycle.Unregister, "PacsbinArchive", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class UnregisterPacsbinArchiveCommand : ArchiveCmdlet
{
    /// <summary>The names. Wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ArchiveNameCompleter))]
    public string[] Name { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (var archive in Find(Name).Where(a => ShouldProcess(a.Name, "Forget the archive")))
        {
            Attempt(archive.Name, s =>
            {
                s.Remove(archive.Name);
                return true;
            });
        }
    }
}
