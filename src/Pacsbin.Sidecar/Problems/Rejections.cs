using System.Collections.Concurrent;

namespace Pacsbin.Sidecar.Problems;

/// <summary>The files that the core rejects during a request.</summary>
internal sealed class Rejections
{
    private readonly ConcurrentQueue<(string Path, PacsbinException Error)> rejected = new();

    /// <summary>Takes what the core reports, from several threads.</summary>
    public void Add(string path, PacsbinException error) => rejected.Enqueue((path, error));

    /// <summary>All, in the order of their paths, relative to a folder.</summary>
    public IReadOnlyList<FileProblem> Below(string folder) => [.. Ordered(folder).Select(f => new FileProblem(f.File, f.Error.Error, f.Error.Message))];

    /// <summary>Ends the request if there are any.</summary>
    /// <exception cref="FilesRejectedException">There are.</exception>
    public void Require(string folder)
    {
        if (!rejected.IsEmpty)
        {
            throw new FilesRejectedException([.. Ordered(folder)]);
        }
    }

    private IEnumerable<(string File, PacsbinException Error)> Ordered(string folder) =>
        rejected.OrderBy(r => r.Path, StringComparer.Ordinal).Select(r => (Path.IsPathFullyQualified(r.Path) ? Path.GetRelativePath(folder, r.Path) : r.Path, r.Error));
}
