using System.Collections.Concurrent;
using Pacsbin.Studies;

namespace Pacsbin.Sidecar;

/// <summary>Knows which files the manifests of studies list, and reads a manifest again only when it has changed.</summary>
internal sealed class ListedFiles
{
    private const int MostStudies = 64;
    private readonly ConcurrentDictionary<string, (DateTime Time, long Length, HashSet<string> Names)> studies = new(StringComparer.Ordinal);

    /// <summary>Whether a study's manifest lists a file.</summary>
    /// <param name="folder">The study's folder.</param>
    /// <param name="name">The file's name.</param>
    public bool Contains(string folder, string name)
    {
        var file = new FileInfo(Path.Join(folder, Manifest.FileName));
        if (!file.Exists)
        {
            return false;
        }

        if (!studies.TryGetValue(folder, out var known) || known.Time != file.LastWriteTimeUtc || known.Length != file.Length)
        {
            if (studies.Count >= MostStudies)
            {
                studies.Clear();
            }

            var names = (Workspace.ManifestOf(folder)?.Files ?? []).Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
            studies[folder] = known = (file.LastWriteTimeUtc, file.Length, names);
        }

        return known.Names.Contains(name);
    }
}
