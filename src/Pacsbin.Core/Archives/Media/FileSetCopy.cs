using System.Collections.Concurrent;

namespace Pacsbin.Archives.Media;

/// <summary>Copies studies into a folder as a file-set with a DICOMDIR, which gets its place last.</summary>
/// <param name="send">The destination and how.</param>
/// <param name="copies">In the order of their names; one that cannot go is taken off.</param>
/// <param name="reject">Receives those that cannot go.</param>
internal sealed class FileSetCopy(FolderSend send, List<StudyCopy> copies, Action<StudyCopy, PacsbinException> reject)
{
    private readonly string root = send.Destination;
    private readonly List<DirectoryEntry> directory = [];

    public void Run(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(root);
        using var partial = PartialFolder.Open(root, FileSet.DirectoryName);
        var (fresh, old) = (Path.Join(partial.Folder, "new"), Path.Join(partial.Folder, "old"));
        Recover(fresh, old);
        if (copies.Count == 0)
        {
            return;
        }

        if (IsThere(cancellationToken))
        {
            partial.Remove(); // a process that ended right after the exchange has left what was replaced
            return;
        }

        RequireReplaceable();
        partial.KeepOnly(Places(fresh));
        Gather(fresh, cancellationToken);
        if (copies.Count == 0)
        {
            partial.Remove();
            return;
        }

        Write(Path.Join(fresh, FileSet.DirectoryName), DirectoryFile.Write(directory));
        RequireReplaceable(); // again: copying takes time
        Directory.CreateDirectory(old);
        Move(root, old, FileSet.DirectoryName);
        Move(root, old, FileSet.FolderName);
        Move(fresh, root, FileSet.FolderName);
        Move(fresh, root, FileSet.DirectoryName);
        partial.Remove();
    }

    /// <summary>Ends what a process did not that was giving a file-set its place: what has no DICOMDIR goes back, and what it was to replace comes back.</summary>
    private void Recover(string fresh, string old)
    {
        if (Path.Exists(Path.Join(root, FileSet.DirectoryName)))
        {
            return;
        }

        if (File.Exists(Path.Join(fresh, FileSet.DirectoryName)) && !Directory.Exists(Path.Join(fresh, FileSet.FolderName)))
        {
            Move(root, fresh, FileSet.FolderName);
        }

        if (!Path.Exists(Path.Join(root, FileSet.FolderName)))
        {
            Move(old, root, FileSet.FolderName);
        }

        Move(old, root, FileSet.DirectoryName);
    }

    /// <summary>Where the files of all studies are to be, in the order of the studies.</summary>
    private IEnumerable<string> Places(string folder) =>
        copies.SelectMany((c, study) => Enumerable.Range(0, c.Files.Count).Select(i => Path.Join([folder, .. FileSet.PlaceOf(study, i)])));

    /// <summary>Copies the files, and reads what the directory says of them from the copies.</summary>
    private void Gather(string folder, CancellationToken cancellationToken)
    {
        var all = copies.ToList();
        var places = Places(folder).Zip(copies.SelectMany(c => c.Files), (path, file) => (Path: path, File: file)).ToList();
        for (var study = 0; study < all.Count; study++)
        {
            var (copy, number) = (all[study], study);
            var entries = new ConcurrentBag<DirectoryEntry>();
            var place = Path.GetDirectoryName(Path.Join([folder, .. FileSet.PlaceOf(study, 0)]))!;
            Directory.CreateDirectory(place);
            try
            {
                StudyCopy.ForEach(
                    Enumerable.Range(0, copy.Files.Count),
                    send.ThrottleLimit,
                    i =>
                    {
                        var id = FileSet.PlaceOf(number, i);
                        var target = Path.Join([folder, .. id]);
                        copy.CopyTo(copy.Files[i], target, cancellationToken);
                        entries.Add(DirectoryEntry.Read(target, id, copy.Files[i].Sha256!));
                    },
                    cancellationToken);
                directory.AddRange(entries);
            }
            catch (PacsbinException e)
            {
                copies.Remove(copy);
                places.RemoveAll(p => Path.GetDirectoryName(p.Path) == place);
                Directory.Delete(place, recursive: true);
                reject(copy, e);
            }
        }

        StudyCopy.RequireAll(places);
    }

    /// <summary>Whether exactly this file-set is at the destination.</summary>
    private bool IsThere(CancellationToken cancellationToken)
    {
        var path = Path.Join(root, FileSet.DirectoryName);
        if (!File.Exists(path) || !IsOurs() || !Files().ToHashSet(StringComparer.Ordinal).SetEquals(Places(root)))
        {
            return false;
        }

        var entries = new List<DirectoryEntry>();
        foreach (var (place, file) in Places(root).Zip(copies.SelectMany(c => c.Files)))
        {
            if (!StudyCopy.Holds(place, file, cancellationToken))
            {
                return false;
            }

            entries.Add(DirectoryEntry.Read(place, Path.GetRelativePath(root, place).Split(Path.DirectorySeparatorChar), file.Sha256!));
        }

        if (!File.ReadAllBytes(path).AsSpan().SequenceEqual(DirectoryFile.Write(entries)))
        {
            return false;
        }

        copies.ForEach(c => c.Files.ToList().ForEach(c.Skip));
        return true;
    }

    private void RequireReplaceable()
    {
        if (!Path.Exists(Path.Join(root, FileSet.DirectoryName)) && !Path.Exists(Path.Join(root, FileSet.FolderName)))
        {
            return;
        }

        if (!send.Force)
        {
            throw new PacsbinException(PacsbinError.DestinationExists, "The destination has a DICOMDIR, or a folder DICOM, already; nothing is added to it. Use -Force to replace both, or choose another folder.");
        }

        if (Directory.Exists(Path.Join(root, FileSet.DirectoryName)) || !IsOurs())
        {
            throw new PacsbinException(PacsbinError.DestinationExists, "The folder DICOM at the destination holds what PacsbinPS has not written there; it would be lost.");
        }
    }

    /// <summary>Whether the folder has no names but those of a file-set of ours.</summary>
    private bool IsOurs()
    {
        var folder = new DirectoryInfo(Path.Join(root, FileSet.FolderName));
        return folder.LinkTarget is null && !File.Exists(folder.FullName)
            && (!folder.Exists || folder.EnumerateFileSystemInfos().All(s => s is DirectoryInfo { LinkTarget: null } inner && FileSet.IsName(s.Name, "ST")
                && inner.EnumerateFileSystemInfos().All(f => f is FileInfo { LinkTarget: null } && FileSet.IsName(f.Name, "IM"))));
    }

    private IEnumerable<string> Files() => Directory.EnumerateFiles(Path.Join(root, FileSet.FolderName), "*", SearchOption.AllDirectories);

    private static void Write(string path, byte[] content)
    {
        using (var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        if (!File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
        {
            throw new PacsbinException(PacsbinError.FileIo, "The destination does not hold what was written to it.");
        }
    }

    private static void Move(string from, string to, string name)
    {
        var (source, target) = (Path.Join(from, name), Path.Join(to, name));
        if (Directory.Exists(source))
        {
            Directory.Move(source, target);
        }
        else if (File.Exists(source))
        {
            File.Move(source, target);
        }
    }
}
