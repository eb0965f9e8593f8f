using System.Management.Automation.Runspaces;

namespace Pacsbin.Host;

enum RunMode
{
    Help,
    File,
    Command,
}

/// <summary>Holds what the command line asks for: a script with its arguments, or a text to run.</summary>
sealed record CommandLine(RunMode Mode, string Text, IReadOnlyList<CommandParameter> Arguments)
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
                return new(RunMode.Help, "", []);
            case "-command" or "-c":
                if (arguments.Length == 1) throw new HostUsageException("-Command needs a text to run.");
                return new(RunMode.Command, string.Join(' ', arguments[1..]), []);
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
        return new(RunMode.File, full, [.. ScriptArguments(arguments)]);
    }

    /// <summary>Reads a script's arguments as <c>pwsh -File</c> does: -Name value, -Name:value, -Switch, -Switch:$false, value.</summary>
    static IEnumerable<CommandParameter> ScriptArguments(string[] arguments)
    {
        string? pending = null;
        foreach (string argument in arguments)
        {
            if (pending is not null)
            {
                yield return new(pending, argument);
                pending = null;
            }
            else if (argument.Length < 2 || argument[0] != '-' || char.IsAsciiDigit(argument[1]))
            {
                yield return new(null, argument);
            }
            else if (argument.IndexOf(':', StringComparison.Ordinal) is var colon and > 0)
            {
                // The colon stays in the name: it is what ties a value to a switch.
                string name = argument[..(colon + 1)], value = argument[(colon + 1)..];
                if (value.Length == 0) pending = name;
                else yield return new(name, value.ToLowerInvariant() switch { "$true" => true, "$false" => false, _ => value });
            }
            else
            {
                yield return new(argument);
            }
        }
        if (pending is not null) yield return new(pending);
    }
}
