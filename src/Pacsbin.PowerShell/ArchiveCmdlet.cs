using System.Management.Automation;
using Pacsbin.Archives;

namespace Pacsbin.PowerShell;

/// <summary>What cmdlets share that change or show the registered archives.</summary>
public abstract class ArchiveCmdlet : PSCmdlet
{
    /// <summary>Does something with the store; an error ends the command.</summary>
    private protected T Attempt<T>(string target, Func<ArchiveStore, T> action)
    {
        try
        {
            return action(new ArchiveStore());
        }
        catch (PacsbinException e)
        {
            ThrowTerminatingError(ErrorRecords.Of(e, target));
            throw;
        }
    }

    /// <summary>The archives whose names match; a name without wildcards that is not there is an error.</summary>
    private protected IReadOnlyList<ArchiveDefinition> Find(string[]? names)
    {
        var all = Attempt("archives", s => s.Read());
        if (names is null)
        {
            return all;
        }

        var found = new List<ArchiveDefinition>();
        foreach (var name in names)
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            var matches = all.Where(a => pattern.IsMatch(a.Name) || a.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
            if (matches.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteError(ErrorRecords.Of(new PacsbinException(PacsbinError.FileNotFound, "No archive of this name is registered."), name));
            }

            found.AddRange(matches.Where(m => !found.Contains(m)));
        }

        return found;
    }
}
