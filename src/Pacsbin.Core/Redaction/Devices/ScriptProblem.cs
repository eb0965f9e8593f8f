namespace Pacsbin.Redaction.Devices;

/// <summary>Says what of a script is read and yet looks wrong.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">In characters from 1.</param>
/// <param name="Message">A sentence; it names keywords of the script, never an attribute's value.</param>
public sealed record ScriptProblem(int Line, int Column, string Message)
{
    public override string ToString() => FormattableString.Invariant($"Line {Line}, column {Column}: {Message}");
}
