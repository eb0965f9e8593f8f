using System.Management.Automation;
using Pacsbin.Studies;

namespace Pacsbin.PowerShell;

/// <summary>Decides which studies are wanted; a condition that is null accepts all, one of several patterns is enough.</summary>
internal sealed class StudyFilter(string? patientName, string[]? studyInstanceUid, string[]? patientId, string[]? accessionNumber, string[]? modality, DateTime? since, DateTime? until)
{
    private readonly NamePattern? name = patientName is null ? null : new NamePattern(patientName);
    private readonly WildcardPattern[]? studyInstanceUids = Patterns(studyInstanceUid);
    private readonly WildcardPattern[]? patientIds = Patterns(patientId);
    private readonly WildcardPattern[]? accessionNumbers = Patterns(accessionNumber);
    private readonly WildcardPattern[]? modalities = Patterns(modality);
    private readonly DateOnly? first = since is { } from ? DateOnly.FromDateTime(from) : null;
    private readonly DateOnly? last = until is { } to ? DateOnly.FromDateTime(to) : null;

    public bool Accepts(DicomStudy study) =>
        name?.Accepts(study.PatientName) != false
        && IsAny(studyInstanceUids, [study.StudyInstanceUid])
        && IsAny(patientIds, study.Patients.Select(p => p.Key.Id))
        && (IsAny(accessionNumbers, study.AccessionNumber is { } number ? [number] : []) || (study.Remote is not null && study.AccessionNumber is null))
        && (IsAny(modalities, study.Modality) || study.Remote is { Modalities.Count: 0 }) // an archive may look at what it does not tell
        && (first is null || study.StudyDate >= first)
        && (last is null || study.StudyDate <= last);

    private static WildcardPattern[]? Patterns(string[]? texts)
    {
        if (texts is null)
        {
            return null;
        }

        WildcardPattern[] patterns = [.. texts.Select(t => WildcardPattern.Get(t, WildcardOptions.IgnoreCase))];
        foreach (var pattern in patterns)
        {
            pattern.IsMatch(""); // an illegal pattern throws at its first use: now, not after a long scan
        }

        return patterns;
    }

    private static bool IsAny(WildcardPattern[]? patterns, IEnumerable<string> values) =>
        patterns is null || values.Any(v => patterns.Any(p => p.IsMatch(v)));
}
