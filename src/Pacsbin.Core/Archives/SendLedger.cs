using System.Collections.Concurrent;
using Pacsbin.Studies;

namespace Pacsbin.Archives;

/// <summary>What an archive has confirmed and refused of a study, for several requests at once. What it confirms is in the manifest before anything else happens.</summary>
/// <param name="study">The study.</param>
/// <param name="target">The archive's STOW-RS address.</param>
/// <param name="meter">Counts what is there.</param>
internal sealed class SendLedger(ApprovedStudy study, string target, SendMeter meter)
{
    private readonly ConcurrentDictionary<string, InstanceReport> reports = new(StringComparer.Ordinal);
    private readonly HashSet<string> stored = new(StringComparer.Ordinal);
    private readonly HashSet<string> lost = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    public ApprovedStudy Study => study;

    public string Target => target;

    public SendMeter Meter => meter;

    /// <summary>The UIDs that the archive had before; null if that is not known.</summary>
    public HashSet<string>? Before { get; set; }

    /// <summary>What is to be said of single instances.</summary>
    public IReadOnlyList<InstanceReport> Reports => [.. reports.Values.OrderBy(r => r.SopInstanceUid, StringComparer.Ordinal)];

    /// <summary>The files that were confirmed in this run.</summary>
    public IReadOnlyList<ManifestFile> Stored => [.. study.Manifest.Files.Where(f => stored.Contains(f.Name))];

    public static string UidOf(ManifestFile file) => Path.GetFileNameWithoutExtension(file.Name);

    /// <summary>The archive has files.</summary>
    public void Confirm(IReadOnlyCollection<ManifestFile> files)
    {
        if (files.Count == 0)
        {
            return;
        }

        var names = files.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        study.Confirm(target, names);
        lock (gate)
        {
            stored.UnionWith(names);
        }

        foreach (var name in names)
        {
            reports.TryRemove(name, out _);
        }

        meter.AddInstances(files.Count);
    }

    /// <summary>The archive does not have files that it has confirmed: they go again.</summary>
    public void Forget(IReadOnlyCollection<ManifestFile> files)
    {
        var names = files.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        study.Forget(target, names);
        meter.AddInstances(-files.Count);
        lock (gate)
        {
            stored.ExceptWith(names);
        }
    }

    /// <summary>The archive has not taken a file, or not yet.</summary>
    public void Fail(ManifestFile file, string why) => Report(file, InstanceStatus.Failed, why);

    /// <summary>The archive has taken a file, with a warning.</summary>
    public void Warn(ManifestFile file, string why) => Report(file, InstanceStatus.StoredWithWarning, why);

    /// <summary>Files have gone out in a request that was not answered.</summary>
    public void Lose(IEnumerable<ManifestFile> files)
    {
        lock (gate)
        {
            lost.UnionWith(files.Select(f => f.Name));
        }
    }

    /// <summary>Whether the archive can have a file from us although it never said so.</summary>
    public bool MayHave(ManifestFile file)
    {
        lock (gate)
        {
            return lost.Contains(file.Name) && Before?.Contains(UidOf(file)) != true;
        }
    }

    private void Report(ManifestFile file, InstanceStatus status, string why) => reports[file.Name] = new InstanceReport(UidOf(file), status, why);
}
