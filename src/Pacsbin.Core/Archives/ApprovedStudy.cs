using System.Collections.Concurrent;
using Pacsbin.Deidentification;
using Pacsbin.Review;
using Pacsbin.Studies;

namespace Pacsbin.Archives;

/// <summary>A study whose every byte is approved, kept from other processes while it leaves: the one gate for archives, folders and .zip files.</summary>
internal sealed class ApprovedStudy : IDisposable
{
    private readonly StagedStudy staged;
    private readonly Lock gate = new();
    private readonly ConcurrentQueue<(string Target, IReadOnlySet<string> Names)> confirmed = new();

    private ApprovedStudy(StagedStudy staged, string folder, Manifest manifest)
    {
        this.staged = staged;
        Folder = folder;
        Manifest = manifest;
    }

    /// <summary>The study's folder in the workspace.</summary>
    public string Folder { get; }

    public Manifest Manifest { get; private set; }

    /// <summary>Keeps others out, and reads and compares every byte.</summary>
    /// <exception cref="PacsbinException">NotApproved if there is no approval for exactly these bytes; ManifestConflict if another process is writing or sending the study, or only a part of it was found, or parts in several folders; MalformedElement, FileIo, FileAccessDenied.</exception>
    public static ApprovedStudy Open(DicomStudy study, int throttleLimit, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        if (!study.IsInWorkspace)
        {
            throw new PacsbinException(PacsbinError.NotApproved, "The study is not in a workspace: only what was de-identified and approved leaves.");
        }

        var folder = study.Path;
        var staged = StagedStudy.Open(Path.GetDirectoryName(folder)!, Path.GetFileName(folder));
        try
        {
            var manifest = StudyApproval.Verify(folder, throttleLimit, progress, cancellationToken);
            new StudyChange(study, throttleLimit, static (_, _) => { }).RequireWhole(manifest);
            return new ApprovedStudy(staged, folder, manifest);
        }
        catch
        {
            staged.Dispose();
            throw;
        }
    }

    /// <summary>Opens the bytes of a file; they are compared once more while they are read.</summary>
    /// <param name="file">Of <see cref="Manifest"/>.</param>
    /// <param name="given">Told the bytes that are read; null for nobody.</param>
    /// <exception cref="PacsbinException">NotApproved if the file was changed; FileIo, FileAccessDenied.</exception>
    public ApprovedStream OpenFile(ManifestFile file, Action<int>? given = null) => new(Path.Join(Folder, file.Name), file) { Given = given };

    /// <summary>Notes in the manifest that an archive has confirmed files. It is on the disk when this returns, so that no later run sends them again.</summary>
    /// <remarks>The manifest of a large study takes a while to write: what several threads have to note meanwhile is written together.</remarks>
    public void Confirm(string target, IReadOnlySet<string> names)
    {
        confirmed.Enqueue((target, names));
        lock (gate)
        {
            var files = Manifest.Files;
            var waiting = confirmed.ToArray();
            foreach (var (to, whose) in waiting)
            {
                files = [.. files.Select(f => whose.Contains(f.Name) && !f.IsSentTo(to) ? f with { Sent = [.. Others(f, to), new FileSend(to, f.Sha256!)] } : f)];
            }

            if (waiting.Length > 0)
            {
                Note(Manifest with { Files = files });
            }

            Array.ForEach(waiting, _ => confirmed.TryDequeue(out var _)); // only now: of what could not be written each thread has to know
        }
    }

    /// <summary>Notes in the manifest that an archive does not have files that it once confirmed.</summary>
    public void Forget(string target, IReadOnlySet<string> names)
    {
        lock (gate)
        {
            Note(Manifest with
            {
                State = StudyState.Approved,
                Files = [.. Manifest.Files.Select(f => names.Contains(f.Name) ? f with { Sent = Others(f, target) is { Count: > 0 } rest ? rest : null } : f)],
            });
        }
    }

    /// <summary>Notes in the manifest that the study has gone, whole.</summary>
    public void Complete(string archive, string? target)
    {
        lock (gate)
        {
            var send = new ManifestSend(archive, target, DateTimeOffset.UtcNow, $"PacsbinPS {Deidentifier.Version}", Manifest.Files.Count, Manifest.Approval!.MerkleRoot);
            Note(Manifest with { State = StudyState.Sent, Sends = [.. Manifest.Sends ?? [], send] });
        }
    }

    public void Dispose() => staged.Dispose();

    private static List<FileSend> Others(ManifestFile file, string target) => [.. (file.Sent ?? []).Where(s => s.Target != target)];

    private void Note(Manifest manifest)
    {
        staged.Note(manifest);
        Manifest = manifest;
    }
}
