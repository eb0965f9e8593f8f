using Pacsbin.Dicom;

namespace Pacsbin.Studies;

/// <summary>What makes two patients the same one: Patient ID within its issuer (PS3.3 C.2.2), without insignificant spaces.</summary>
public readonly record struct PatientKey(string Issuer, string Id)
{
    private const string StudyIssuer = "study";

    /// <summary>The patient of a data set; null if it has no Patient ID.</summary>
    public static PatientKey? Of(DicomDataset dataset)
    {
        var id = dataset.GetString(Tags.PatientId)?.Trim();
        return string.IsNullOrEmpty(id) ? null : new PatientKey(dataset.GetString(Tags.IssuerOfPatientId)?.Trim() ?? "", id);
    }

    /// <summary>The patient of a study in which no file has a Patient ID: the study stands for one.</summary>
    public static PatientKey OfStudy(string studyInstanceUid) => new(StudyIssuer, studyInstanceUid);

    /// <summary>Whether this is no patient that a file names, but the one that a study without Patient ID stands for, or an object without a study.</summary>
    internal bool StandsFor(string studyInstanceUid) => Issuer == StudyIssuer && (studyInstanceUid.Length == 0 || Id == studyInstanceUid);

    /// <summary>Whether Patient ID has more spaces around it than the one at its end that makes its length even (PS3.5 6.2).</summary>
    internal static bool HasSpaces(DicomDataset dataset)
    {
        if (!dataset.TryGet(Tags.PatientId, out var element))
        {
            return false;
        }

        var value = element.Value.Span;
        var id = value.Trim(" \0"u8);
        return id.Length > 0 && (value[0] != id[0] || value.Length > id.Length + (id.Length % 2));
    }

    /// <summary>Nothing: an identifier must not get into a log by way of a type's text.</summary>
    public override string ToString() => nameof(PatientKey);
}
