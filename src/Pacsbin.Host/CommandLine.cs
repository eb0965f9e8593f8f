namespace Pacsbin.Host;

/// <summary>Holds what the command line asks for: help, or a PowerShell text to run.</summary>
/// <param name="Text">The text to run; null asks for help.</param>
sealed record CommandLine(string? Text)
{
    public static string Help => Resources.Read("Help.txt");

    /// <exception cref="HostUsageException">The line names no script, or a script that does not exist.</exception>
    public static CommandLine Parse(string[] arguments)
    {
        if (arguments.Length == 0) throw new HostUsageException("no script given; --help shows the usage.");
        string first = arguments[0];
        switch (first.ToLowerInvariant())
        {
            case "--help" or "-help" or "-h" or "-?" or "/?":
                return new(Text: null);
            case "-command" or "-c":
                if (arguments.Length == 1) throw new HostUsageException("-Command needs a text to run.");
                return new(ScriptText.ForCommand(string.Join(' ', arguments[1..])));
            case "-file" or "-f":
                if (arguments.Length == 1) throw new HostUsageException("-File needs a script.");
                return Script(arguments[1], arguments[2..]);
            default:
                if (first.StartsWith('-')) throw new HostUsageException($"unknown option {first}; --help shows the usage.");
                return Script(first, arguments[1..]);
        }
    }

    static CommandLine Script(string path, string[] arguments)
    {
        string full = Path.GetFullPath(path);
        if (!full.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase)) throw new HostUsageException($"{path} is not a .ps1 script.");
        if (!File.Exists(full)) throw new HostUsageException($"{path} does not exist.");
        return new(ScriptText.ForFile(full, arguments));
    }
}
