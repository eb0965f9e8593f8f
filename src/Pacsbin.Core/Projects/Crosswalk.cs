using System.Collections.Concurrent;
using System.Security.Cryptography;
using Pacsbin.Studies;

namespace Pacsbin.Projects;

/// <summary>A project's reference table from originals to pseudonyms and new UIDs, encrypted; it decides what a patient becomes.</summary>
/// <remarks>Safe for use by several threads, and by several processes: of one machine if it is a file, of several if it is in a <see cref="CrosswalkServer"/>.</remarks>
public sealed class Crosswalk : IDisposable
{
    /// <summary>How many pseudonyms of a patient's series are tried; that even two are taken does not happen but in tests.</summary>
    private const int MaximumAttempts = 1000;

    /// <summary>The most patients that are written in one transaction, for which other processes wait.</summary>
    private const int GroupSize = 500;

    private readonly CrosswalkDatabase database;
    private readonly CrosswalkCipher cipher;
    private readonly Pseudonymizer pseudonymizer;
    private readonly AuditLog audit;
    private readonly ConcurrentDictionary<PatientKey, PatientPseudonym> known = new();
    private readonly ConcurrentDictionary<string, bool> haveOtherIssuer = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> arePseudonyms = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Type, string Value), long> numbers = new();
    private readonly Lazy<HashSet<string>> mixedCase;

    private Crosswalk(string projectId, CrosswalkDatabase database, CrosswalkCipher cipher, Pseudonymizer pseudonymizer, AuditLog audit)
    {
        ProjectId = projectId;
        this.database = database;
        this.cipher = cipher;
        this.pseudonymizer = pseudonymizer;
        this.audit = audit;
        mixedCase = new Lazy<HashSet<string>>(() => AllPatients().Select(p => p.Pseudonym.Id).Where(p => p.Any(char.IsAsciiLetterLower)).ToHashSet(StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>The id of the project.</summary>
    internal string ProjectId { get; }

    /// <summary>Makes the crosswalk of a new project. One that an interrupted creation has left, or whose project.json was lost, stays if the key is its own.</summary>
    /// <exception cref="PacsbinException">KeyMismatch if there is one that was used with another key; MalformedElement if there is a damaged one or one of another version; ManifestConflict, FileIo, FileAccessDenied.</exception>
    internal static void Make(Project project)
    {
        using var database = CrosswalkDatabase.Open(project, isNew: true);
        using var cipher = CrosswalkCipher.Of(project);
        var own = OwnKey(cipher);
        database.Write(() =>
        {
            if (StoredKey(database).SequenceEqual(own))
            {
                return false;
            }

            if (database.Query("SELECT key FROM patient LIMIT 1").Count > 0 || File.Exists(Path.Join(project.Folder, AuditLog.FileName)))
            {
                throw OtherKey();
            }

            database.Execute("DELETE FROM meta");
            database.Execute("INSERT INTO meta (name, value) VALUES ('key', $0)", own);
            new AuditHead(database, cipher).Put(AuditEnd.OfNone);
            return true;
        });
    }

    /// <summary>Opens the crosswalk of a project.</summary>
    /// <exception cref="PacsbinException">FileNotFound if it is missing: a new one would give patients second pseudonyms. KeyMismatch if it was made with another key; MalformedElement if it is damaged or of another version;
    /// ManifestConflict, FileIo, FileAccessDenied.</exception>
    public static Crosswalk Open(Project project)
    {
        ArgumentNullException.ThrowIfNull(project);
        return Open(project, new Pseudonymizer(project.Key));
    }

    /// <summary>Opens the crosswalk of a project with another source of pseudonyms, which it disposes.</summary>
    internal static Crosswalk Open(Project project, Pseudonymizer pseudonymizer)
    {
        CrosswalkDatabase? database = null;
        CrosswalkCipher? cipher = null;
        AuditLog? audit = null;
        var auditKey = project.Derive("audit log");
        try
        {
            database = CrosswalkDatabase.Open(project);
            cipher = CrosswalkCipher.Of(project);
            audit = new AuditLog(project.Folder, auditKey, new AuditHead(database, cipher));
            var crosswalk = new Crosswalk(project.Settings.Id, database, cipher, pseudonymizer, audit);
            crosswalk.RequireKey();
            return crosswalk;
        }
        catch
        {
            audit?.Dispose();
            database?.Dispose();
            cipher?.Dispose();
            pseudonymizer.Dispose();
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(auditKey);
        }
    }

    /// <summary>What a patient becomes: what is stored, or what is decided and stored now, once for all processes.</summary>
    /// <exception cref="PacsbinException">MalformedElement if the crosswalk is damaged; ManifestConflict, FileIo, FileAccessDenied; LimitExceeded if all pseudonyms are taken.</exception>
    public PatientPseudonym PseudonymOf(PatientKey patient)
    {
        if (!known.TryGetValue(patient, out var pseudonym))
        {
            Register([patient]);
            pseudonym = known[patient];
        }

        return pseudonym;
    }

    /// <summary>Decides what patients become, in their order.</summary>
    /// <inheritdoc cref="PseudonymOf"/>
    internal void Register(IEnumerable<PatientKey> patients, CancellationToken cancellationToken = default)
    {
        foreach (var group in patients.Where(p => !known.ContainsKey(p)).Distinct().Chunk(GroupSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var found = database.Read(() => group.Select(p => (Patient: p, Pseudonym: Find(p))).ToList());
            if (found.Exists(f => f.Pseudonym is null))
            {
                found = database.Write(() => group.Select(p => (Patient: p, Pseudonym: Find(p)))
                    .Select(f => f with { Pseudonym = f.Pseudonym ?? Decide(f.Patient) }).ToList());
            }

            foreach (var (patient, pseudonym) in found)
            {
                known.TryAdd(patient, pseudonym!);
            }
        }
    }

    /// <summary>Whether the crosswalk knows the Patient ID of a patient with another issuer too, or without one: another patient (PS3.3 C.2.2). The first answer stays.</summary>
    internal bool HasOtherIssuer(PatientKey patient) => haveOtherIssuer.GetOrAdd(patient.Id, _ => database.Read(() =>
    {
        var rows = database.Query("SELECT key, content FROM patient WHERE id = $0", CrosswalkPatient.IdOf(cipher, patient));
        return rows.TrueForAll(r => CrosswalkPatient.Read(cipher, r[0], r[1]).Patient.Id == patient.Id) ? rows.Count > 1 : throw CrosswalkDatabase.Damaged();
    }));

    /// <summary>Whether the Patient ID of a patient is, but for case, a pseudonym that the crosswalk has given. The first answer stays.</summary>
    /// <remarks>The index finds those in capitals, as the key makes them; others were imported, and are looked for once.</remarks>
    internal bool HasPseudonymAsId(PatientKey patient) => arePseudonyms.GetOrAdd(patient.Id, id => mixedCase.Value.Contains(id) || database.Read(() =>
        database.Query("SELECT key FROM patient WHERE pseudonym = $0", CrosswalkPatient.PseudonymOf(cipher, id.ToUpperInvariant())).Count > 0));

    /// <summary>The number that a script counts for a value of a type, from 1; stored at once, for all processes.</summary>
    /// <exception cref="PacsbinException">MalformedElement if the crosswalk is damaged; ManifestConflict, FileIo, FileAccessDenied.</exception>
    internal long NumberOf(string type, string value) =>
        numbers.GetOrAdd((type, value), key => database.Write(() => CrosswalkCounter.NumberOf(database, cipher, key.Type, key.Value)));

    /// <summary>Stores what became of a study; returns when it is on the disk.</summary>
    /// <exception cref="PacsbinException">MalformedElement if the crosswalk is damaged; ManifestConflict, FileIo, FileAccessDenied.</exception>
    internal void Record(CrosswalkStudy study) => database.Write(() => study.Write(database, cipher));

    /// <summary>The originals of a pseudonym or a new UID, each study of a patient by itself; none if there are none. Written into the audit log before it returns.</summary>
    /// <param name="asked">A pseudonym, what a script has called a patient, or a new Study, Series or SOP Instance UID.</param>
    /// <param name="reason">Why somebody must know.</param>
    /// <exception cref="PacsbinException">If the log cannot be written nothing is given: FileIo, FileAccessDenied, ManifestConflict; MalformedElement if the crosswalk is damaged.</exception>
    public IReadOnlyList<ResolvedIdentity> Resolve(string asked, string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(asked);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        asked = asked.Trim();
        var found = database.Read(() => new CrosswalkSearch(database, cipher).Find(asked));

        // What finds nothing may be an original, given by mistake: a log that anybody may read must not have it.
        audit.Append(new AuditEntry("Resolve", found.Count > 0 ? asked : null, found.Count > 0 ? null : Convert.ToHexStringLower(cipher.IndexOf("asked", asked)), found.Count, reason.Trim()));
        return found;
    }

    /// <summary>The originals of a new Study Instance UID, for a search that tells nobody what it looks for; not in the audit log.</summary>
    internal IReadOnlyList<ResolvedIdentity> OriginalsOf(string newStudyUid) => database.Read(() => new CrosswalkSearch(database, cipher).Find(newStudyUid));

    /// <summary>Adds patients that somebody has given pseudonyms: all of them or, if one contradicts what is there, none.</summary>
    /// <returns>How many were added, and how many were there already.</returns>
    /// <exception cref="PacsbinException">MalformedElement naming the line of a patient that has another pseudonym or date shift already, or of a pseudonym that another patient has.</exception>
    public CrosswalkImport Import(IReadOnlyList<ImportedPatient> patients)
    {
        ArgumentNullException.ThrowIfNull(patients);
        return database.Write(() => new CrosswalkImporter(database, cipher, pseudonymizer).Import(patients));
    }

    /// <summary>Writes all patients in clear into a CSV file, readable by its owner only, after the audit log.</summary>
    /// <param name="path">The file's full path.</param>
    /// <param name="reason">Why the file is needed.</param>
    /// <param name="replace">Whether a file that is there gives way.</param>
    /// <returns>The number of patients.</returns>
    /// <exception cref="PacsbinException">DestinationExists; FileIo, FileAccessDenied, ManifestConflict; MalformedElement if the crosswalk is damaged.</exception>
    public int Export(string path, string reason, bool replace = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        if (!replace && Path.Exists(path))
        {
            throw new PacsbinException(PacsbinError.DestinationExists, "The file is there already.");
        }

        var patients = AllPatients();
        audit.Append(new AuditEntry("Export", null, null, patients.Count, reason.Trim()));
        var content = PatientCsv.Write(patients);
        try
        {
            WholeFile.Write(path, content, ownerOnly: true, replace);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }

        return patients.Count;
    }

    /// <summary>Verifies the audit log.</summary>
    /// <exception cref="PacsbinException">FileIo, FileAccessDenied, ManifestConflict; MalformedElement if the crosswalk is damaged.</exception>
    public AuditLogState CheckAuditLog() => audit.Check();

    public void Dispose()
    {
        audit.Dispose();
        database.Dispose();
        cipher.Dispose();
        pseudonymizer.Dispose();
    }

    /// <summary>All patients, in the order of issuers and ids.</summary>
    internal List<CrosswalkPatient> AllPatients() => database.Read(() =>
        database.Query("SELECT key, content FROM patient").ConvertAll(row => CrosswalkPatient.Read(cipher, row[0], row[1])))
        .OrderBy(p => p.Patient.Issuer, StringComparer.Ordinal).ThenBy(p => p.Patient.Id, StringComparer.Ordinal).ToList();

    /// <summary>Everything as text, in an order of its own, for tests that compare two crosswalks.</summary>
    internal List<string> Dump() => database.Read(() => new CrosswalkSearch(database, cipher).Dump());

    private PatientPseudonym? Find(PatientKey patient)
    {
        var key = CrosswalkPatient.KeyOf(cipher, patient);
        if (database.Query("SELECT content FROM patient WHERE key = $0", key) is not [[var content]])
        {
            return null;
        }

        var found = CrosswalkPatient.Read(cipher, key, content);
        return found.Patient == patient ? found.Pseudonym : throw CrosswalkDatabase.Damaged();
    }

    private PatientPseudonym Decide(PatientKey patient)
    {
        for (var attempt = 0; attempt < MaximumAttempts; attempt++)
        {
            var pseudonym = pseudonymizer.PatientPseudonym(patient, attempt);
            if (database.Query("SELECT key FROM patient WHERE pseudonym = $0", CrosswalkPatient.PseudonymOf(cipher, pseudonym)).Count == 0)
            {
                var decided = new PatientPseudonym(pseudonym, pseudonymizer.DateShiftDays(patient));
                new CrosswalkPatient(patient, decided).Insert(database, cipher);
                return decided;
            }
        }

        throw new PacsbinException(PacsbinError.LimitExceeded, "All pseudonyms that a patient could get are taken.");
    }

    /// <summary>A crosswalk that was copied here from another project has nothing that this key can read.</summary>
    private void RequireKey()
    {
        var stored = database.Read(() => StoredKey(database));
        if (stored.Length == 0)
        {
            throw CrosswalkDatabase.Damaged();
        }

        if (!stored.SequenceEqual(OwnKey(cipher)))
        {
            throw OtherKey();
        }
    }

    private static byte[] OwnKey(CrosswalkCipher cipher) => cipher.IndexOf("key");

    private static byte[] StoredKey(CrosswalkDatabase database) => database.Query("SELECT value FROM meta WHERE name = 'key'") is [[var stored]] ? stored : [];

    private static PacsbinException OtherKey() => new(PacsbinError.KeyMismatch, $"The key is not the one that {CrosswalkDatabase.FileName} was made with.");
}
