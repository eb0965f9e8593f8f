using Pacsbin.Studies;

namespace Pacsbin.Review.Reports;

/// <summary>What a report says of all its studies together.</summary>
internal sealed class ReportSummary
{
    private readonly Dictionary<string, ReportProfile> profiles = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, ReportKind> findings = new(StringComparer.Ordinal);
    private readonly SortedDictionary<StudyState, int> states = [];
    private readonly SortedDictionary<PacsbinError, int> rejected = [];

    public int Studies { get; private set; }

    public int Series { get; private set; }

    /// <summary>The files that the manifests list.</summary>
    public int Files { get; private set; }

    /// <summary>Their bytes.</summary>
    public long Length { get; private set; }

    /// <summary>Studies whose review holds for their files as they are.</summary>
    public int Approved { get; private set; }

    /// <summary>Studies by state.</summary>
    public IReadOnlyDictionary<StudyState, int> States => states;

    public IEnumerable<ReportProfile> Profiles => profiles.Values;

    /// <summary>The attributes of all files by what was done; null if no file was counted.</summary>
    public ReportActions? Actions { get; private set; }

    public IEnumerable<ReportKind> Findings => findings.Values;

    /// <summary>How many source files gave no output, by error.</summary>
    public IReadOnlyDictionary<PacsbinError, int> Rejected => rejected;

    /// <summary>Adds a study.</summary>
    public void Add(ReportStudy study)
    {
        Studies++;
        Series += study.Series.Count;
        Files += study.FileCount;
        Length += study.Length;
        Approved += study.IsApproved ? 1 : 0;
        states[study.State] = states.GetValueOrDefault(study.State) + 1;
        Actions = ReportActions.Add(Actions, study.Actions);
        var name = $"{study.Profile.Name} {study.Profile.Edition} {string.Join(' ', study.Profile.Options)}";
        var profile = profiles.GetValueOrDefault(name) ?? new ReportProfile(study.Profile, 0, 0);
        profiles[name] = profile with { Studies = profile.Studies + 1, Files = profile.Files + study.FileCount };
        foreach (var kind in study.Findings.GroupBy(f => f.Kind.ToString()))
        {
            var known = findings.GetValueOrDefault(kind.Key) ?? new ReportKind(kind.First().Kind, 0, 0);
            var files = study.Files.Count(f => f.Findings?.Any(n => n.Kind == known.Kind) == true);
            findings[kind.Key] = known with { Studies = known.Studies + 1, Files = known.Files + files };
        }

        foreach (var (error, count) in study.Rejected)
        {
            rejected[error] = rejected.GetValueOrDefault(error) + count;
        }
    }
}

/// <summary>A profile, and what was made with it.</summary>
internal sealed record ReportProfile(ManifestProfile Profile, int Studies, int Files);

/// <summary>A kind of finding, and how many studies and files have it.</summary>
internal sealed record ReportKind(FindingKind Kind, int Studies, int Files);
