using System.Management.Automation;
using System.Security;
using Pacsbin.Projects;

namespace Pacsbin.PowerShell;

/// <summary>Writes a project's key into a file, encrypted with a passphrase.</summary>
/// <remarks>
/// <para>The file is a backup, or takes the key to another machine, where Import-PacsbinKey stores it.</para>
/// <para>The passphrase is stretched by PBKDF2-SHA256 with 600,000 rounds, and the key encrypted by AES-256-GCM. The file is readable by its owner only. Who gets hold of it can try
/// passphrases for as long as they like: a long one is what protects the key, so hand it over on another way than the file.</para>
/// </remarks>
/// <example>
///   <code>Export-PacsbinKey -Project ./trial -Path ./trial-key.json</code>
///   Asks for a passphrase and writes the key of a project.
/// </example>
/// <example>
///   <code>
///   $passphrase = Read-Host -Prompt 'Passphrase' -AsSecureString
///   Export-PacsbinKey -Project ./trial -Path /media/safe/trial-key.json -Passphrase $passphrase -Force
///   </code>
///   Replaces a backup by another one.
/// </example>
/// <example>
///   <code>
///   $key = Read-Host -Prompt 'Key of the trial' -AsSecureString
///   Export-PacsbinKey -Project ./trial -Path ./trial-key.json -Key $key
///   </code>
///   Writes the key of a project that stores none, for a machine that is to store it.
/// </example>
/// <seealso cref="ImportPacsbinKeyCommand"/>
/// <seealso cref="NewPacsbinProjectCommand"/>
[Cmdlet(VerbsData.Export, "PacsbinKey", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportPacsbinKeyCommand : ProjectCmdlet
{
    /// <summary>The project's folder. No character in it is a wildcard.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Project { get; set; } = "";

    /// <summary>The file to write. No character in it is a wildcard.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>At least 12 characters, which Import-PacsbinKey asks for.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    public SecureString Passphrase { get; set; } = null!;

    /// <summary>The project's key, if it is neither in the environment variable PACSBIN_KEY nor stored in the folder.</summary>
    [Parameter]
    public SecureString? Key { get; set; }

    /// <summary>Replaces a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        var folder = Resolve(Project);
        var path = Resolve(Path);
        using var project = Attempt(Project, () => Projects.Project.Open(folder, KeyOf(Key)));
        if (ShouldProcess(path, $"Export the key of {folder}"))
        {
            Attempt(Path, () => SecretKey.Use(Passphrase, text => Export(project, path, text)));
            WriteVerbose($"Exported the key with fingerprint {project.Settings.KeyFingerprint}.");
            WriteObject(new FileInfo(path));
        }
    }

    private bool Export(Project project, string path, ReadOnlySpan<char> passphrase)
    {
        ExportedKey.Write(project, path, passphrase, Force);
        return true;
    }
}
