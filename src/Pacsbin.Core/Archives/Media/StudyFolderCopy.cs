using Pacsbin.Studies;

namespace Pacsbin.Archives.Media;

/// <summary>Copies a study into a folder of its own at a destination: new, completed, or in the place of another.</summary>
internal sealed class StudyFolderCopy(FolderSend send, StudyCopy copy)
{
    private readonly string final = Path.Join(send.Destination, copy.Name);

    public void Run(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(send.Destination);
        using var partial = PartialFolder.Open(send.Destination, copy.Name);
        using var replaced = PartialFolder.Open(send.Destination, copy.Name + ".replaced");
        Restore(replaced);
        var there = Existing(cancellationToken);
        var isReplaced = there is null;
        var missing = copy.Files.Where(f => there?.Contains(f.Name) != true).ToList();
        try
        {
            partial.KeepOnly(missing.Select(f => Path.Join(partial.Folder, f.Name)));
            foreach (var file in copy.Files.Except(missing))
            {
                copy.Skip(file);
            }

            StudyCopy.ForEach(missing, send.ThrottleLimit, f => copy.CopyTo(f, Path.Join(partial.Folder, f.Name), cancellationToken), cancellationToken);
        }
        catch (PacsbinException e) when (e.Error == PacsbinError.NotApproved)
        {
            partial.TryRemove();
            throw;
        }

        StudyCopy.RequireAll(missing.Select(f => (Path.Join(partial.Folder, f.Name), f)));
        if (missing.Count == 0)
        {
            partial.Remove();
        }
        else if (!Directory.Exists(final))
        {
            partial.MoveTo(final);
        }
        else if (isReplaced)
        {
            Directory.Move(final, AsideOf(replaced));
            partial.MoveTo(final);
            replaced.Remove();
        }
        else
        {
            missing.ForEach(f => File.Move(Path.Join(partial.Folder, f.Name), Path.Join(final, f.Name)));
            partial.Remove();
        }
    }

    private static string AsideOf(PartialFolder replaced) => Path.Join(replaced.Folder, "study");

    /// <summary>Ends what a process did not that was replacing the study: without the new one the old one comes back.</summary>
    private void Restore(PartialFolder replaced)
    {
        if (Directory.Exists(AsideOf(replaced)) && !Path.Exists(final))
        {
            Directory.Move(AsideOf(replaced), final);
        }

        replaced.KeepOnly([]);
    }

    /// <summary>The names of the study's files that are at the destination as approved; null if there is something else that is to be replaced.</summary>
    private HashSet<string>? Existing(CancellationToken cancellationToken)
    {
        if (!Path.Exists(final))
        {
            return [];
        }

        if (File.Exists(final) || new DirectoryInfo(final).LinkTarget is not null)
        {
            throw new PacsbinException(PacsbinError.DestinationExists, "At the destination is a file or a link where the study's folder is to be.");
        }

        var files = copy.Files.ToDictionary(f => f.Name, StringComparer.Ordinal);
        var entries = new DirectoryInfo(final).GetFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false });
        if (entries.Any(e => e is not FileInfo { LinkTarget: null, Extension: ".dcm" } || !Workspace.IsUid(Path.GetFileNameWithoutExtension(e.Name))))
        {
            throw new PacsbinException(PacsbinError.DestinationExists, "The study's folder at the destination holds what is no file of a study; it would be lost.");
        }

        var same = new HashSet<string>(StringComparer.Ordinal);
        StudyCopy.ForEach(
            entries,
            send.ThrottleLimit,
            e =>
            {
                if (files.TryGetValue(e.Name, out var file) && StudyCopy.Holds(e.FullName, file, cancellationToken))
                {
                    lock (same)
                    {
                        same.Add(e.Name);
                    }
                }
            },
            cancellationToken);
        return same.Count == entries.Length ? same
            : send.Force ? null
            : throw new PacsbinException(PacsbinError.DestinationExists, "The study is at the destination already, with other content. Use -Force to replace it.");
    }
}
