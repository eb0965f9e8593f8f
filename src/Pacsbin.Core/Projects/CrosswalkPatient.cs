using System.Globalization;
using Pacsbin.Studies;

namespace Pacsbin.Projects;

/// <summary>A patient of a crosswalk.</summary>
/// <param name="Patient">The original patient.</param>
/// <param name="Pseudonym">What the patient becomes.</param>
internal sealed record CrosswalkPatient(PatientKey Patient, PatientPseudonym Pseudonym)
{
    /// <summary>The table of patients, and the kind of their rows.</summary>
    public const string Kind = "patient";

    public static byte[] KeyOf(CrosswalkCipher cipher, PatientKey patient) => cipher.IndexOf(Kind, patient.Issuer, patient.Id);

    /// <summary>The index of a patient's id without its issuer.</summary>
    public static byte[] IdOf(CrosswalkCipher cipher, PatientKey patient) => cipher.IndexOf("patient id", patient.Id);

    public static byte[] PseudonymOf(CrosswalkCipher cipher, string pseudonym) => cipher.IndexOf("pseudonym", pseudonym);

    /// <exception cref="PacsbinException">MalformedElement if the row is not what was encrypted.</exception>
    public static CrosswalkPatient Read(CrosswalkCipher cipher, byte[] key, byte[] content) =>
        cipher.Decrypt(Kind, key, content, 4) is [{ } issuer, { } id, { } pseudonym, { } shift]
            ? new CrosswalkPatient(new PatientKey(issuer, id), new PatientPseudonym(pseudonym, int.Parse(shift, CultureInfo.InvariantCulture)))
            : throw CrosswalkDatabase.Damaged();

    /// <summary>Adds the row, which must not be there. Only inside a transaction.</summary>
    public void Insert(CrosswalkDatabase database, CrosswalkCipher cipher)
    {
        var key = KeyOf(cipher, Patient);
        var shift = Pseudonym.DateShiftDays.ToString(CultureInfo.InvariantCulture);
        database.Execute(
            "INSERT INTO patient (key, pseudonym, id, content) VALUES ($0, $1, $2, $3)",
            key, PseudonymOf(cipher, Pseudonym.Id), IdOf(cipher, Patient), cipher.Encrypt(Kind, key, Patient.Issuer, Patient.Id, Pseudonym.Id, shift));
    }

    public override string ToString() => nameof(CrosswalkPatient);
}
