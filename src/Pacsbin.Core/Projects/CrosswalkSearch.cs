namespace Pacsbin.Projects;

/// <summary>Finds originals. Only inside a read of the database.</summary>
/// <remarks>The columns that rows are found by are not encrypted with the rows: what is found is compared with what was asked, lest somebody who swaps them makes this name the wrong person.</remarks>
internal sealed class CrosswalkSearch(CrosswalkDatabase database, CrosswalkCipher cipher)
{
    /// <summary>The originals of a pseudonym, of a name that a script gave, or of a new UID.</summary>
    public List<ResolvedIdentity> Find(string asked)
    {
        var patients = database.Query("SELECT key, content FROM patient WHERE pseudonym = $0", CrosswalkPatient.PseudonymOf(cipher, asked));
        if (patients is [[var key, var content]])
        {
            var patient = CrosswalkPatient.Read(cipher, key, content);
            Require(patient.Pseudonym.Id == asked);
            return OfPatient(key, patient);
        }

        var index = CrosswalkUid.IndexOf(cipher, asked);
        List<ResolvedIdentity> found =
        [
            .. CrosswalkAlias.PatientsOf(database, cipher, asked).SelectMany(k => OfPatient(k, Patient(k))),
            .. database.Query("SELECT key FROM study WHERE replacement = $0", index).Select(row => OfStudy(row[0], asked)),
            .. Rows(CrosswalkUid.Series, asked).Select(OfSeries),
            .. Rows(CrosswalkUid.Instance, asked).Select(OfInstance),
        ];
        return InOrder(found);
    }

    /// <summary>Every row as text.</summary>
    public List<string> Dump()
    {
        var rows = database.Query("SELECT key, content FROM patient").Select(r => CrosswalkPatient.Read(cipher, r[0], r[1]))
            .Select(p => $"patient {p.Patient.Issuer}|{p.Patient.Id}|{p.Pseudonym.Id}|{p.Pseudonym.DateShiftDays}")
            .Concat(database.Query("SELECT key, patient, content FROM study").Select(r => (r, Study: CrosswalkStudy.Read(cipher, r[0], r[2])))
                .Select(s => $"study {Convert.ToHexString(s.r[0])}|{Convert.ToHexString(s.r[1])}|{s.Study.Original}|{s.Study.Replacement}|{s.Study.DateShiftDays}"
                    + $"|{s.Study.Details.PatientName}|{s.Study.Details.PatientBirthDate}|{s.Study.Details.AccessionNumber}"))
            .Concat(new[] { CrosswalkUid.Series, CrosswalkUid.Instance }.SelectMany(kind => All(kind)
                .Select(r => (r, Uid: CrosswalkUid.Read(cipher, kind, r[0], r[1])))
                .Select(u => $"{kind} {Convert.ToHexString(u.r[0])}|{u.Uid.Parent}|{u.Uid.Original}|{u.Uid.Replacement}")));
        return [.. rows.Order(StringComparer.Ordinal)];
    }

    private List<byte[][]> All(string kind) =>
        database.Query(kind == CrosswalkUid.Series ? "SELECT key, content FROM series" : "SELECT key, content FROM instance");

    private List<CrosswalkUid> Rows(string kind, string asked)
    {
        var rows = database.Query(
            kind == CrosswalkUid.Series ? "SELECT key, content FROM series WHERE replacement = $0" : "SELECT key, content FROM instance WHERE replacement = $0",
            CrosswalkUid.IndexOf(cipher, asked)).ConvertAll(row => CrosswalkUid.Read(cipher, kind, row[0], row[1]));
        Require(rows.TrueForAll(r => r.Replacement == asked));
        return rows;
    }

    private CrosswalkPatient Patient(byte[] key) => CrosswalkPatient.Read(cipher, key, Single(database.Query("SELECT content FROM patient WHERE key = $0", key))[0]);

    private List<ResolvedIdentity> OfPatient(byte[] key, CrosswalkPatient patient)
    {
        var studies = database.Query("SELECT key, content FROM study WHERE patient = $0", key)
            .ConvertAll(row => Identity(patient, Study(row[0], row[1], patient)));
        return studies.Count > 0 ? InOrder(studies) : [Identity(patient, null)];
    }

    /// <param name="key">Of the study's row.</param>
    /// <param name="asked">The new Study Instance UID that it was found by; null if it was found by its key.</param>
    private ResolvedIdentity OfStudy(byte[] key, string? asked = null)
    {
        var row = Single(database.Query("SELECT patient, content FROM study WHERE key = $0", key));
        var patient = Patient(row[0]);
        var study = Study(key, row[1], patient);
        Require(asked is null || study.Replacement == asked);
        return Identity(patient, study);
    }

    /// <summary>Reads a study's row, whose key says whose it is: the column that names the patient may have been changed.</summary>
    private CrosswalkStudyRow Study(byte[] key, byte[] content, CrosswalkPatient patient)
    {
        var study = CrosswalkStudy.Read(cipher, key, content);
        Require(CrosswalkStudy.KeyOf(cipher, study.Original, study.Replacement, patient.Patient).AsSpan().SequenceEqual(key));
        return study;
    }

    private ResolvedIdentity OfSeries(CrosswalkUid series) => OfStudy(Convert.FromHexString(series.Parent)) with { SeriesInstanceUid = series.Original };

    private ResolvedIdentity OfInstance(CrosswalkUid instance)
    {
        var key = Convert.FromHexString(instance.Parent);
        var series = CrosswalkUid.Read(cipher, CrosswalkUid.Series, key, Single(database.Query("SELECT content FROM series WHERE key = $0", key))[0]);
        return OfSeries(series) with { SopInstanceUid = instance.Original };
    }

    private static ResolvedIdentity Identity(CrosswalkPatient patient, CrosswalkStudyRow? study)
    {
        var hasId = study is null || !patient.Patient.StandsFor(study.Original);
        return new ResolvedIdentity
        {
            Pseudonym = patient.Pseudonym.Id,
            PatientId = hasId ? patient.Patient.Id : null,
            IssuerOfPatientId = hasId && patient.Patient.Issuer.Length > 0 ? patient.Patient.Issuer : null,
            PatientName = study?.Details.PatientName,
            PatientBirthDate = study?.Details.PatientBirthDate,
            AccessionNumber = study?.Details.AccessionNumber,
            StudyInstanceUid = study?.Original is { Length: > 0 } uid ? uid : null,
            DateShiftDays = study?.DateShiftDays ?? patient.Pseudonym.DateShiftDays,
        };
    }

    private static List<ResolvedIdentity> InOrder(List<ResolvedIdentity> found) =>
        [.. found.OrderBy(i => i.StudyInstanceUid, StringComparer.Ordinal).ThenBy(i => i.Pseudonym, StringComparer.Ordinal).ThenBy(i => i.SeriesInstanceUid, StringComparer.Ordinal)];

    private static void Require(bool isAsWritten)
    {
        if (!isAsWritten)
        {
            throw CrosswalkDatabase.Damaged();
        }
    }

    private static byte[][] Single(List<byte[][]> rows) => rows is [var row] ? row : throw CrosswalkDatabase.Damaged();
}
