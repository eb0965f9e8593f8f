namespace Pacsbin.Projects;

/// <summary>Finds originals. Only inside a read of the database.</summary>
internal sealed class CrosswalkSearch(CrosswalkDatabase database, CrosswalkCipher cipher)
{
    /// <summary>The originals of a pseudonym or a new UID.</summary>
    public List<ResolvedIdentity> Find(string asked)
    {
        var patients = database.Query("SELECT key, content FROM patient WHERE pseudonym = $0", CrosswalkPatient.PseudonymOf(cipher, asked));
        if (patients is [[var key, var content]])
        {
            return OfPatient(key, CrosswalkPatient.Read(cipher, key, content));
        }

        var index = CrosswalkUid.IndexOf(cipher, asked);
        List<ResolvedIdentity> found =
        [
            .. database.Query("SELECT key FROM study WHERE replacement = $0", index).Select(row => OfStudy(row[0])),
            .. Rows(CrosswalkUid.Series, index).Select(OfSeries),
            .. Rows(CrosswalkUid.Instance, index).Select(OfInstance),
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

    private IEnumerable<CrosswalkUid> Rows(string kind, byte[] index) =>
        database.Query(kind == CrosswalkUid.Series ? "SELECT key, content FROM series WHERE replacement = $0" : "SELECT key, content FROM instance WHERE replacement = $0", index)
            .Select(row => CrosswalkUid.Read(cipher, kind, row[0], row[1]));

    private List<ResolvedIdentity> OfPatient(byte[] key, CrosswalkPatient patient)
    {
        var studies = database.Query("SELECT key, content FROM study WHERE patient = $0", key)
            .ConvertAll(row => Identity(patient, CrosswalkStudy.Read(cipher, row[0], row[1])));
        return studies.Count > 0 ? InOrder(studies) : [Identity(patient, null)];
    }

    private ResolvedIdentity OfStudy(byte[] key)
    {
        var study = Single(database.Query("SELECT patient, content FROM study WHERE key = $0", key));
        var patient = Single(database.Query("SELECT content FROM patient WHERE key = $0", study[0]));
        return Identity(CrosswalkPatient.Read(cipher, study[0], patient[0]), CrosswalkStudy.Read(cipher, key, study[1]));
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

    private static byte[][] Single(List<byte[][]> rows) => rows is [var row] ? row : throw CrosswalkDatabase.Damaged();
}
