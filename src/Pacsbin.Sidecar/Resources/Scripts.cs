using Pacsbin.Deidentification.Scripts;
using Pacsbin.Redaction.Devices;

namespace Pacsbin.Sidecar.Resources;

/// <summary>A script that is to be compared with Table E.1-1.</summary>
/// <param name="Path">The full path of its file, below a root; null if the text is given.</param>
/// <param name="Content">Its text; null if the path is given.</param>
/// <param name="Exact">Whether to read the script as CTP does, leaks included.</param>
/// <param name="Parameters">Values of the script's parameters that take the place of its own, or that it lacks; null for none.</param>
/// <param name="Profile">Pacsbin or Basic.</param>
/// <param name="Options">The names of options that are added to the profile; null for none.</param>
/// <param name="Summary">Whether the rows are left out.</param>
public sealed record ScriptToAudit(
    string? Path = null, string? Content = null, bool Exact = false, IReadOnlyDictionary<string, string>? Parameters = null, string Profile = "Pacsbin", IReadOnlyList<string>? Options = null,
    bool Summary = false);

/// <summary>How a script compares with Table E.1-1.</summary>
/// <param name="Root">Counts for the data set itself.</param>
/// <param name="Nested">Counts for items of sequences.</param>
/// <param name="Rows">Each row of the table, for the data set and for items; null if they were not asked for.</param>
/// <param name="Problems">What looks wrong in the script.</param>
public sealed record ScriptAuditResult(ScriptAuditSummary Root, ScriptAuditSummary Nested, IReadOnlyList<ScriptAuditRow>? Rows, IReadOnlyList<ScriptProblem> Problems);

/// <summary>A script that is to be written in another form.</summary>
/// <param name="Format">CtpXml or PacsbinJson.</param>
/// <param name="Path">The full path of its file, below a root; null if the text is given.</param>
/// <param name="Content">Its text; null if the path is given.</param>
public sealed record ScriptToConvert(ScriptFormat Format, string? Path = null, string? Content = null);

/// <summary>A script in another form.</summary>
/// <param name="Format">The form.</param>
/// <param name="Content">The text.</param>
/// <param name="Problems">What looks wrong in the script.</param>
public sealed record ConvertedScript(ScriptFormat Format, string Content, IReadOnlyList<ScriptProblem> Problems);
