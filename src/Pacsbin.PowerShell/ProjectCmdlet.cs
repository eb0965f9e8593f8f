using System.Management.Automation;
using System.Security;

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

    /// <summary>Makes the key of a project of a parameter's text, when the project's id is known; none of none. An error ends the command.</summary>
    private protected Func<string, byte[]?> KeyOf(SecureString? key) => id => key is null ? null : Attempt("-Key", () => SecretKey.BytesOf(key, id));

    /// <summary>Ends the command because of a parameter.</summary>
    private protected void Refuse(string parameter, string reason) =>
        ThrowTerminatingError(new ErrorRecord(new PSArgumentException(reason), "InvalidArgument", ErrorCategory.InvalidArgument, parameter));

    /// <summary>The full path of a file or folder; an error ends the command.</summary>
    private protected string Resolve(string path) => Attempt(path, () => SourcePaths.Resolve(this, path));
}
