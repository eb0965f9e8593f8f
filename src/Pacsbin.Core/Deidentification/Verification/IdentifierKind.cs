namespace Pacsbin.Deidentification.Verification;

/// <summary>What an identifier of the source says.</summary>
public enum IdentifierKind
{
    /// <summary>A name that the patient or a relative goes by, or the Patient ID of the study.</summary>
    Patient,

    /// <summary>The name of a person: physicians, operators, relatives.</summary>
    PersonName,

    /// <summary>A number or code of a patient, an admission, or a request.</summary>
    Id,

    /// <summary>A number or code of an examination within its department.</summary>
    Examination,

    /// <summary>A birth date, or a date of the study.</summary>
    Date,

    Address,

    Telephone,

    Institution,

    /// <summary>What names one device: station name, serial number, AE title.</summary>
    Device,

    Uid,

    /// <summary>The value of an attribute that the profile removes or replaces, at the same attribute.</summary>
    ProtectedAttribute,

    /// <summary>A private attribute that the profile does not keep.</summary>
    PrivateAttribute,

    /// <summary>An attribute that the data dictionary does not know, or a part of the file that must be empty.</summary>
    UnknownAttribute,
}

/// <summary>An identifier of the source that a copy still holds. It has no value.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Tag">The attribute of the copy; null for what is outside of the data set, such as a file's name.</param>
public readonly record struct Leak(IdentifierKind Kind, Dicom.Tag? Tag);
