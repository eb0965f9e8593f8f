using System.Diagnostics.CodeAnalysis;

namespace Pacsbin.Studies;

/// <summary>A study while it is written: a hidden folder beside its destination, with a journal of the files that are whole.</summary>
/// <remarks>The folder is renamed once, when the study is whole. After a crash the same run finds the journal and goes on from there.</remarks>
internal sealed class StagedStudy : IDisposable
{
    /// <summary>How the name of a staging folder ends.</summary>
    public const string FolderEnding = ".partial";

    private readonly string folder;
    private readonly string destination;
    private readonly StagingJournal journal;
    private readonly Lock gate = new();
    private Dictionary<string, ManifestFile> files = [];
    private string own = "";
    private bool isSettled;
    private bool replaces;

    private StagedStudy(string folder, string destination, StagingJournal journal)
    {
        this.folder = folder;
        this.destination = destination;
        this.journal = journal;
    }

    /// <summary>The manifest of the study that is at the destination; null if there is none.</summary>
    public Manifest? Existing { get; private set; }

    /// <summary>Whether files are being moved into a study: from then on only going on makes it agree with its manifest.</summary>
    public bool IsMoving { get; private set; }

    /// <summary>Whether <see cref="Resume"/> was called: before, what another run has staged is not touched.</summary>
    public bool IsResumed { get; private set; }

    /// <summary>Whether any file is whole.</summary>
    public bool HasFiles => files.Count > 0;

    /// <summary>Opens the staging folder of a study, keeps others out of it, and ends what a process did not that had begun to change the study.</summary>
    /// <param name="workspace">The destination folder of the run.</param>
    /// <param name="name">The study's folder in it.</param>
    /// <exception cref="PacsbinException">ManifestConflict if another process is writing the study; DestinationExists if its folder is a link; MalformedElement if its manifest cannot be read; FileIo, FileAccessDenied.</exception>
    public static StagedStudy Open(string workspace, string name)
    {
        var folder = Path.Join(workspace, $".{name}{FolderEnding}");
        var destination = Path.Join(workspace, name);
        try
        {
            // What is not ours in a staging folder is deleted, and what is there already is overwritten: never behind a link.
            Directory.CreateDirectory(folder);
            if (IsLink(folder) || IsLink(destination) || IsLink(StudyReplacement.AsideOf(destination)) || IsLink(StudyRemoval.AsideOf(destination)))
            {
                throw new PacsbinException(PacsbinError.DestinationExists, "The study's folder in the workspace is a link to another place.");
            }

            var staged = new StagedStudy(folder, destination, StagingJournal.Open(folder));
            try
            {
                StudyRemoval.Recover(destination);
                StudyReplacement.Recover(destination);
                CompleteMoves(staged.journal, folder, destination);
                staged.Existing = Manifest.Read(destination);
                if (staged.Existing is not null)
                {
                    // A process that ended right after it had given the study its place has left it.
                    File.Delete(Path.Join(destination, StagingJournal.FileName));
                }

                return staged;
            }
            catch
            {
                staged.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    /// <summary>Whether a folder is a study that is being written, or that an interrupted run left.</summary>
    public static bool IsStaging(string folder) =>
        Path.GetFileName(folder) is ['.', ..] name && name.EndsWith(FolderEnding, StringComparison.Ordinal);

    /// <summary>Takes over what an interrupted run left whole that did the same; the rest is removed.</summary>
    /// <param name="settings">Profile, version and key; what was staged under others is written again.</param>
    /// <param name="replacing">Whether <see cref="Finish"/> leaves nothing of a study that is at the destination, instead of adding to it.</param>
    /// <exception cref="PacsbinException">FileIo, FileAccessDenied.</exception>
    public void Resume(string settings, bool replacing = false)
    {
        replaces = replacing;
        isSettled = IsResumed = true;
        try
        {
            // What was staged to replace a study must not get into one that is only added to: regions may be burned into its files.
            own = replacing ? settings + " replacing" : settings;
            var record = journal.Read();
            files = record.Settings == own ? record.Files.Values.Where(f => IsWhole(folder, f)).ToDictionary(f => f.Name, StringComparer.Ordinal) : [];
            RemoveUnfinished();
            journal.Begin(own, files.Values);
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    /// <summary>The bytes of a file that an interrupted run left whole; false if it did not.</summary>
    public bool TryGetLength(string name, out long length)
    {
        lock (gate)
        {
            var isThere = files.TryGetValue(name, out var file);
            length = file?.Length ?? 0;
            return isThere;
        }
    }

    /// <summary>The entry of a file that is staged and whole.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out ManifestFile? file)
    {
        lock (gate)
        {
            return files.TryGetValue(name, out file);
        }
    }

    /// <summary>The path at which a file of the study is to be written.</summary>
    public string PathOf(string name) => Path.Join(folder, name);

    /// <summary>Notes that a file is whole.</summary>
    public void Add(ManifestFile file)
    {
        lock (gate)
        {
            journal.Add(file);
            files.Add(file.Name, file);
        }
    }

    /// <summary>Drops the other files of those that are staged.</summary>
    /// <param name="isWanted">Tells it by the file's name.</param>
    public void KeepOnly(Predicate<string> isWanted)
    {
        if (!files.Keys.All(f => isWanted(f)))
        {
            files = files.Values.Where(f => isWanted(f.Name)).ToDictionary(f => f.Name, StringComparer.Ordinal);
            journal.Begin(own, files.Values);
            RemoveUnfinished();
        }
    }

    /// <summary>Makes the study whole at its destination, in the place of the one that is there or added to it, as <see cref="Resume"/> was told. Without files what is there stays.</summary>
    /// <param name="manifest">Made from all files of the study.</param>
    /// <exception cref="PacsbinException">ManifestConflict if the study at the destination is gone meanwhile, or one is there that was not.</exception>
    public void Finish(Func<IReadOnlyList<ManifestFile>, Manifest> manifest)
    {
        if (files.Count == 0)
        {
            Remove();
            return;
        }

        var current = Manifest.Read(destination);
        if (current is null != Existing is null)
        {
            throw new PacsbinException(PacsbinError.ManifestConflict, "The study's folder in the workspace was removed or made meanwhile.");
        }

        if (current is null || replaces)
        {
            PutInPlace(manifest);
        }
        else
        {
            MoveInto(current, manifest);
        }
    }

    /// <summary>Puts what is staged into the study that is there, and its new manifest, even if no file is staged.</summary>
    /// <param name="manifest">Made from all files of the study.</param>
    /// <exception cref="PacsbinException">ManifestConflict if the study is gone meanwhile.</exception>
    public void Change(Func<IReadOnlyList<ManifestFile>, Manifest> manifest) =>
        MoveInto(Manifest.Read(destination) ?? throw new PacsbinException(PacsbinError.ManifestConflict, "The study's folder in the workspace was removed meanwhile."), manifest);

    /// <summary>Replaces the study's manifest alone, in one step; files are not touched.</summary>
    /// <exception cref="PacsbinException">ManifestConflict if the study is gone meanwhile; FileIo, FileAccessDenied.</exception>
    public void Note(Manifest manifest)
    {
        if (!Directory.Exists(destination))
        {
            throw new PacsbinException(PacsbinError.ManifestConflict, "The study's folder in the workspace was removed meanwhile.");
        }

        try
        {
            manifest.Write(destination, isDurable: true);
            Existing = manifest;
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    /// <summary>Removes the staging folder while the journal keeps others out of it, where the operating system lets go of an open file.</summary>
    public void Remove()
    {
        isSettled = true;
        var path = PathOf(StagingJournal.FileName);
        foreach (var file in Directory.EnumerateFiles(folder).Where(f => f != path))
        {
            File.Delete(file);
        }

        if (OperatingSystem.IsWindows())
        {
            journal.Dispose();
        }

        try
        {
            File.Delete(path);
            Directory.Delete(folder);
        }
        catch (IOException)
        {
            // Another process has the folder already: it is empty, and theirs.
        }
        finally
        {
            journal.Dispose();
        }
    }

    /// <summary>Lets others at the study. What is staged stays for a rerun; a folder that was opened in vain goes.</summary>
    public void Dispose()
    {
        try
        {
            if (!isSettled && journal.IsEmpty)
            {
                Remove();
            }
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is not null)
        {
            // Whoever opens it next removes it.
        }

        isSettled = true;
        journal.Dispose();
    }

    private void PutInPlace(Func<IReadOnlyList<ManifestFile>, Manifest> manifest)
    {
        RemoveUnfinished(); // a copy that was rejected and could not be deleted must not come along
        manifest([.. WithSends(files.Values, Existing).OrderBy(f => f.Name, StringComparer.Ordinal)]).Write(folder);
        if (OperatingSystem.IsWindows())
        {
            journal.Dispose(); // a folder with an open file cannot be renamed there; elsewhere the journal keeps others out until it is
        }

        if (Existing is null)
        {
            Directory.Move(folder, destination);
        }
        else
        {
            StudyReplacement.Replace(folder, destination);
        }

        File.Delete(Path.Join(destination, StagingJournal.FileName)); // last, so that a crash before leaves a staging folder that says what it is
    }

    private void MoveInto(Manifest current, Func<IReadOnlyList<ManifestFile>, Manifest> manifest)
    {
        // Whatever it was before, it is not reviewed from the first file on. That both manifests can be written shows before anything is moved.
        Unreviewed(current).Write(destination);
        MergedManifest(files, current, manifest).Write(folder);
        IsMoving = true;
        journal.AddMoving();
        MoveFiles(folder, destination, files.Keys);
        Remove();
    }

    /// <summary>Ends what a process did not that had begun to move files into a study: until then files and manifest contradict each other.</summary>
    private static void CompleteMoves(StagingJournal journal, string folder, string destination)
    {
        if (journal.Read() is not { IsMoving: true } record || Manifest.Read(destination) is not { } existing
            || !record.Files.Values.All(f => IsWhole(folder, f) || IsWhole(destination, f)))
        {
            return;
        }

        // The manifest goes last: without it, and without a file, the folder had got to the end.
        if (Workspace.ManifestOf(folder) is null && record.Files.Keys.Any(f => File.Exists(Path.Join(folder, f))))
        {
            MergedManifest(record.Files, existing, all => Unreviewed(existing) with { Files = all }).Write(folder);
        }

        MoveFiles(folder, destination, record.Files.Keys);
        journal.Clear();
    }

    private static Manifest Unreviewed(Manifest manifest) => manifest with { State = StudyState.Deidentified, Approval = null };

    /// <summary>The manifest of a study that is there, with some files added or replaced.</summary>
    private static Manifest MergedManifest(Dictionary<string, ManifestFile> files, Manifest existing, Func<IReadOnlyList<ManifestFile>, Manifest> manifest) =>
        manifest([.. existing.Files.Where(f => !files.ContainsKey(f.Name)).Concat(WithSends(files.Values, existing)).OrderBy(f => f.Name, StringComparer.Ordinal)]);

    /// <summary>Staged files with what is known of them now, and not when they were staged: which of their bytes have been sent.</summary>
    private static IEnumerable<ManifestFile> WithSends(IEnumerable<ManifestFile> files, Manifest? existing)
    {
        var known = (existing?.Files ?? []).ToDictionary(f => f.Name, f => f.Sent, StringComparer.Ordinal);
        return files.Select(f => f with { Sent = known.GetValueOrDefault(f.Name) });
    }

    /// <summary>Moves files into a study that is there, and its new manifest last.</summary>
    private static void MoveFiles(string folder, string destination, IEnumerable<string> names)
    {
        foreach (var name in names.Append(Manifest.FileName).Where(n => File.Exists(Path.Join(folder, n))))
        {
            File.Move(Path.Join(folder, name), Path.Join(destination, name), overwrite: true);
        }
    }

    private static bool IsLink(string folder) => new DirectoryInfo(folder).LinkTarget is not null;

    /// <summary>Whether the bytes are those that were written: after a power failure a file can be shorter than its journal says.</summary>
    private static bool IsWhole(string folder, ManifestFile file)
    {
        var path = Path.Join(folder, file.Name);
        if (Path.GetFileName(file.Name) != file.Name || !File.Exists(path) || new FileInfo(path).Length != file.Length)
        {
            return false;
        }

        return FileDigest.Of(path).Xxh128 == file.Xxh128;
    }

    private void RemoveUnfinished()
    {
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            var name = Path.GetFileName(path);
            if (name != StagingJournal.FileName && !files.ContainsKey(name))
            {
                File.Delete(path);
            }
        }
    }
}
