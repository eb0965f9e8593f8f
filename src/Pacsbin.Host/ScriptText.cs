using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace Pacsbin.Host;

/// <summary>Writes the PowerShell text that runs a script or a command and hands its exit code on.</summary>
static partial class ScriptText
{
    // `exit n` leaves n in $LASTEXITCODE and $? false, and so does a script that could not start; a failing program
    // inside the script leaves $? true, and a terminating error never gets here. The host is told, because `exit` would end
    // the formatter before it has shown the last table.
    const string PassExitOn = "; if (-not $?) { $Host.SetShouldExit($(if ($LASTEXITCODE) { $LASTEXITCODE } else { 1 })) }";

    /// <summary>Calls a script with arguments read as <c>pwsh -File</c> does: -Name value, -Name:value, -Switch, -Switch:$false, value.</summary>
    public static string ForFile(string path, IEnumerable<string> arguments) =>
        "& " + string.Join(' ', arguments.Select(Argument).Prepend(Quoted(path))) + PassExitOn;

    public static string ForCommand(string text)
    {
        string passing = text + "\nif (-not $?) { $Host.SetShouldExit(1) }";
        // A text that nothing can follow, or that is wrong, runs as it is.
        Parser.ParseInput(passing, out _, out var errors);
        return errors.Length == 0 ? passing : text;
    }

    static string Argument(string argument)
    {
        var match = ParameterName().Match(argument);
        if (!match.Success) return Quoted(argument);
        string value = argument[match.Length..];
        // Nothing else is evaluated: what stands on a command line is data.
        bool isBoolean = value.ToLowerInvariant() is "$true" or "$false";
        return match.Value + (value.Length == 0 || isBoolean ? value : Quoted(value));
    }

    static string Quoted(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";

    [GeneratedRegex(@"\A-[\p{L}_][\p{L}\p{Nd}_]*(:|\z)")]
    private static partial Regex ParameterName();
}
