using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace Pacsbin.PowerShell;

/// <summary>The files and folders that a cmdlet was given, as full paths: relative ones are meant from PowerShell's location.</summary>
internal sealed class SourcePaths(PSCmdlet cmdlet)
{
    private readonly List<string> all = [];
    private readonly HashSet<string> named = new(StringComparer.Ordinal);

    /// <summary>Full paths of the file system, in the order in which they were given.</summary>
    public IReadOnlyList<string> All => all;

    /// <summary>Whether a person named this very path, rather than a wildcard or the pipeline.</summary>
    public bool IsNamed(string path) => named.Contains(path);

    /// <summary>Forgets paths.</summary>
    public void RemoveAll(Predicate<string> isMeant) => all.RemoveAll(isMeant);

    /// <summary>Adds what a path with or without wildcards stands for; what cannot be resolved is an error of its own.</summary>
    public void AddPattern(string pattern)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(pattern))
        {
            AddLiteral(WildcardPattern.Unescape(pattern));
            return;
        }

        try
        {
            var paths = cmdlet.SessionState.Path.GetResolvedProviderPathFromPSPath(pattern, out var provider);
            RequireFileSystem(provider);
            all.AddRange(paths);
        }
        catch (Exception e) when (Explain(e) is { } known)
        {
            cmdlet.WriteError(ErrorRecords.Of(known, pattern));
        }
    }

    /// <summary>Adds a path in which no character is a wildcard. Whether it exists shows when it is read.</summary>
    public void AddLiteral(string path)
    {
        try
        {
            var full = Resolve(cmdlet, path);
            all.Add(full);
            if (!cmdlet.MyInvocation.ExpectingInput)
            {
                named.Add(full);
            }
        }
        catch (PacsbinException e)
        {
            cmdlet.WriteError(ErrorRecords.Of(e, path));
        }
    }

    /// <summary>The full path of a file or folder that need not exist.</summary>
    /// <exception cref="PacsbinException">FileNotFound if the path is in no file system.</exception>
    public static string Resolve(PSCmdlet cmdlet, string path)
    {
        try
        {
            var full = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            RequireFileSystem(provider);
            return full;
        }
        catch (Exception e) when (e is not PacsbinException && Explain(e) is { } known)
        {
            throw known;
        }
    }

    private static void RequireFileSystem(ProviderInfo provider)
    {
        if (provider.ImplementingType != typeof(FileSystemProvider))
        {
            throw new PacsbinException(PacsbinError.FileNotFound, $"Expected a file or folder, found a path of the provider {provider.Name}.");
        }
    }

    private static PacsbinException? Explain(Exception exception) => exception switch
    {
        PacsbinException own => own,
        ItemNotFoundException => new(PacsbinError.FileNotFound, "The file or folder does not exist.", innerException: exception),
        SessionStateException => new(PacsbinError.FileNotFound, "The path's drive or provider does not exist.", innerException: exception),
        WildcardPatternException => new(PacsbinError.FileNotFound, "The wildcards are not legal; with -LiteralPath no character is one.", innerException: exception),
        PSArgumentException or PSInvalidOperationException or NotSupportedException or ProviderInvocationException =>
            new(PacsbinError.FileNotFound, "PowerShell cannot resolve the path.", innerException: exception),
        _ => PacsbinException.FromIo(exception),
    };
}
