using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Pacsbin.Archives;

namespace Pacsbin.PowerShell;

/// <summary>Completes the names of registered archives.</summary>
public sealed class ArchiveNameCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var start = WildcardPattern.Get((wordToComplete ?? "").Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        try
        {
            return [.. new ArchiveStore().Read().Select(a => a.Name).Where(start.IsMatch).Select(Completion)];
        }
        catch (PacsbinException)
        {
            return []; // completion has no place for errors; the command says it
        }
    }

    private static CompletionResult Completion(string name) =>
        new(name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.') ? name : $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'", name, CompletionResultType.ParameterValue, name);
}
