namespace Pacsbin.Studies;

/// <summary>Puts together what several scans found of one study.</summary>
public static class StudyMerge
{
    /// <summary>Gives one study for each Study Instance UID, with every file once, in the order of the first parts.</summary>
    /// <param name="parts">From one or more scans. A copy in a workspace stays apart from its source.</param>
    public static IReadOnlyList<DicomStudy> Merge(IEnumerable<DicomStudy> parts) =>
        [.. parts.GroupBy(p => (KeyOf(p), p.State)).Select(g => Merge([.. g.Distinct()]))];

    private static string KeyOf(DicomStudy study)
    {
        var first = study.Series.SelectMany(s => s.Instances).FirstOrDefault();
        return StudyCatalog.KeyOf(study.StudyInstanceUid, first?.SopInstanceUid ?? "") ?? first?.Path ?? "";
    }

    private static DicomStudy Merge(List<DicomStudy> parts)
    {
        var first = parts[0];
        if (parts.Count == 1)
        {
            return first;
        }

        var whole = new DicomStudy(first.StudyInstanceUid, first.Path)
        {
            State = first.State,
            StudyDate = parts.Find(p => p.StudyDate is not null)?.StudyDate,
            StudyDescription = parts.Find(p => p.StudyDescription is not null)?.StudyDescription,
            AccessionNumber = parts.Find(p => p.AccessionNumber is not null)?.AccessionNumber,
        };
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in parts)
        {
            int[] patients = [.. part.Patients.Select(whole.PatientIndexOf)];
            foreach (var finding in part.Findings)
            {
                whole.Add(finding);
            }

            whole.Plan(part.PlannedRegions);
            foreach (var series in part.Series)
            {
                var target = whole.SeriesOf(series.SeriesInstanceUid, series.Modality, series.SeriesNumber);
                foreach (var instance in series.Instances.Where(i => taken.Add(i.Path)))
                {
                    target.Add(new DicomInstance(instance.File, instance.SopInstanceUid, instance.SopClassUid, instance.PatientIndex < 0 ? -1 : patients[instance.PatientIndex]) { IsTransient = instance.IsTransient });
                }
            }
        }

        return whole;
    }
}
