using Pacsbin.Dicom;

namespace Pacsbin.Review;

/// <summary>Kinds of <see cref="StudyProblem"/>.</summary>
public enum StudyProblemKind
{
    /// <summary>A file of the manifest is not there.</summary>
    FileMissing,

    /// <summary>A file that the manifest does not list is in the study's folder.</summary>
    FileUnlisted,

    /// <summary>A file's bytes are not those that the manifest lists.</summary>
    HashMismatch,

    /// <summary>A file cannot be read.</summary>
    Unreadable,

    /// <summary>An identifier of the source is in the copy.</summary>
    IdentifierLeft,

    /// <summary>An attribute is not as the profile leaves it.</summary>
    NotConformant,

    /// <summary>The pixels, or a document, may carry text that identifies, and no region is erased.</summary>
    BurnedInSuspected,

    /// <summary>An instance that is referred to is not in the workspace.</summary>
    ReferenceUnresolved,
}

/// <summary>Something that a test of a study found. It holds no attribute's value.</summary>
/// <param name="Kind">What.</param>
/// <param name="File">The file's name in the study's folder.</param>
/// <param name="Tag">The attribute concerned, if one is.</param>
/// <param name="Detail">More, in words that are constant for kind and attribute; null for nothing.</param>
public sealed record StudyProblem(StudyProblemKind Kind, string File, Tag? Tag = null, string? Detail = null);

/// <summary>What a test of a study found.</summary>
/// <param name="StudyInstanceUid">The study.</param>
/// <param name="Path">Its folder.</param>
/// <param name="Files">The files that were tested.</param>
/// <param name="IsSearched">Whether identifiers of a source were looked for.</param>
/// <param name="Problems">In the order of the files.</param>
public sealed record StudyTestResult(string StudyInstanceUid, string Path, int Files, bool IsSearched, IReadOnlyList<StudyProblem> Problems)
{
    /// <summary>Whether nothing is wrong. A suspicion of burned-in text and a reference to elsewhere are for a person to judge, and nothing wrong.</summary>
    public bool IsPassed => Problems.All(p => p.Kind is StudyProblemKind.BurnedInSuspected or StudyProblemKind.ReferenceUnresolved);
}
