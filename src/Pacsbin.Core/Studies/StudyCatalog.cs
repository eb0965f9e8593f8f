using Pacsbin.Dicom;

namespace Pacsbin.Studies;

/// <summary>Sorts instances into studies and series while they are found by several threads.</summary>
internal sealed class StudyCatalog
{
    private readonly Dictionary<(string Uid, bool IsInWorkspace), DicomStudy> byUid = [];
    private readonly Dictionary<string, (Manifest? Manifest, HashSet<string> Names)> manifests = new(StringComparer.Ordinal);
    private readonly List<DicomStudy> studies = [];
    private readonly List<(SourceFile File, InstanceHeader Header)> found = [];
    private readonly Lock gate = new();

    public int InstanceCount => found.Count;

    public void Add(SourceFile file, InstanceHeader header)
    {
        lock (gate)
        {
            found.Add((file, header));
        }
    }

    /// <summary>What makes two instances one study; null for an instance that stands alone.</summary>
    /// <remarks>What belongs to no study is known by its own UID, so that two files with one UID are seen to be duplicates.</remarks>
    public static string? KeyOf(string studyInstanceUid, string sopInstanceUid) =>
        studyInstanceUid.Length > 0 ? studyInstanceUid : sopInstanceUid.Length > 0 ? "instance " + sopInstanceUid : null;

    /// <summary>The studies, with the state of those that are in a workspace.</summary>
    /// <remarks>Files are taken in the order of their paths, not of the threads that read them: which of several is the first must be the same in every run.</remarks>
    public IReadOnlyList<DicomStudy> Complete()
    {
        found.Sort(static (a, b) => a.File.CompareTo(b.File));
        foreach (var (file, header) in found)
        {
            var study = StudyOf(file, header);
            study.StudyDate ??= header.StudyDate;
            study.StudyDescription ??= header.StudyDescription;
            study.AccessionNumber ??= header.AccessionNumber;
            var patient = header.Patient is { } p ? study.PatientIndexOf(p) : -1;
            if (patient < 0 && header.StudyInstanceUid.Length > 0)
            {
                study.Add(new Finding(FindingKind.PatientIdMissing, Tags.PatientId));
            }

            study.SeriesOf(header.SeriesInstanceUid, header.Modality.Length > 0 ? header.Modality : null, header.SeriesNumber)
                .Add(new DicomInstance(file, header.SopInstanceUid, header.SopClassUid, patient));
        }

        found.Clear();
        foreach (var ((_, isInWorkspace), study) in byUid)
        {
            if (isInWorkspace && manifests[study.Path].Manifest is { } manifest)
            {
                study.State = manifest.State;
                foreach (var finding in manifest.Files.SelectMany(f => f.Findings ?? []))
                {
                    study.Add(finding);
                }
            }
        }

        return studies;
    }

    private DicomStudy StudyOf(SourceFile file, InstanceHeader header)
    {
        var isInWorkspace = IsListed(file);
        var uid = KeyOf(header.StudyInstanceUid, header.SopInstanceUid);
        if (uid is not null && byUid.TryGetValue((uid, isInWorkspace), out var known))
        {
            return known;
        }

        var study = new DicomStudy(header.StudyInstanceUid, file.Folder);
        studies.Add(study);
        if (uid is not null)
        {
            byUid[(uid, isInWorkspace)] = study; // with retained UIDs a study and its de-identified copy have the same one
        }

        return study;
    }

    /// <summary>Whether the manifest beside a file lists it: a file that somebody put there later is not de-identified.</summary>
    private bool IsListed(SourceFile file)
    {
        if (!manifests.TryGetValue(file.Folder, out var known))
        {
            var manifest = file.IsEntry ? null : Workspace.ManifestOf(file.Folder);
            manifests[file.Folder] = known = (manifest, manifest?.Files.Select(f => f.Name).ToHashSet(StringComparer.Ordinal) ?? []);
        }

        return known.Names.Contains(file.Name);
    }
}
