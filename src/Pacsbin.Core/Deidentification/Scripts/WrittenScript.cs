using Pacsbin.Redaction.Devices;

namespace Pacsbin.Deidentification.Scripts;

/// <summary>Reads what was written again, so that nothing goes out that means something else than the script did.</summary>
internal static class WrittenScript
{
    /// <summary>The text, if it is read as the script.</summary>
    /// <exception cref="PacsbinException">InvalidScript if the format cannot say something.</exception>
    internal static string Verified(string text, AnonymizerScript script, ScriptFormat format)
    {
        var read = AnonymizerScript.ReadContent(text, format);
        var parameter = script.Parameters.Zip(read.Parameters).Where(p => (p.First.Name, p.First.Value) != (p.Second.Name, p.Second.Value)).Select(p => p.First).FirstOrDefault();
        var rule = script.Rules.Zip(read.Rules).Where(r => !AreSame(r.First, r.Second)).Select(r => r.First).FirstOrDefault();
        var what = parameter is not null ? $"the value of the parameter {ScriptText.Printable(parameter.Name)}"
            : rule is not null ? $"the rule for {ScriptText.Printable(rule.Key.ToString())}"
            : read.Parameters.Count != script.Parameters.Count || read.Rules.Count != script.Rules.Count || read.Options != script.Options ? "the options"
            : null;
        return what is null ? text
            : throw new PacsbinException(PacsbinError.InvalidScript, $"{(format == ScriptFormat.CtpXml ? "CTP's XML" : "Pacsbin's JSON")} cannot say this: {what}.");
    }

    private static bool AreSame(ScriptRule a, ScriptRule b) =>
        a.Key.ToString() == b.Key.ToString() && a.Name == b.Name && a.IsEnabled == b.IsEnabled && a.Text == b.Text;
}
