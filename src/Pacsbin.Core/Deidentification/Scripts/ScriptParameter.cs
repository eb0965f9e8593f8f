namespace Pacsbin.Deidentification.Scripts;

/// <summary>Gives a text of a script a name, which rules refer to as <c>@NAME</c>.</summary>
/// <param name="Name">Case-sensitive.</param>
/// <param name="Value">As it stands, spaces included.</param>
/// <param name="Line">From 1; 0 for a value that did not come from the script.</param>
/// <param name="Column">In characters from 1; 0 for a value that did not come from the script.</param>
public sealed record ScriptParameter(string Name, string Value, int Line, int Column)
{
    public override string ToString() => Name;
}
