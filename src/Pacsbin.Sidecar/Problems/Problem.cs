using System.Text.Json.Serialization;
using Pacsbin.Dicom;

namespace Pacsbin.Sidecar.Problems;

/// <summary>What went wrong, as application/problem+json (RFC 9457).</summary>
/// <param name="Type">urn:pacsbin: and the error's name; about:blank for what HTTP itself says.</param>
/// <param name="Title">The error's name, or HTTP's.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">A sentence; never an attribute's value.</param>
public sealed record Problem(string Type, string Title, int Status, string? Detail)
{
    /// <summary>The attribute concerned; null if none is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Tag? Tag { get; init; }

    /// <summary>The byte offset in the file; null if it is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Offset { get; init; }

    /// <summary>Each file concerned, if the request was about several; null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FileProblem>? Files { get; init; }

    /// <summary>The problem that an error of the core is.</summary>
    public static Problem Of(PacsbinException error) =>
        new($"urn:pacsbin:{error.Error}", error.Error.ToString(), ProblemStatus.Of(error.Error), error.Message) { Tag = error.Tag, Offset = error.Offset };
}

/// <summary>A file that could not be processed, and why.</summary>
/// <param name="File">Its name in the study's folder; for a source the path below what the caller named.</param>
/// <param name="Error">The error.</param>
/// <param name="Detail">A sentence; never an attribute's value.</param>
public sealed record FileProblem(string File, PacsbinError Error, string Detail);
