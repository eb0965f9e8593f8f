using Pacsbin.Dicom;
using Pacsbin.Redaction;
using Pacsbin.Studies;

namespace Pacsbin.Review;

/// <summary>A kind of finding that keeps a study from being approved.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Files">The names of the files that have it, in the order of the manifest.</param>
public sealed record OpenFinding(FindingKind Kind, IReadOnlyList<string> Files);

/// <summary>Finds what keeps a study from being approved: suspicions of burned-in text that no region settles, and identifiers that an exact script left, which nobody has accepted.</summary>
/// <remarks>
/// A region settles the suspicion against the file that it was erased in, and only there, and only if some region was erased in every frame. It does not settle a suspicion that names an
/// attribute, such as bits of the pixel data that are not shown, nor what was found about regions: whether the right one was erased, only a person can tell.
/// </remarks>
public static class OpenFindings
{
    /// <summary>The kinds that say that text may show in pixels.</summary>
    internal static readonly FindingKind[] BurnedIn =
        [FindingKind.BurnedInSuspected, FindingKind.RegionErasedNothing, FindingKind.RedactionUndone, FindingKind.RedactionMissing];

    /// <summary>The kinds that keep a study from being approved.</summary>
    internal static readonly FindingKind[] Blocking = [.. BurnedIn, FindingKind.IdentifierLeft];

    /// <summary>The findings of a study that keep it from being approved, kind by kind.</summary>
    /// <param name="folder">The study's folder.</param>
    /// <param name="manifest">Its manifest.</param>
    /// <exception cref="PacsbinException">A file that has a region cannot be read.</exception>
    public static IReadOnlyList<OpenFinding> Of(string folder, Manifest manifest)
    {
        var open = new SortedDictionary<FindingKind, List<string>>();
        foreach (var file in manifest.Files)
        {
            foreach (var kind in (file.Findings ?? []).Where(f => Blocking.Contains(f.Kind) && !IsSettled(f, file, folder)).Select(f => f.Kind).Distinct())
            {
                if (!open.TryGetValue(kind, out var files))
                {
                    open.Add(kind, files = []);
                }

                files.Add(file.Name);
            }
        }

        return [.. open.Select(o => new OpenFinding(o.Key, o.Value))];
    }

    /// <summary>Refuses a study that has any.</summary>
    /// <param name="folder">The study's folder.</param>
    /// <param name="manifest">Its manifest.</param>
    /// <param name="accepted">The kinds that the reviewer accepts.</param>
    /// <exception cref="PacsbinException">NotApproved, with the kinds and the number of files of each.</exception>
    internal static void RequireNone(string folder, Manifest manifest, IReadOnlyCollection<FindingKind> accepted)
    {
        var open = Of(folder, manifest).Where(o => !accepted.Contains(o.Kind)).ToList();
        if (open.Count > 0)
        {
            var kinds = string.Join(", ", open.Select(o => $"{o.Kind} in {o.Files.Count} {(o.Files.Count == 1 ? "file" : "files")}"));
            var why = open.Any(o => o.Kind == FindingKind.IdentifierLeft)
                ? $"A script that was run exactly has left identifiers, or the pixels may still show text: {kinds}. Run it without -Exact, or accept these kinds of findings if you answer for what they mean."
                : $"The pixels may still show text: {kinds}. Erase it, or accept these kinds of findings after looking at every frame.";
            throw new PacsbinException(PacsbinError.NotApproved, why);
        }
    }

    private static bool IsSettled(Finding finding, ManifestFile file, string folder) =>
        finding is { Kind: FindingKind.BurnedInSuspected, Tag: null } && file.Regions is { Count: > 0 } regions && IsInEveryFrame(regions, Path.Join(folder, file.Name));

    private static bool IsInEveryFrame(IReadOnlyList<RedactionRegion> regions, string path)
    {
        if (regions.Any(r => r.FirstFrame is null))
        {
            return true;
        }

        using var file = DicomFile.Open(path, Tags.NumberOfFrames);
        var frames = file.Dataset.GetInt32(Tags.NumberOfFrames) ?? 1;
        var next = 1;
        foreach (var region in regions.OrderBy(r => r.FirstFrame))
        {
            if (region.FirstFrame > next)
            {
                return false;
            }

            next = Math.Max(next, (int)Math.Min((region.LastFrame ?? region.FirstFrame)!.Value + 1L, int.MaxValue));
        }

        return next > frames;
    }
}
