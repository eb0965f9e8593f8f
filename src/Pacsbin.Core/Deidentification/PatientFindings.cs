using Pacsbin.Dicom;
using Pacsbin.Projects;
using Pacsbin.Studies;

namespace Pacsbin.Deidentification;

/// <summary>What a person should look at because of who the patient is in a project.</summary>
internal static class PatientFindings
{
    public static IReadOnlyList<Finding> Of(Crosswalk crosswalk, DicomDataset dataset, PatientKey patient)
    {
        var hasSpaces = PatientKey.HasSpaces(dataset);
        var hasOtherIssuer = crosswalk.HasOtherIssuer(patient);
        var isPseudonym = crosswalk.HasPseudonymAsId(patient);
        return !hasSpaces && !hasOtherIssuer && !isPseudonym ? [] :
        [
            .. hasSpaces ? [new Finding(FindingKind.PatientIdSpaces, Tags.PatientId)] : Array.Empty<Finding>(),
            .. hasOtherIssuer ? [new Finding(FindingKind.PatientWithOtherIssuer, Tags.IssuerOfPatientId)] : Array.Empty<Finding>(),
            .. isPseudonym ? [new Finding(FindingKind.PatientIdIsPseudonym, Tags.PatientId)] : Array.Empty<Finding>(),
        ];
    }
}
