using Pacsbin.Redaction;

namespace Pacsbin.Studies;

/// <summary>What manifests tell of the files of a study that is written: of the copy at the destination, and of the source where that is in a workspace.</summary>
internal sealed class EarlierCopies
{
    private readonly bool replaces;
    private readonly bool isThere;
    private readonly Dictionary<string, ManifestFile> there;
    private readonly Dictionary<(string Folder, string Name), ManifestFile> sources = [];
    private readonly HashSet<RedactionRegion> burnedIn;

    /// <param name="existing">Of the copy at the destination; null if there is none.</param>
    /// <param name="replaces">Whether that copy goes.</param>
    /// <param name="source">What is read, with what is planned for it.</param>
    public EarlierCopies(Manifest? existing, bool replaces, DicomStudy source)
    {
        this.replaces = replaces;
        isThere = existing is not null;
        there = (existing?.Files ?? []).ToDictionary(f => f.Name, StringComparer.Ordinal);
        burnedIn = [.. there.Values.SelectMany(f => f.Regions ?? [])];
        burnedIn.ExceptWith(source.PlannedRegions.Select(WithoutUids)); // the plan sees to these, whenever a file comes
        if (!source.IsInWorkspace)
        {
            return;
        }

        foreach (var folder in source.Series.SelectMany(s => s.Instances).Select(i => i.File.Folder).Distinct(StringComparer.Ordinal))
        {
            foreach (var file in Workspace.ManifestOf(folder)?.Files ?? [])
            {
                sources.Add((folder, file.Name), file);
            }
        }
    }

    /// <summary>What is known of one file.</summary>
    /// <param name="name">Its name at the destination.</param>
    /// <param name="source">What it is made from.</param>
    public EarlierCopy Of(string name, SourceFile source) =>
        new(there.GetValueOrDefault(name), sources.GetValueOrDefault((source.Folder, source.Name)), replaces, isThere && !replaces ? burnedIn : []);

    private static RedactionRegion WithoutUids(RedactionRegion region) => region with { SeriesInstanceUid = null, SopInstanceUid = null };
}

/// <summary>What manifests tell of one file.</summary>
/// <param name="There">Of the copy at the destination; null if there is none.</param>
/// <param name="Source">Of what it is made from; null if that is in no workspace.</param>
/// <param name="Replaces">Whether the copy at the destination goes.</param>
/// <param name="BurnedIn">What is erased of any file at the destination that nobody planned.</param>
internal readonly record struct EarlierCopy(ManifestFile? There, ManifestFile? Source, bool Replaces, IReadOnlySet<RedactionRegion> BurnedIn)
{
    /// <summary>What is erased besides what is planned, so that a copy that was lost comes back as it was; null for nothing.</summary>
    public IReadOnlyList<RedactionRegion>? ToErase => Replaces || There?.Regions is not { } regions ? null : [.. regions.Except(Source?.Regions ?? [])];

    /// <summary>The signature that matched the source; null for none.</summary>
    public string? Device => Source?.Device;

    /// <summary>What is erased of the new copy: now, or already in its source.</summary>
    public IReadOnlyList<RedactionRegion> With(IReadOnlyList<RedactionRegion> erased) => Source?.Regions is { } before ? [.. before.Union(erased)] : erased;

    /// <summary>Adds to a file's findings what a person should look at because of what is erased, and of what is not.</summary>
    /// <param name="found">The findings so far.</param>
    /// <param name="isIdle">Whether regions that are meant for the file erase nothing.</param>
    /// <param name="hasPixels">Whether there is anything to erase.</param>
    /// <param name="erased">What is erased of the new copy.</param>
    public IReadOnlyList<Finding> Findings(IReadOnlyList<Finding> found, bool isIdle, bool hasPixels, IReadOnlyList<RedactionRegion> erased)
    {
        if (!isIdle && There is null && Source is null && BurnedIn.Count == 0)
        {
            return found;
        }

        var findings = new HashSet<Finding>(found);
        if (isIdle)
        {
            findings.Add(new Finding(FindingKind.RegionErasedNothing, Detail: "The regions lie wholly beyond the image."));
        }

        if (There?.Regions?.Except(erased).Any() == true || IsKnown(FindingKind.RedactionUndone))
        {
            findings.Add(new Finding(FindingKind.RedactionUndone, Detail: "A region that was erased in the copy before this one is not erased."));
        }

        if ((There is null && hasPixels && BurnedIn.Any(r => !erased.Contains(r))) || IsKnown(FindingKind.RedactionMissing))
        {
            findings.Add(new Finding(FindingKind.RedactionMissing, Detail: "A region that was erased in other images of the study is not erased in this one."));
        }

        return [.. findings];
    }

    /// <summary>Whether a person was told so of the copy that this one is made from, or that stays: it is true of this one too.</summary>
    private bool IsKnown(FindingKind kind) =>
        Source?.Findings?.Any(f => f.Kind == kind) == true || (!Replaces && There?.Findings?.Any(f => f.Kind == kind) == true);
}
