using System.Text;

namespace Pacsbin.Projects;

/// <summary>What a patient becomes in a study.</summary>
/// <param name="Id">The pseudonym, in Patient ID and Patient's Name.</param>
/// <param name="DateShiftDays">The days that the patient's dates move.</param>
public sealed record PatientPseudonym(string Id, int DateShiftDays)
{
    internal byte[] Bytes { get; } = Encoding.ASCII.GetBytes(Id);

    public bool Equals(PatientPseudonym? other) => other is not null && Id == other.Id && DateShiftDays == other.DateShiftDays;

    public override int GetHashCode() => HashCode.Combine(Id, DateShiftDays);

    /// <summary>The pseudonym; never the days, which would give the dates away.</summary>
    public override string ToString() => Id;
}
