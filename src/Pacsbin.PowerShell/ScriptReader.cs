using System.Collections;
using System.Management.Automation;
using Pacsbin.Deidentification.Scripts;

namespace Pacsbin.PowerShell;

/// <summary>Reads anonymizer scripts for a cmdlet, which warns of what looks wrong in them.</summary>
/// <param name="cmdlet">The cmdlet.</param>
/// <param name="parameters">Values of the scripts' parameters, from the command line.</param>
internal sealed class ScriptReader(PSCmdlet cmdlet, Hashtable parameters)
{
    private readonly Dictionary<string, string> parameters =
        parameters.Cast<DictionaryEntry>().ToDictionary(e => Text(e.Key), e => Text(e.Value), StringComparer.Ordinal);

    /// <exception cref="PacsbinException">InvalidScript; FileNotFound, FileAccessDenied or FileIo.</exception>
    public AnonymizerScript Read(string path, bool exact)
    {
        var script = AnonymizerScript.Load(path, exact, parameters);
        foreach (var problem in script.Problems)
        {
            cmdlet.WriteWarning(ErrorRecords.Printable($"{Path.GetFileName(path)}: {problem}"));
        }

        return script;
    }

    private static string Text(object? value) => LanguagePrimitives.ConvertTo<string>(value) ?? "";
}
