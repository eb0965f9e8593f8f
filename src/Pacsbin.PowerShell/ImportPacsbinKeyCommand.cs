using System.Management.Automation;
using System.Security;
using Pacsbin.Projects;

namespace Pacsbin.PowerShell;

/// <summary>Puts an exported key into the folder of its project.</summary>
/// <remarks>
/// <para>The project is one whose folder was copied from another machine, or has lost its key. Nothing is written unless the passphrase is right, the file undamaged, and the key the project's.
/// The key is stored readable by its owner only, and on Windows encrypted for the current user.</para>
/// </remarks>
/// <example>
///   <code>Import-PacsbinKey -Project ./trial -Path ./trial-key.json</code>
///   Asks for the passphrase and stores the key of a project.
/// </example>
/// <example>
///   <code>
///   $passphrase = Read-Host -Prompt 'Passphrase' -AsSecureString
///   Import-PacsbinKey -Project ./trial -Path ./trial-key.json -Passphrase $passphrase
///   Get-PacsbinProject -Path ./trial
///   </code>
///   Stores the key of a project, and shows that it fits.
/// </example>
/// <example>
///   <code>Import-PacsbinKey -Project ./trial -Path ./trial-key.json -Force</code>
///   Replaces a key file that is not the project's, or that others could read.
/// </example>
/// <seealso cref="ExportPacsbinKeyCommand"/>
/// <seealso cref="GetPacsbinProjectCommand"/>
[Cmdlet(VerbsData.Import, "PacsbinKey", SupportsShouldProcess = true)]
[OutputType(typeof(PacsbinProject))]
public sealed class ImportPacsbinKeyCommand : ProjectCmdlet
{
    /// <summary>The project's folder. No character in it is a wildcard.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Project { get; set; } = "";

    /// <summary>The file that Export-PacsbinKey wrote. No character in it is a wildcard.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>What the file was written with.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    public SecureString Passphrase { get; set; } = null!;

    /// <summary>Replaces a key file that is not the project's.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        var folder = Resolve(Project);
        var path = Resolve(Path);
        if (!ShouldProcess(folder, $"Import the key of {path}"))
        {
            return;
        }

        var isNew = Attempt(Path, () => SecretKey.Use(Passphrase, text => ExportedKey.Import(folder, path, text, Force)));
        WriteVerbose(isNew ? "Stored the key, which its owner alone can read." : "The project has this key already.");
        WriteObject(Attempt(Project, () => PacsbinProject.Of(Projects.Project.Inspect(folder))));
    }
}
