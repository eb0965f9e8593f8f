using System.IO.Enumeration;

namespace Pacsbin.Studies;

/// <summary>Finds the files below folders: recursive, hidden ones included, nothing reached twice through links.</summary>
internal sealed class FileFinder(Action<string, PacsbinException> report, Predicate<string>? mayRead = null)
{
    private readonly HashSet<string> visitedFolders = new(StringComparer.Ordinal);
    private readonly HashSet<string> visitedFiles = new(StringComparer.Ordinal);
    private readonly List<string> links = [];

    /// <summary>The files of some paths; links come last, so that a file is found under its own name first.</summary>
    public IEnumerable<SourceFile> Find(IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        foreach (var path in paths)
        {
            if (File.Exists(path))
            {
                var file = new FileInfo(path);
                if (!IsVisited(file) && IsOpen(file) && visitedFiles.Add(RealPath(file)))
                {
                    yield return new SourceFile(file.DirectoryName ?? "", file.Name, file.ResolveLinkTarget(true) is FileInfo target ? target.Length : file.Length);
                }

                continue;
            }

            if (!Directory.Exists(path))
            {
                report(path, new PacsbinException(PacsbinError.FileNotFound, "The file or folder does not exist."));
                continue;
            }

            foreach (var file in FindBelow(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), cancellationToken))
            {
                yield return file;
            }
        }

        foreach (var link in links)
        {
            if (TryFollow(link) is { } file)
            {
                yield return file;
            }
        }
    }

    private IEnumerable<SourceFile> FindBelow(string root, CancellationToken cancellationToken)
    {
        var pending = new Stack<string>([root]);
        while (pending.TryPop(out var folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var item = new DirectoryInfo(folder);
            if (StagedStudy.IsStaging(folder) || !IsOpen(item) || !visitedFolders.Add(RealPath(item)))
            {
                continue;
            }

            var entries = Entries(folder);
            foreach (var (name, length, isFolder, isLink) in entries)
            {
                if (isFolder)
                {
                    pending.Push(Path.Join(folder, name));
                }
                else if (isLink)
                {
                    links.Add(Path.Join(folder, name));
                }
                else if (visitedFiles.Count == 0 || !visitedFiles.Contains(RealPath(new FileInfo(Path.Join(folder, name)))))
                {
                    yield return new SourceFile(folder, name, length);
                }
            }
        }
    }

    private List<(string Name, long Length, bool IsFolder, bool IsLink)> Entries(string folder)
    {
        var options = new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false, ReturnSpecialDirectories = false };
        var entries = new List<(string, long, bool, bool)>();
        try
        {
            entries.AddRange(new FileSystemEnumerable<(string, long, bool, bool)>(
                folder,
                static (ref FileSystemEntry e) =>
                {
                    var isLink = (e.Attributes & FileAttributes.ReparsePoint) != 0;
                    return (e.FileName.ToString(), e.IsDirectory || isLink ? 0 : e.Length, e.IsDirectory, isLink);
                },
                options));
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            report(folder, known);
        }

        return entries;
    }

    private SourceFile? TryFollow(string link)
    {
        try
        {
            return new FileInfo(link).ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } target
                && !IsVisited(target) && IsOpen(target) && visitedFiles.Add(RealPath(target))
                ? new SourceFile(Path.GetDirectoryName(link)!, Path.GetFileName(link), target.Length)
                : null;
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            report(link, known);
            return null;
        }
    }

    /// <summary>Whether the caller lets the item be looked into, which a link inside of a folder that may be read need not be.</summary>
    private bool IsOpen(FileSystemInfo item) => mayRead?.Invoke(RealPath(item)) != false;

    private bool IsVisited(FileInfo file) => visitedFolders.Contains(RealPath(file.Directory!));

    private string RealPath(FileSystemInfo item) => Studies.RealPath.Of(item, realFolders);

    private readonly Dictionary<string, string> realFolders = new(StringComparer.Ordinal);
}
