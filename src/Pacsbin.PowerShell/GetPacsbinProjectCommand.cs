using System.Management.Automation;
using Pacsbin.Projects;

namespace Pacsbin.PowerShell;

/// <summary>Shows projects, and whether a key is at hand that opens them.</summary>
/// <remarks>
/// <para>Key is Fits if the project can be used as it is, Missing if there is no key (the project was made with -Key, or its folder was copied without the key file),
/// Differs if the key is that of another project, and Refused if the key file can be read by others, is a link, or holds no key. The key itself is never shown.</para>
/// <para>A key in the environment variable PACSBIN_KEY comes before the key file.</para>
/// </remarks>
/// <example>
///   <code>Get-PacsbinProject -Path ./trial</code>
///   Shows one project.
/// </example>
/// <example>
///   <code>Get-PacsbinProject -Path ./projects | Where-Object Key -ne 'Fits'</code>
///   Lists the projects in a folder that could not be used now.
/// </example>
/// <example>
///   <code>(Get-PacsbinProject -Path ./trial).AllowWord</code>
///   Lists the words that are no leak in a project.
/// </example>
/// <seealso cref="NewPacsbinProjectCommand"/>
/// <seealso cref="SetPacsbinProjectCommand"/>
[Cmdlet(VerbsCommon.Get, "PacsbinProject")]
[OutputType(typeof(PacsbinProject))]
public sealed class GetPacsbinProjectCommand : ProjectCmdlet
{
    /// <summary>A project's folder, or a folder with projects in it. No character in it is a wildcard.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [PSDefaultValue(Help = "The current location")]
    public string[] Path { get; set; } = ["."];

    protected override void ProcessRecord()
    {
        foreach (var path in Path)
        {
            try
            {
                var folder = SourcePaths.Resolve(this, path);
                var projects = ProjectSettings.IsIn(folder) ? [folder] : ProjectsIn(folder);
                foreach (var project in projects)
                {
                    Show(project);
                }
            }
            catch (PacsbinException e)
            {
                WriteError(ErrorRecords.Of(e, path));
            }
        }
    }

    private void Show(string folder)
    {
        try
        {
            WriteObject(PacsbinProject.Of(Project.Inspect(folder, id => Attempt(SecretText.EnvironmentVariable, () => SecretText.KeyOfEnvironment(id)))));
        }
        catch (PacsbinException e)
        {
            WriteError(ErrorRecords.Of(e, folder));
        }
    }

    private static List<string> ProjectsIn(string folder)
    {
        try
        {
            var projects = Directory.EnumerateDirectories(folder).Where(ProjectSettings.IsIn).Order(StringComparer.Ordinal).ToList();
            return projects.Count > 0 ? projects : throw new PacsbinException(PacsbinError.FileNotFound, "The folder is no project, and has none in it.");
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }
}
