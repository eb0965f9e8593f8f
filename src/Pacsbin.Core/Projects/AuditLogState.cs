namespace Pacsbin.Projects;

/// <summary>What can be wrong with an audit log.</summary>
public enum AuditLogProblem
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The line is not as it was written with the project's key.</summary>
    Changed,

    /// <summary>Lines before this one are missing.</summary>
    Removed,

    /// <summary>The line was written before the one that it follows.</summary>
    Reordered,

    /// <summary>This line, the next after the last that is there, was written and is missing.</summary>
    Truncated,

    /// <summary>The last line is not whole: a process was ended while it wrote it, and it gave nothing. The next look-up removes it.</summary>
    Unfinished,
}

/// <summary>What a verification of an audit log found.</summary>
/// <param name="IsIntact">Whether every line is there as it was written.</param>
/// <param name="Lines">The lines of the file.</param>
/// <param name="BrokenLine">The first line of the file, from 1, at which the chain breaks; null if none.</param>
/// <param name="Problem">Why it breaks there.</param>
public sealed record AuditLogState(bool IsIntact, long Lines, long? BrokenLine, AuditLogProblem Problem);
