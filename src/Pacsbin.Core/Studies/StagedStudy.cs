using System.Buffers;
using System.IO.Hashing;
using System.Text.Json;

namespace Pacsbin.Studies;

/// <summary>A study while it is written: a hidden folder beside its destination, with a journal of the files that are whole.</summary>
/// <remarks>The folder is renamed once, when the study is whole. After a crash the same run finds the journal and goes on from there.</remarks>
internal sealed class StagedStudy : IDisposable
{
    /// <summary>The name of the journal in the staging folder.</summary>
    public const string JournalName = "journal";

    private const string FolderEnding = ".partial";

    /// <summary>The journal's line that says that all files are whole and are being moved.</summary>
    private const string Moving = "moving";
    private readonly string folder;
    private readonly string destination;
    private readonly FileStream journal;
    private readonly Dictionary<string, ManifestFile> files;
    private readonly ArrayBufferWriter<byte> line = new();
    private readonly Utf8JsonWriter lineWriter;
    private readonly Lock gate = new();

    private StagedStudy(string folder, string destination, FileStream journal, Dictionary<string, ManifestFile> files)
    {
        this.folder = folder;
        this.destination = destination;
        this.journal = journal;
        this.files = files;
        lineWriter = new Utf8JsonWriter(line);
    }

    /// <summary>Opens the staging folder of a study, with what an interrupted run of the same settings left whole.</summary>
    /// <param name="workspace">The destination folder of the run.</param>
    /// <param name="name">The study's folder in it.</param>
    /// <param name="settings">Profile, version and key; what was staged under others is written again.</param>
    /// <exception cref="PacsbinException">ManifestConflict if another process is writing the study; FileIo, FileAccessDenied.</exception>
    public static StagedStudy Open(string workspace, string name, string settings)
    {
        var folder = Path.Join(workspace, $".{name}{FolderEnding}");
        try
        {
            // What is not ours in a staging folder is deleted, and what is there already is overwritten: never behind a link.
            Directory.CreateDirectory(folder);
            if (IsLink(folder) || IsLink(Path.Join(workspace, name)))
            {
                throw new PacsbinException(PacsbinError.ManifestConflict, "The study's folder in the workspace is a link to another place.");
            }

            var journal = OpenJournal(folder);
            try
            {
                CompleteMoves(journal, folder, Path.Join(workspace, name));
                var files = ReadJournal(journal, folder, settings);
                RemoveUnfinished(folder, files);
                journal.SetLength(0);
                var staged = new StagedStudy(folder, Path.Join(workspace, name), journal, files);
                staged.Append(writer => writer.WriteStringValue(settings));
                foreach (var file in files.Values)
                {
                    staged.Append(file.Write);
                }

                return staged;
            }
            catch
            {
                journal.Dispose();
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

    /// <summary>Whether files are being moved into a study: from then on only going on makes it agree with its manifest.</summary>
    public bool IsMoving { get; private set; }

    /// <summary>Whether any file is whole.</summary>
    public bool HasFiles => files.Count > 0;

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

    /// <summary>The path at which a file of the study is to be written.</summary>
    public string PathOf(string name) => Path.Join(folder, name);

    /// <summary>Notes that a file is whole.</summary>
    public void Add(ManifestFile file)
    {
        lock (gate)
        {
            Append(file.Write);
            files.Add(file.Name, file);
        }
    }

    /// <summary>Moves the study to its destination, or the new files into a study that is there; returns the folder. Without files nothing is left.</summary>
    /// <param name="manifest">Made from all files of the study.</param>
    public string Finish(Func<IReadOnlyList<ManifestFile>, Manifest> manifest)
    {
        if (files.Count == 0)
        {
            Abandon();
            return destination;
        }

        if (Manifest.Read(destination) is not { } existing)
        {
            manifest([.. files.Values.OrderBy(f => f.Name, StringComparer.Ordinal)]).Write(folder);
            if (OperatingSystem.IsWindows())
            {
                journal.Dispose(); // a folder with an open file cannot be renamed there; elsewhere the journal keeps others out until it is
            }

            Directory.Move(folder, destination);
            File.Delete(Path.Join(destination, JournalName)); // last, so that a crash before leaves a staging folder that says what it is
            return destination;
        }

        // Whatever it was before, it is not reviewed from the first file on. That both manifests can be written shows before anything is moved.
        (existing with { State = StudyState.Deidentified }).Write(destination);
        var whole = MergedManifest(files.Values, existing, manifest);
        whole.Write(folder);
        IsMoving = true;
        Append(static writer => writer.WriteStringValue(Moving));
        MoveFiles(folder, destination, files.Values);
        RemoveFolder();
        return destination;
    }

    /// <summary>Moves the study that is at the destination out of the way; returns where it is until <see cref="Finish"/> has put the new one there.</summary>
    public string SetAside()
    {
        var aside = Path.Join(Path.GetDirectoryName(folder), $".{Path.GetFileName(destination)}.old{FolderEnding}");
        if (Directory.Exists(aside))
        {
            Directory.Delete(aside, recursive: true);
        }

        Directory.Move(destination, aside);
        return aside;
    }

    /// <summary>Removes the staging folder.</summary>
    public void Abandon() => RemoveFolder();

    public void Dispose()
    {
        lineWriter.Dispose();
        journal.Dispose();
    }

    /// <summary>The manifest of a study that is there, with some files added or replaced.</summary>
    private static Manifest MergedManifest(IReadOnlyCollection<ManifestFile> files, Manifest existing, Func<IReadOnlyList<ManifestFile>, Manifest> manifest)
    {
        var names = files.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        return manifest([.. existing.Files.Where(f => !names.Contains(f.Name)).Concat(files).OrderBy(f => f.Name, StringComparer.Ordinal)]);
    }

    /// <summary>Moves files into a study that is there, and its new manifest last. Until then files and manifest contradict each other.</summary>
    private static void MoveFiles(string folder, string destination, IReadOnlyCollection<ManifestFile> files)
    {
        foreach (var name in files.Select(f => f.Name).Append(Manifest.FileName).Where(n => File.Exists(Path.Join(folder, n))))
        {
            File.Move(Path.Join(folder, name), Path.Join(destination, name), overwrite: true);
        }
    }

    /// <summary>Removes the staging folder while the journal keeps others out of it, where the operating system lets go of an open file.</summary>
    private void RemoveFolder()
    {
        var path = Path.Join(folder, JournalName);
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

    /// <summary>Ends what a process did not that had begun to move files into a study: until then files and manifest contradict each other.</summary>
    private static void CompleteMoves(FileStream journal, string folder, string destination)
    {
        using var reader = new StreamReader(journal, leaveOpen: true);
        var lines = reader.ReadToEnd().Split('\n');
        journal.Position = 0;
        if (!lines.Contains($"\"{Moving}\"") || Manifest.Read(destination) is not { } existing)
        {
            return;
        }

        // Whole lines: the one that says so was written after them.
        var files = lines.Where(l => l.StartsWith('{')).Select(FileOf).ToArray();
        if (Array.TrueForAll(files, f => f is not null && (IsWhole(folder, f) || IsWhole(destination, f))))
        {
            // The manifest goes last: without it, and without a file, the folder had got to the end.
            if (Workspace.ManifestOf(folder) is null && Array.Exists(files, f => File.Exists(Path.Join(folder, f!.Name))))
            {
                MergedManifest(files!, existing, all => existing with { State = StudyState.Deidentified, Files = all }).Write(folder);
            }

            MoveFiles(folder, destination, files!);
            journal.SetLength(0);
        }
    }

    /// <summary>The file that a line of a journal names; null if the line is none.</summary>
    private static ManifestFile? FileOf(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ManifestJson.Default.ManifestFile) is { Name: not null, Xxh128: not null } file ? file : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static FileStream OpenJournal(string folder)
    {
        var path = Path.Join(folder, JournalName);
        try
        {
            var journal = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            if (File.Exists(path))
            {
                return journal;
            }

            journal.Dispose(); // another process has removed the folder between opening and locking
            throw Conflict(null);
        }
        catch (IOException e) when (IsSharing(e))
        {
            throw Conflict(e);
        }
        catch (DirectoryNotFoundException e)
        {
            throw Conflict(e);
        }

        static PacsbinException Conflict(Exception? e) => new(PacsbinError.ManifestConflict, "Another process is writing this study.", innerException: e);
    }

    private static Dictionary<string, ManifestFile> ReadJournal(FileStream journal, string folder, string settings)
    {
        var files = new Dictionary<string, ManifestFile>(StringComparer.Ordinal);
        using var reader = new StreamReader(journal, leaveOpen: true);
        try
        {
            if (reader.ReadLine() is not { } first || JsonSerializer.Deserialize(first, JournalJson.Default.String) != settings)
            {
                return files;
            }

            while (reader.ReadLine() is { } line)
            {
                if (JsonSerializer.Deserialize(line, ManifestJson.Default.ManifestFile) is { } file && IsWhole(folder, file))
                {
                    files[file.Name] = file;
                }
            }
        }
        catch (JsonException)
        {
            // The process ended while it wrote this line; its file is written again.
        }

        return files;
    }

    private static bool IsSharing(IOException e) =>
        OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 32 or 33 : e.HResult is 11 or 35; // ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION; EWOULDBLOCK of Linux and macOS

    private static bool IsLink(string folder) => new DirectoryInfo(folder).LinkTarget is not null;

    /// <summary>Whether the bytes are those that were written: after a power failure a file can be shorter than its journal says.</summary>
    private static bool IsWhole(string folder, ManifestFile file)
    {
        var path = Path.Join(folder, file.Name);
        if (Path.GetFileName(file.Name) != file.Name || !File.Exists(path) || new FileInfo(path).Length != file.Length)
        {
            return false;
        }

        var hash = new XxHash128();
        using var stream = File.OpenRead(path);
        hash.Append(stream);
        return Convert.ToHexStringLower(hash.GetCurrentHash()) == file.Xxh128;
    }

    private static void RemoveUnfinished(string folder, Dictionary<string, ManifestFile> files)
    {
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            var name = Path.GetFileName(path);
            if (name != JournalName && !files.ContainsKey(name))
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Adds a line of JSON in one write.</summary>
    private void Append(Action<Utf8JsonWriter> write)
    {
        line.ResetWrittenCount();
        lineWriter.Reset();
        write(lineWriter);
        lineWriter.Flush();
        line.GetSpan(1)[0] = (byte)'\n';
        line.Advance(1);
        journal.Write(line.WrittenSpan);
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class JournalJson : System.Text.Json.Serialization.JsonSerializerContext;
