namespace Pacsbin.Projects;

/// <summary>Adds patients that somebody has given pseudonyms. Only inside a transaction, which is taken back when it throws.</summary>
internal sealed class CrosswalkImporter(CrosswalkDatabase database, CrosswalkCipher cipher, Pseudonymizer pseudonymizer)
{
    private readonly Dictionary<Studies.PatientKey, ImportedPatient> lines = [];
    private readonly Dictionary<string, ImportedPatient> pseudonyms = new(StringComparer.Ordinal);

    /// <exception cref="PacsbinException">MalformedElement naming the line of what contradicts an earlier line or the crosswalk.</exception>
    public CrosswalkImport Import(IReadOnlyList<ImportedPatient> patients)
    {
        int added = 0, known = 0;
        var all = database.Query("SELECT key, content FROM patient").ConvertAll(row => CrosswalkPatient.Read(cipher, row[0], row[1]));
        var ids = all.Select(p => p.Patient.Id).Concat(patients.Select(p => p.Patient.Id)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var given = all.Select(p => p.Pseudonym.Id).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var patient in patients)
        {
            if (IsRepeated(patient))
            {
                continue;
            }

            if (IsKnown(patient))
            {
                known++;
                continue;
            }

            if (ids.Contains(patient.Pseudonym))
            {
                throw Conflict(patient, "The pseudonym is the Patient ID of a patient of the import or of the crosswalk: it would name that person.");
            }

            if (given.Contains(patient.Patient.Id))
            {
                throw Conflict(patient, "The Patient ID is the pseudonym of another patient: copies of that patient would name this one.");
            }

            var shift = patient.DateShiftDays ?? pseudonymizer.DateShiftDays(patient.Patient);
            new CrosswalkPatient(patient.Patient, new PatientPseudonym(patient.Pseudonym, shift)).Insert(database, cipher);
            added++;
        }

        return new CrosswalkImport(added, known);
    }

    /// <summary>Whether an earlier line says the same.</summary>
    private bool IsRepeated(ImportedPatient patient)
    {
        if (lines.TryGetValue(patient.Patient, out var earlier))
        {
            return earlier.Pseudonym != patient.Pseudonym || earlier.DateShiftDays != patient.DateShiftDays
                ? throw Conflict(patient, $"The patient stands on line {earlier.Line} already, with another pseudonym or date shift.")
                : true;
        }

        if (pseudonyms.TryGetValue(patient.Pseudonym, out var other))
        {
            throw Conflict(patient, $"The pseudonym is that of another patient on line {other.Line}.");
        }

        lines.Add(patient.Patient, patient);
        pseudonyms.Add(patient.Pseudonym, patient);
        return false;
    }

    /// <summary>Whether the crosswalk says the same.</summary>
    private bool IsKnown(ImportedPatient patient)
    {
        var key = CrosswalkPatient.KeyOf(cipher, patient.Patient);
        if (database.Query("SELECT content FROM patient WHERE key = $0", key) is [[var content]])
        {
            var stored = CrosswalkPatient.Read(cipher, key, content).Pseudonym;
            return stored.Id != patient.Pseudonym
                ? throw Conflict(patient, "The patient has another pseudonym already.")
                : patient.DateShiftDays is { } days && days != stored.DateShiftDays
                    ? throw Conflict(patient, "The patient has another date shift already.")
                    : true;
        }

        return database.Query("SELECT key FROM patient WHERE pseudonym = $0", CrosswalkPatient.PseudonymOf(cipher, patient.Pseudonym)).Count > 0
            ? throw Conflict(patient, "The pseudonym is that of another patient already.")
            : false;
    }

    private static PacsbinException Conflict(ImportedPatient patient, string why) => new(PacsbinError.MalformedElement, FormattableString.Invariant($"Line {patient.Line}: {why}"));
}
