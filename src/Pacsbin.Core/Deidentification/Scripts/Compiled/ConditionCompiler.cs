using System.Text.RegularExpressions;
using Pacsbin.Deidentification.Scripts.Functions;
using Pacsbin.Redaction.Devices;

namespace Pacsbin.Deidentification.Scripts.Compiled;

/// <summary>Compiles the tests of if.</summary>
internal static class ConditionCompiler
{
    /// <summary>A test of an attribute; one that is not known, or lacks what to compare with, is never true.</summary>
    /// <exception cref="ArgumentException">A regular expression cannot be used.</exception>
    internal static Func<ScriptScope, bool> Compile(string test, ElementArgument? element, string? operand)
    {
        switch (test)
        {
            case "exists":
                return scope => scope.Has(element);
            case "isblank":
                return scope => JavaText.Trim(scope.Read(element) ?? "").Length == 0;
            case "contains" when operand is not null:
                var part = JavaText.ToLower(operand);
                return scope => JavaText.ToLower(scope.Read(element) ?? "").Contains(part, StringComparison.Ordinal);
            case "equals" when operand is not null:
                var whole = JavaText.ToLower(operand);
                return scope => JavaText.ToLower(scope.Read(element) ?? "") == whole;
            case "matches" when operand is not null:
                return Matches(element, FilterMethods.Whole(JavaText.Trim(operand)));
            case "greaterthan" when operand is not null:
                var limit = Number(operand);
                return scope => Number(scope.Read(element) ?? "") > limit;
            default:
                return _ => false;
        }
    }

    private static Func<ScriptScope, bool> Matches(ElementArgument? element, Regex pattern) => scope =>
    {
        try
        {
            return pattern.IsMatch(scope.Read(element) ?? "");
        }
        catch (RegexMatchTimeoutException)
        {
            scope.Stop = new ScriptResult(ScriptEffect.Quarantine, "A regular expression takes too long.");
            return false;
        }
    };

    /// <summary>The digits of a text as a number; 0 for none, or too many.</summary>
    private static int Number(string text) => JavaText.TryParse(string.Concat(text.Where(char.IsAsciiDigit)), out int number) ? number : 0;
}
