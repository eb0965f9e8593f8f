using System.Globalization;
using Pacsbin.Dicom;
using Pacsbin.Studies;

namespace Pacsbin.Projects;

/// <summary>Collects what a crosswalk keeps of one study of a run. Safe for use by several threads.</summary>
/// <param name="original">Study Instance UID; empty for an object that belongs to no study.</param>
/// <param name="replacement">The new one.</param>
internal sealed class CrosswalkStudy(string original, string replacement)
{
    /// <summary>The table of studies, and the kind of their rows.</summary>
    public const string Kind = "study";

    private readonly Dictionary<PatientKey, Part> parts = [];
    private readonly HashSet<string> files = new(StringComparer.Ordinal);
    private readonly RepeatedText name = new(Tags.PatientName);
    private readonly RepeatedText birthDate = new(Tags.PatientBirthDate);
    private readonly RepeatedText accessionNumber = new(Tags.AccessionNumber);
    private readonly RepeatedText series = new(Tags.SeriesInstanceUid);

    /// <summary>The key of the row of one patient's part of a study.</summary>
    public static byte[] KeyOf(CrosswalkCipher cipher, string original, string replacement, PatientKey patient) =>
        cipher.IndexOf(Kind, original, replacement, patient.Issuer, patient.Id);

    /// <summary>Whether a file of the workspace was added.</summary>
    public bool Covers(string fileName) => files.Contains(fileName);

    /// <summary>Adds an instance.</summary>
    /// <param name="patient">Its patient.</param>
    /// <param name="shift">The days that the patient's dates move.</param>
    /// <param name="source">The instance as the hospital has it.</param>
    /// <param name="instance">Its SOP Instance UID, and the new one.</param>
    /// <param name="newSeries">The new Series Instance UID.</param>
    /// <param name="fileName">Its file in the workspace.</param>
    /// <param name="alias">What a script calls the patient; null if the copy has the crosswalk's pseudonym, or nothing.</param>
    public void Add(PatientKey patient, int shift, DicomDataset source, (string Original, string Replacement) instance, string newSeries, string fileName, string? alias = null)
    {
        lock (files)
        {
            if (!parts.TryGetValue(patient, out var part))
            {
                parts[patient] = part = new Part(shift);
            }

            part.Details = part.Details.With(new CrosswalkDetails(name.Of(source), birthDate.Of(source), accessionNumber.Of(source)));
            part.Instances.Add((series.Of(source) ?? "", newSeries, instance.Original, instance.Replacement));
            files.Add(fileName);
            if (alias is not null)
            {
                part.Aliases.Add(alias);
            }
        }
    }

    /// <summary>Adds the rows that are not there yet. Only inside a transaction.</summary>
    public bool Write(CrosswalkDatabase database, CrosswalkCipher cipher)
    {
        foreach (var (patient, part) in parts)
        {
            var key = KeyOf(cipher, original, replacement, patient);
            WriteStudy(database, cipher, key, patient, part);
            foreach (var alias in part.Aliases)
            {
                CrosswalkAlias.Write(database, cipher, CrosswalkPatient.KeyOf(cipher, patient), alias);
            }

            var parent = Convert.ToHexString(key);
            foreach (var group in part.Instances.GroupBy(i => (i.Series, i.NewSeries)))
            {
                var seriesKey = CrosswalkUid.Write(database, cipher, CrosswalkUid.Series, parent, group.Key.Series, group.Key.NewSeries);
                var seriesParent = Convert.ToHexString(seriesKey);
                foreach (var (_, _, instance, newInstance) in group)
                {
                    CrosswalkUid.Write(database, cipher, CrosswalkUid.Instance, seriesParent, instance, newInstance);
                }
            }
        }

        return true;
    }

    /// <summary>Reads a row.</summary>
    /// <exception cref="PacsbinException">MalformedElement if the row is not what was encrypted.</exception>
    public static CrosswalkStudyRow Read(CrosswalkCipher cipher, byte[] key, byte[] content) =>
        cipher.Decrypt(Kind, key, content, 6) is [{ } original, { } replacement, { } shift, var name, var birthDate, var accession]
            ? new CrosswalkStudyRow(original, replacement, int.Parse(shift, CultureInfo.InvariantCulture), new CrosswalkDetails(name, birthDate, accession))
            : throw CrosswalkDatabase.Damaged();

    private void WriteStudy(CrosswalkDatabase database, CrosswalkCipher cipher, byte[] key, PatientKey patient, Part part)
    {
        var details = part.Details;
        if (database.Query("SELECT content FROM study WHERE key = $0", key) is [[var known]])
        {
            var before = Read(cipher, key, known).Details;
            details = before.With(details);
            if (details == before)
            {
                return;
            }
        }

        var content = cipher.Encrypt(
            Kind, key, original, replacement, part.Shift.ToString(CultureInfo.InvariantCulture), details.PatientName, details.PatientBirthDate, details.AccessionNumber);
        database.Execute(
            "INSERT INTO study (key, replacement, patient, content) VALUES ($0, $1, $2, $3) ON CONFLICT (key) DO UPDATE SET content = $3",
            key, CrosswalkUid.IndexOf(cipher, replacement), CrosswalkPatient.KeyOf(cipher, patient), content);
    }

    /// <summary>The instances of one of the study's patients.</summary>
    private sealed class Part(int shift)
    {
        public int Shift { get; } = shift;

        public CrosswalkDetails Details { get; set; } = new(null, null, null);

        public HashSet<string> Aliases { get; } = new(StringComparer.Ordinal);

        public List<(string Series, string NewSeries, string Instance, string NewInstance)> Instances { get; } = [];
    }
}

/// <summary>A study of one patient as a crosswalk keeps it.</summary>
internal sealed record CrosswalkStudyRow(string Original, string Replacement, int DateShiftDays, CrosswalkDetails Details)
{
    public override string ToString() => nameof(CrosswalkStudyRow);
}

/// <summary>What the files of a study say of its patient and its order.</summary>
internal sealed record CrosswalkDetails(string? PatientName, string? PatientBirthDate, string? AccessionNumber)
{
    /// <summary>Both together. Where files differ the first in the order of characters is kept: what is kept must not depend on the order of files or runs.</summary>
    public CrosswalkDetails With(CrosswalkDetails other) => new(
        First(PatientName, other.PatientName), First(PatientBirthDate, other.PatientBirthDate), First(AccessionNumber, other.AccessionNumber));

    public override string ToString() => nameof(CrosswalkDetails);

    private static string? First(string? one, string? other) =>
        one is null || (other is not null && string.CompareOrdinal(other, one) < 0) ? other : one;
}
