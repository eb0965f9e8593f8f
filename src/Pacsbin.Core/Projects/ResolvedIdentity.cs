namespace Pacsbin.Projects;

/// <summary>Who stands behind a pseudonym or a new UID. Its text says nothing of that.</summary>
public sealed record ResolvedIdentity
{
    /// <summary>What the patient became.</summary>
    public required string Pseudonym { get; init; }

    /// <summary>The original Patient ID; null if the files have none.</summary>
    public string? PatientId { get; init; }

    public string? IssuerOfPatientId { get; init; }

    /// <summary>Patient's Name, with its component delimiters; null if the files have none.</summary>
    public string? PatientName { get; init; }

    /// <summary>Patient's Birth Date as the files have it.</summary>
    public string? PatientBirthDate { get; init; }

    public string? AccessionNumber { get; init; }

    /// <summary>The original Study Instance UID; null for a patient without studies.</summary>
    public string? StudyInstanceUid { get; init; }

    /// <summary>The original Series Instance UID; null if a patient or study was asked for.</summary>
    public string? SeriesInstanceUid { get; init; }

    /// <summary>The original SOP Instance UID; null if no instance was asked for. Of a file without one, "sha256:" and the hash of its bytes.</summary>
    public string? SopInstanceUid { get; init; }

    /// <summary>The days that the patient's dates were moved.</summary>
    public required int DateShiftDays { get; init; }

    public override string ToString() => nameof(ResolvedIdentity);
}
