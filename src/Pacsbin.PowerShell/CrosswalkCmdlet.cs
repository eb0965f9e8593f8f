using System.Management.Automation;
using System.Security;
using Pacsbin.Projects;

namespace Pacsbin.PowerShell;

/// <summary>What cmdlets on a project's crosswalk share.</summary>
public abstract class CrosswalkCmdlet : ProjectCmdlet, IDisposable
{
    private Project? project;
    private Crosswalk? crosswalk;

    /// <summary>The project's folder. No character in it is a wildcard.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Project { get; set; } = "";

    /// <summary>The project's key, if it is neither in the environment variable PACSBIN_KEY nor stored in the folder.</summary>
    [Parameter]
    public SecureString? Key { get; set; }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected override void BeginProcessing()
    {
        var folder = Resolve(Project);
        project = Attempt(Project, () => Projects.Project.Open(folder, KeyOf(Key)));
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            crosswalk?.Dispose();
            project?.Dispose();
        }
    }

    /// <summary>The crosswalk, opened when it is first needed.</summary>
    private protected Crosswalk OpenCrosswalk() => crosswalk ??= Attempt(Project, () => Crosswalk.Open(project!));

    /// <summary>Ends the command if there is no reason.</summary>
    private protected void RequireReason(string reason)
    {
        if (string.IsNullOrWhiteSpace(reason))
        {
            Refuse("-Reason", "-Reason says why somebody must know who the patient is; it cannot be blank.");
        }
    }
}
