using Pacsbin.Dicom;
using Pacsbin.Redaction;

namespace Pacsbin.Studies;

/// <summary>Where a study is on its way out of the hospital.</summary>
public enum StudyState
{
    /// <summary>Files as the hospital has them.</summary>
    Source,

    /// <summary>De-identified in a workspace, not yet reviewed.</summary>
    Deidentified,

    /// <summary>Reviewed by a person.</summary>
    Approved,

    /// <summary>Sent to an archive.</summary>
    Sent,

    /// <summary>In an archive that was asked for it; nothing of it is here.</summary>
    Remote,
}

/// <summary>The instances that share a Study Instance UID, wherever their files are.</summary>
public sealed class DicomStudy
{
    private readonly List<DicomSeries> series = [];
    private readonly List<StudyPatient> patients = [];
    private readonly List<Finding> findings = [];
    private readonly List<RedactionRegion> plannedRegions = [];

    public DicomStudy(string studyInstanceUid, string path)
    {
        StudyInstanceUid = studyInstanceUid;
        Path = path;
    }

    /// <summary>The Study Instance UID; empty for an object that belongs to no study, such as a hanging protocol.</summary>
    public string StudyInstanceUid { get; }

    /// <summary>Patient ID, of the first patient if there are several; null if no file has one.</summary>
    public string? PatientId => patients.Count > 0 ? patients[0].Key.Id : null;

    /// <summary>Patient's Name as the files have it, with its component delimiters.</summary>
    public string? PatientName => patients.Count > 0 ? patients[0].Name : null;

    /// <summary>The patients of the study's files; more than one is a finding.</summary>
    public IReadOnlyList<StudyPatient> Patients => patients;

    /// <summary>Study Date; null if it is absent or no date.</summary>
    public DateOnly? StudyDate { get; internal set; }

    public string? StudyDescription { get; internal set; }

    public string? AccessionNumber { get; internal set; }

    /// <summary>The modalities of the series, each once.</summary>
    public IReadOnlyList<string> Modality => Remote?.Modalities ?? [.. series.Select(s => s.Modality).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public IReadOnlyList<DicomSeries> Series => series;

    /// <summary>The number of instances; of a study in an archive what the archive says, or 0.</summary>
    public int InstanceCount => Remote is { } remote ? remote.InstanceCount ?? 0 : series.Sum(s => s.Instances.Count);

    /// <summary>The bytes of all files.</summary>
    public long Length => series.Sum(s => s.Length);

    /// <summary>The folder or .zip archive of the first file that was found; in a workspace the study's folder; of a study in an archive the archive's name.</summary>
    public string Path { get; internal set; }

    public StudyState State { get; internal set; }

    /// <summary>What an archive said of the study; null for a study whose files are here.</summary>
    public RemoteStudy? Remote { get; internal init; }

    /// <summary>Whether the study is a copy in a workspace, which has a <see cref="Manifest"/>.</summary>
    public bool IsInWorkspace => State is StudyState.Deidentified or StudyState.Approved or StudyState.Sent;

    /// <summary>What a person should look at.</summary>
    public IReadOnlyList<Finding> Findings => findings;

    /// <summary>What is to be erased when the study is de-identified; in the UIDs of the source. Regions that are burned in are in the <see cref="Manifest"/>.</summary>
    public IReadOnlyList<RedactionRegion> PlannedRegions => plannedRegions;

    /// <summary>How the run that made the study went; null for a study that was only found.</summary>
    public StudyOutcome? Outcome { get; internal set; }

    /// <summary>The UID; never the patient.</summary>
    public override string ToString() => $"Study {StudyInstanceUid}, {InstanceCount} instances";

    /// <summary>The instances that any of some regions is meant for.</summary>
    public IEnumerable<DicomInstance> InstancesOf(IReadOnlyList<RedactionRegion> regions) =>
        series.SelectMany(s => s.Instances.Where(i => regions.Any(r => r.AppliesTo(s.SeriesInstanceUid, i.SopInstanceUid))));

    /// <summary>Those of some regions that any instance of the study is meant for.</summary>
    public IReadOnlyList<RedactionRegion> RegionsMeant(IEnumerable<RedactionRegion> regions)
    {
        HashSet<(string?, string?)> known = InstanceCount > 0 ? [(null, null)] : [];
        foreach (var one in series)
        {
            foreach (var instance in one.Instances)
            {
                known.Add((one.SeriesInstanceUid, null));
                known.Add((null, instance.SopInstanceUid));
                known.Add((one.SeriesInstanceUid, instance.SopInstanceUid));
            }
        }

        return [.. regions.Where(r => known.Contains((r.SeriesInstanceUid, r.SopInstanceUid)))];
    }

    /// <summary>Plans to erase a region when the study is de-identified.</summary>
    public void Plan(RedactionRegion region) => Plan([region]);

    /// <summary>Plans to erase regions when the study is de-identified; what is planned already stays so.</summary>
    public void Plan(IReadOnlyList<RedactionRegion> regions)
    {
        var known = plannedRegions.ToHashSet();
        plannedRegions.AddRange(regions.Where(known.Add));
    }

    /// <summary>Takes back what was planned; the number of regions taken back.</summary>
    public int Unplan(Predicate<RedactionRegion> isMeant) => plannedRegions.RemoveAll(isMeant);

    internal void Add(Finding finding)
    {
        if (!findings.Contains(finding))
        {
            findings.Add(finding);
        }
    }

    internal void Remove(FindingKind kind) => findings.RemoveAll(f => f.Kind == kind);

    internal DicomSeries SeriesOf(string uid, string? modality, int? number)
    {
        foreach (var known in series)
        {
            if (known.SeriesInstanceUid == uid)
            {
                return known;
            }
        }

        var added = new DicomSeries(uid, modality, number);
        series.Add(added);
        return added;
    }

    /// <summary>The index of a patient in <see cref="Patients"/>, added if new.</summary>
    internal int PatientIndexOf(StudyPatient patient)
    {
        // Within a study, a file that leaves the issuer out means the same patient.
        var index = patients.FindIndex(p => p.Key.Id == patient.Key.Id
            && (p.Key.Issuer == patient.Key.Issuer || p.Key.Issuer.Length == 0 || patient.Key.Issuer.Length == 0));
        if (index < 0)
        {
            patients.Add(patient);
            if (patients.Count > 1)
            {
                Add(new Finding(FindingKind.SeveralPatients, Tags.PatientId));
            }

            return patients.Count - 1;
        }

        if (patients[index].Key.Issuer.Length == 0 && patient.Key.Issuer.Length > 0)
        {
            patients[index] = patients[index] with { Key = patient.Key };
        }

        return index;
    }
}

/// <summary>What an archive said of a study that it has.</summary>
/// <param name="Archive">The name of the archive.</param>
/// <param name="InstanceCount">Number of Study Related Instances; null if the archive does not say.</param>
/// <param name="Modalities">Modalities in Study.</param>
public sealed record RemoteStudy(string Archive, int? InstanceCount, IReadOnlyList<string> Modalities)
{
    /// <summary>The archive only.</summary>
    public override string ToString() => Archive;
}

/// <summary>A patient as the files of a study name them.</summary>
/// <param name="Key">Patient ID and its issuer.</param>
/// <param name="Name">Patient's Name, of the first file that names the patient.</param>
public sealed record StudyPatient(PatientKey Key, string? Name)
{
    public override string ToString() => nameof(StudyPatient);
}

/// <summary>The instances that share a Series Instance UID.</summary>
public sealed class DicomSeries(string seriesInstanceUid, string? modality, int? number)
{
    private readonly List<DicomInstance> instances = [];

    public string SeriesInstanceUid { get; } = seriesInstanceUid;

    public string? Modality { get; } = modality;

    public int? SeriesNumber { get; } = number;

    public IReadOnlyList<DicomInstance> Instances => instances;

    /// <summary>The bytes of all files.</summary>
    public long Length { get; private set; }

    public override string ToString() => $"Series {SeriesInstanceUid}, {instances.Count} instances";

    internal void Add(DicomInstance instance)
    {
        instances.Add(instance);
        Length += instance.Length;
    }
}

/// <summary>One file, or one entry of a .zip archive, that holds an instance.</summary>
public sealed class DicomInstance
{
    internal DicomInstance(SourceFile file, string sopInstanceUid, string? sopClassUid, int patientIndex)
    {
        File = file;
        SopInstanceUid = sopInstanceUid;
        SopClassUid = sopClassUid;
        PatientIndex = patientIndex;
    }

    public string SopInstanceUid { get; }

    public string? SopClassUid { get; }

    /// <summary>The file's bytes; for an archive's entry its bytes when inflated.</summary>
    public long Length => File.Length;

    /// <summary>The file; for an entry of an archive the archive's path, the separator and the entry's name.</summary>
    public string Path => File.Path;

    /// <summary>The folder of the file, or the archive that it is an entry of.</summary>
    public string FolderPath => File.Folder;

    /// <summary>Whether the file is a DICOMDIR.</summary>
    public bool IsMediaDirectory => SopClassUid == MediaDirectory.SopClassUid;

    internal SourceFile File { get; }

    /// <summary>Whether the file was fetched only to be de-identified, and is deleted when it is.</summary>
    public bool IsTransient { get; internal set; }

    /// <summary>The place of this file's patient in <see cref="DicomStudy.Patients"/>; -1 if it names none.</summary>
    internal int PatientIndex { get; }

    public override string ToString() => $"Instance {SopInstanceUid}";
}

/// <summary>How many files of a study were written, skipped because they were there already, or rejected.</summary>
public sealed record StudyOutcome(int Written, int Skipped, int Rejected)
{
    /// <summary>How many files a filter left out.</summary>
    public int Filtered { get; init; }
}
