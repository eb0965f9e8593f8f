namespace Pacsbin.Deidentification.Scripts;

/// <summary>Says where an attribute stands.</summary>
public enum ScriptAuditPlace
{
    /// <summary>In the data set itself.</summary>
    Root,

    /// <summary>In an item of a sequence, at any depth.</summary>
    Nested,
}

/// <summary>Compares a script with the standard at one attribute.</summary>
public enum ScriptVerdict
{
    /// <summary>The script does more than the standard asks for.</summary>
    Stronger,

    /// <summary>The script does what the standard asks for.</summary>
    Same,

    /// <summary>The script has a rule or an option that does not surely do as much.</summary>
    Weaker,

    /// <summary>The script does nothing: the value passes.</summary>
    Missing,
}

/// <summary>Holds what a script and the standard do with one attribute of PS3.15 Table E.1-1 at one place.</summary>
/// <param name="Tag"><c>(gggg,eeee)</c>, with x for any digit, or PRIVATE.</param>
/// <param name="Keyword">The keyword of PS3.6.</param>
/// <param name="Name">The name of PS3.6.</param>
/// <param name="Place">Where the attribute stands.</param>
/// <param name="StandardAction">The code of Table E.1-1 under the profile, such as X/Z/D; C for a date that moves.</param>
/// <param name="ScriptAction">What the script does; of several branches, the weakest.</param>
/// <param name="Verdict">Which of the two is stronger.</param>
/// <param name="Rule">The rule's text; null where no rule decides.</param>
/// <param name="Line">The rule's line, from 1; null where no rule decides.</param>
/// <param name="Path">The script's file; empty for a script without one.</param>
public sealed record ScriptAuditRow(
    string Tag, string Keyword, string Name, ScriptAuditPlace Place, string StandardAction, ScriptAction ScriptAction, ScriptVerdict Verdict, string? Rule, int? Line, string Path)
{
    public override string ToString() => $"{Tag} {Place}: {Verdict}";
}

/// <summary>Counts the rows of an audit at one place.</summary>
/// <param name="Place">Where the attributes stand.</param>
/// <param name="Rows">All.</param>
/// <param name="Same">Rows of that verdict.</param>
/// <param name="Stronger">Rows of that verdict.</param>
/// <param name="Weaker">Rows of that verdict.</param>
/// <param name="Missing">Rows of that verdict.</param>
/// <param name="UnwalkedSequences">How many sequences of the dictionary stay with items that no rule is applied to; all private ones count as one.</param>
/// <param name="Path">The script's file; empty for a script without one.</param>
public sealed record ScriptAuditSummary(ScriptAuditPlace Place, int Rows, int Same, int Stronger, int Weaker, int Missing, int UnwalkedSequences, string Path);
