using System.Collections.Concurrent;
using System.IO.Enumeration;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Pacsbin.Sidecar.Access;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Sidecar.Resources;
using Pacsbin.Studies;

namespace Pacsbin.Sidecar;

/// <summary>Lists the studies of workspaces. A study is read again only if names, lengths or times of its files have changed: of an approved one that takes all of its bytes.</summary>
/// <remarks>
/// Who changes a file and sets its time back shows up when the study itself is asked for, approved or sent, which trust no times. Requests that come while a listing is made share the next one,
/// so that a list is never older than the request for it.
/// </remarks>
internal sealed class WorkspaceListing(AllowedFolders folders)
{
    private const int DeepestWorkspace = 4;
    private readonly Lock turn = new();
    private readonly Dictionary<string, Task<StudyList>> waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task> working = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (string Stamp, StudyList Found)> known = new(StringComparer.Ordinal);

    /// <summary>The studies of a workspace, each folder's by themselves.</summary>
    /// <param name="workspace">Its real path.</param>
    /// <exception cref="PacsbinException">FileIo, FileAccessDenied, FileNotFound.</exception>
    public Task<StudyList> ListAsync(string workspace)
    {
        lock (turn)
        {
            if (!waiting.TryGetValue(workspace, out var next))
            {
                var before = working.GetValueOrDefault(workspace, Task.CompletedTask);
                next = Task.Run(async () =>
                {
                    await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    lock (turn)
                    {
                        waiting.Remove(workspace, out var own);
                        working[workspace] = own!;
                    }

                    return List(workspace);
                });
                waiting.Add(workspace, next);
            }

            return next;
        }
    }

    private StudyList List(string workspace)
    {
        var (own, loose) = (new List<string>(), new List<string>());
        Sort(workspace, workspace, own, loose, DeepestWorkspace);
        var lists = own.AsParallel().AsOrdered().Select(OfFolder).Append(loose.Count > 0 ? Read([.. loose], workspace) : new StudyList([], 0, [])).ToList();
        foreach (var gone in known.Keys.Where(k => IsBelow(k, workspace)).Except(own).ToList())
        {
            known.TryRemove(gone, out _);
        }

        return new StudyList([.. lists.SelectMany(l => l.Studies)], lists.Sum(l => l.SkippedFiles), [.. lists.SelectMany(l => l.Rejected)]);
    }

    /// <summary>Sorts what is in a folder into folders of de-identified studies and all else.</summary>
    private static void Sort(string folder, string workspace, List<string> own, List<string> loose, int depth)
    {
        foreach (var entry in EntriesOf(folder, mayBeGone: folder != workspace))
        {
            if (entry.LinkTarget is not null && IsBelow(RealPath.Of(entry, new Dictionary<string, string>(StringComparer.Ordinal)), workspace))
            {
                continue; // what it leads to is listed where it is
            }

            if (entry is not DirectoryInfo { LinkTarget: null } || depth == 0)
            {
                loose.Add(entry.FullName);
            }
            else if (File.Exists(Path.Join(entry.FullName, Manifest.FileName)))
            {
                own.Add(entry.FullName);
            }
            else if (entry.Name[0] != '.') // a study that is being written, or deleted
            {
                Sort(entry.FullName, workspace, own, loose, depth - 1);
            }
        }
    }

    private static List<FileSystemInfo> EntriesOf(string folder, bool mayBeGone)
    {
        try
        {
            return [.. new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderBy(e => e.Name, StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException) when (mayBeGone)
        {
            return []; // deleted or renamed since it was seen
        }
    }

    private static bool IsBelow(string path, string workspace) => path.StartsWith(workspace + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private StudyList OfFolder(string folder)
    {
        try
        {
            var stamp = StampOf(folder);
            if (!known.TryGetValue(folder, out var before) || before.Stamp != stamp)
            {
                known[folder] = before = (stamp, Read([folder], folder)); // of the stamp before: what changes meanwhile has another one
            }

            return before.Found;
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } error)
        {
            // One that was deleted or replaced meanwhile is not there; one that cannot be read must not hide the others.
            return new StudyList([], 0, Directory.Exists(folder) ? [new FileProblem(Path.GetFileName(folder), error.Error, error.Message)] : []);
        }
    }

    private StudyList Read(string[] paths, string folder)
    {
        var rejections = new Rejections();
        var found = new StudyScanner { MayRead = folders.MayRead, Rejected = rejections.Add }.Scan(paths);
        return new StudyList([.. found.Studies.Select(StudySummary.Of)], found.SkippedFiles, rejections.Below(folder));
    }

    /// <summary>Another text whenever a file came, went, or was written.</summary>
    private static string StampOf(string folder)
    {
        var hash = new XxHash128();
        Span<long> numbers = stackalloc long[2];
        foreach (var (path, length, time) in new FileSystemEnumerable<(string, long, long)>(
            folder,
            static (ref FileSystemEntry e) => (e.ToFullPath(), e.IsDirectory ? -1 : e.Length, e.LastWriteTimeUtc.Ticks),
            new EnumerationOptions { AttributesToSkip = 0, RecurseSubdirectories = true, MaxRecursionDepth = DeepestWorkspace }))
        {
            (numbers[0], numbers[1]) = (length, time);
            hash.Append(MemoryMarshal.AsBytes(path.AsSpan()));
            hash.Append(MemoryMarshal.AsBytes(numbers));
        }

        return Convert.ToHexString(hash.GetCurrentHash());
    }
}
