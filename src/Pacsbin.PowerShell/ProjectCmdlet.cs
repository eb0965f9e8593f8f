using System.Management.Automation;

namespace Pacsbin.PowerShell;

/// <summary>What cmdlets on projects share: errors and paths.</summary>
public abstract class ProjectCmdlet : PSCmdlet
{
    /// <summary>Does what may fail with a file or folder; an error ends the command.</summary>
    private protected T Attempt<T>(string target, Func<T> action, string? advice = null)
    {
        try
        {
            return action();
        }
        catch (PacsbinException e)
        {
            ThrowTerminatingError(ErrorRecords.Of(e, target, advice));
            throw;
        }
    }

    /// <summary>Ends the command because of a parameter.</summary>
    private protected void Refuse(string parameter, string reason) =>
        ThrowTerminatingError(new ErrorRecord(new PSArgumentException(reason), "InvalidArgument", ErrorCategory.InvalidArgument, parameter));

    /// <summary>The full path of a file or folder; an error ends the command.</summary>
    private protected string Resolve(string path) => Attempt(path, () => SourcePaths.Resolve(this, path));
}
