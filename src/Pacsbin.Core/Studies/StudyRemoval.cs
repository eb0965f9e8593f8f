namespace Pacsbin.Studies;

/// <summary>Deletes studies from a workspace: the files that their manifests list, and nothing else.</summary>
/// <remarks>
/// The study's folder is renamed to a hidden one first, so that it is gone at once as a whole, and its manifest is deleted last. What an interrupted call left is deleted by whoever
/// opens the study next.
/// </remarks>
public static class StudyRemoval
{
    private const string AsideEnding = ".removed" + StagedStudy.FolderEnding;

    /// <summary>Deletes a study.</summary>
    /// <param name="study">In a workspace.</param>
    /// <param name="cancellationToken">Stops between two files; the same call, or <see cref="Resume"/>, goes on from there.</param>
    /// <exception cref="PacsbinException">DestinationExists if the study is a source, or its folder holds anything that its manifest does not list; FileNotFound if it has no manifest;
    /// ManifestConflict if another process is writing it, or the folder is a link; FileIo, FileAccessDenied.</exception>
    public static void Remove(DicomStudy study, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(study);
        if (!study.IsInWorkspace)
        {
            throw new PacsbinException(PacsbinError.DestinationExists, "The study is a source study, and those are never deleted.");
        }

        if (Resume(study.Path) && !Directory.Exists(study.Path))
        {
            return;
        }

        try
        {
            using var staged = StagedStudy.Open(Path.GetDirectoryName(study.Path)!, Path.GetFileName(study.Path));
            RequireNothingElse(study.Path, staged.Existing ?? throw new PacsbinException(PacsbinError.FileNotFound, "The study's folder has no manifest, so it is not a study of a workspace."));
            cancellationToken.ThrowIfCancellationRequested();
            var aside = AsideOf(study.Path);
            Directory.Move(study.Path, aside);
            Delete(aside, cancellationToken);
            staged.Remove();
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    /// <summary>Ends what interrupted calls left of the study that was in a folder, or of all studies if the folder is their workspace; false if there is nothing.</summary>
    /// <param name="folder">The folder of a study, which may be gone, or a workspace.</param>
    /// <inheritdoc cref="Remove"/>
    public static bool Resume(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var interrupted = Interrupted(Path.TrimEndingDirectorySeparator(folder));
        foreach (var study in interrupted)
        {
            StagedStudy.Open(Path.GetDirectoryName(study)!, Path.GetFileName(study)).Dispose();
        }

        return interrupted.Count > 0;
    }

    /// <summary>Whether <see cref="Resume"/> would find anything.</summary>
    public static bool IsInterrupted(string folder) => Interrupted(Path.TrimEndingDirectorySeparator(folder)).Count > 0;

    /// <summary>Where a study is while it is deleted.</summary>
    internal static string AsideOf(string destination) => Path.Join(Path.GetDirectoryName(destination), $".{Path.GetFileName(destination)}{AsideEnding}");

    /// <summary>Ends what a process did not that had begun to delete a study.</summary>
    internal static void Recover(string destination)
    {
        if (AsideOf(destination) is var aside && Directory.Exists(aside))
        {
            Delete(aside, CancellationToken.None);
        }
    }

    /// <summary>The folders in which studies were whose deletion is not finished.</summary>
    private static List<string> Interrupted(string folder)
    {
        if (Path.GetDirectoryName(folder) is not null && Directory.Exists(AsideOf(folder)))
        {
            return [folder];
        }

        try
        {
            return Directory.Exists(folder)
                ? [.. Directory.EnumerateDirectories(folder, ".*" + AsideEnding, new EnumerationOptions { AttributesToSkip = 0 })
                    .Select(f => Path.Join(folder, Path.GetFileName(f)[1..^AsideEnding.Length]))]
                : [];
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is not null)
        {
            return []; // whoever reads the folder says what is wrong with it
        }
    }

    private static void RequireNothingElse(string folder, Manifest manifest)
    {
        if (Workspace.CountUnlisted(folder, manifest) is > 0 and var count)
        {
            throw new PacsbinException(PacsbinError.DestinationExists, $"The study's folder holds files or folders that its manifest does not list, {count} in all; nothing is deleted.");
        }
    }

    private static void Delete(string aside, CancellationToken cancellationToken)
    {
        var manifest = Manifest.Read(aside);
        if (manifest is not null)
        {
            RequireNothingElse(aside, manifest); // what came between the look and the renaming stays, in the hidden folder
        }

        foreach (var name in (manifest?.Files.Select(f => f.Name) ?? []).Append(Manifest.TemporaryName).Append(StagingJournal.FileName).Append(Manifest.FileName))
        {
            cancellationToken.ThrowIfCancellationRequested();
            File.Delete(Path.Join(aside, name)); // of a link the link
        }

        Directory.Delete(aside);
    }
}
