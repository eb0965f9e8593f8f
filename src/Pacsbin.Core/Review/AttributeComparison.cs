using Pacsbin.Dicom;
using Pacsbin.Studies;

namespace Pacsbin.Review;

/// <summary>What became of an attribute of a source.</summary>
public enum AttributeFate
{
    /// <summary>It has the same bytes in the copy.</summary>
    Kept,

    /// <summary>It has another value in the copy.</summary>
    Changed,

    /// <summary>The copy does not have it.</summary>
    Removed,

    /// <summary>Only the copy has it.</summary>
    Added,

    /// <summary>Both have it, with a value that is too large to be compared here, such as pixels.</summary>
    NotCompared,
}

/// <summary>One attribute of a source beside that of its copy.</summary>
/// <param name="Fate">What became of it.</param>
/// <param name="Before">The source's; null if it has none. It identifies the patient: for whoever asked, and for no log.</param>
/// <param name="After">The copy's; null if it has none.</param>
public sealed record AttributeChange(AttributeFate Fate, AttributeValue? Before, AttributeValue? After)
{
    /// <summary>The tag and what became of it; never a value.</summary>
    public override string ToString() => $"{(After ?? Before)?.Tag} {Fate}";
}

/// <summary>Lays the attributes of a source beside those of its copy.</summary>
public static class AttributeComparison
{
    private static readonly Tag[] Kept = [Tags.Modality, Tags.SeriesNumber, Tags.InstanceNumber, Tags.NumberOfFrames, Tags.Rows, Tags.Columns];

    /// <summary>Compares a copy with the instance of some sources that it was made of.</summary>
    /// <param name="copy">The copy's full path.</param>
    /// <param name="sources">Studies of which one has the source. If they have several instances, it is the only one with the SOP Class, the numbers and the size of the copy, which the profile keeps.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <exception cref="PacsbinException">FileNotFound if no instance or more than one can be the source; what reading the files throws.</exception>
    public static IReadOnlyList<AttributeChange> Compare(string copy, IReadOnlyList<DicomStudy> sources, CancellationToken cancellationToken = default)
    {
        using var after = DicomFile.Open(copy);
        using var archives = new ArchiveCache();
        using var before = DicomFile.Open(SourceOf(after, sources, archives, cancellationToken).File.Open(archives));
        var changes = new List<AttributeChange>();
        Merge(before.FileMeta, after.FileMeta, 0, changes);
        Merge(before.Dataset, after.Dataset, 0, changes);
        return changes;
    }

    private static DicomInstance SourceOf(DicomFile copy, IReadOnlyList<DicomStudy> sources, ArchiveCache archives, CancellationToken cancellationToken)
    {
        var instances = sources.SelectMany(s => s.Series).SelectMany(s => s.Instances).ToList();
        if (instances.Count == 1)
        {
            return instances[0];
        }

        var sopClass = copy.Dataset.GetString(Tags.SopClassUid);
        DicomInstance? found = null;
        foreach (var instance in instances.Where(i => i.SopClassUid == sopClass))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var file = DicomFile.Open(instance.File.Open(archives), Tags.Columns);
            if (!Kept.All(tag => file.Dataset.GetString(tag) == copy.Dataset.GetString(tag) && file.Dataset.GetInt32(tag) == copy.Dataset.GetInt32(tag)))
            {
                continue;
            }

            found = found is null ? instance
                : throw new PacsbinException(PacsbinError.FileNotFound, "Several instances can be the source, by their class, numbers and size. Name the file itself.");
        }

        return found ?? throw new PacsbinException(PacsbinError.FileNotFound, "No instance there can be the source, by its class, numbers and size. Name the file itself.");
    }

    private static void Merge(DicomDataset? before, DicomDataset? after, int depth, List<AttributeChange> changes)
    {
        for (int i = 0, j = 0; i < (before?.Count ?? 0) || j < (after?.Count ?? 0);)
        {
            var order = before is null || i == before.Count ? 1 : after is null || j == after.Count ? -1 : before[i].Tag.CompareTo(after[j].Tag);
            var (source, copy) = (order <= 0 ? before![i++] : default(DicomElement?), order >= 0 ? after![j++] : default(DicomElement?));
            changes.Add(new AttributeChange(
                FateOf(source, copy),
                source is { } s ? AttributeList.Of(s, before!, depth) : null,
                copy is { } c ? AttributeList.Of(c, after!, depth) : null));
            var (old, @new) = (source?.Sequence?.Items ?? [], copy?.Sequence?.Items ?? []);
            for (var item = 0; item < Math.Max(old.Count, @new.Count); item++)
            {
                Merge(old.ElementAtOrDefault(item), @new.ElementAtOrDefault(item), depth + 1, changes);
            }
        }
    }

    private static AttributeFate FateOf(DicomElement? before, DicomElement? after) => (before, after) switch
    {
        (null, _) => AttributeFate.Added,
        (_, null) => AttributeFate.Removed,
        ({ Sequence: { } old }, { Sequence: { } copied }) => old.Items.Count == copied.Items.Count ? AttributeFate.Kept : AttributeFate.Changed,
        ({ Range: not null } or { Fragments: not null }, { Range: not null } or { Fragments: not null }) => AttributeFate.NotCompared,
        var (old, copied) => old!.Value.Sequence is null && copied!.Value.Sequence is null && old.Value.Value.Span.SequenceEqual(copied.Value.Value.Span) && IsHeld(old.Value) && IsHeld(copied.Value)
            ? AttributeFate.Kept : AttributeFate.Changed,
    };

    private static bool IsHeld(in DicomElement element) => element is { Range: null, Fragments: null };
}
