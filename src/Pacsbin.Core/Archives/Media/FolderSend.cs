using Pacsbin.Studies;

namespace Pacsbin.Archives.Media;

/// <summary>Copies approved studies to a folder, a share or a .zip file, for places that no network reaches.</summary>
/// <remarks>
/// A folder gets one folder a study, named by its new Study Instance UID, with the .dcm files; <c>study.json</c> stays in the workspace. With a DICOMDIR it is a file-set of PS3.10 instead:
/// <c>DICOMDIR</c>, and the files as <c>DICOM/ST000001/IM000001</c> and so on. A .zip file has either of the two. Everything is written under hidden names, read again and compared with the
/// SHA-256 of the approval, and only then gets its name. What an interrupted call has left whole is not written again by the next.
/// </remarks>
public sealed class FolderSend
{
    /// <summary>Prepares to copy.</summary>
    /// <param name="destination">The full path of the folder, which is made if it is missing, or of the .zip file.</param>
    public FolderSend(string destination)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(destination);
        Destination = Path.TrimEndingDirectorySeparator(Path.GetFullPath(destination));
    }

    /// <summary>The folder or the .zip file.</summary>
    public string Destination { get; }

    /// <summary>Whether <see cref="Destination"/> is a .zip file.</summary>
    public bool IsZip { get; init; }

    /// <summary>Whether there is to be a DICOMDIR.</summary>
    public bool HasDirectory { get; init; }

    /// <summary>Whether a study, a file-set or a .zip file that is there with other content is replaced.</summary>
    public bool Force { get; init; }

    /// <summary>The most files copied at once to a folder; 0 for the number of processors.</summary>
    public int ThrottleLimit { get; init; }

    /// <summary>Receives the folder of each study that was not sent.</summary>
    public Action<string, PacsbinException> Rejected { get; init; } = static (_, _) => { };

    /// <summary>Copies studies.</summary>
    /// <param name="studies">In a workspace.</param>
    /// <param name="completed">Receives each study that is at the destination, whole; with a DICOMDIR or a .zip file all of them at the end.</param>
    /// <param name="progress">Told at every file and every few megabytes.</param>
    /// <param name="cancellationToken">Stops within a file, of which nothing stays; to a folder the same call goes on from there.</param>
    /// <exception cref="PacsbinException">What concerns all studies: DestinationExists if the destination is in a workspace's study, or there is a .zip file or another DICOMDIR already;
    /// ManifestConflict if another process is writing there; FileIo, FileAccessDenied, FileNotFound.</exception>
    public void Run(IReadOnlyList<DicomStudy> studies, Action<SendResult> completed, IProgress<SendProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(studies);
        ArgumentNullException.ThrowIfNull(completed);
        var files = studies.SelectMany(s => Workspace.ManifestOf(s.Path)?.Files ?? []).ToList(); // what was found may be older than the approval, which lengthens files
        var meter = new CopyMeter(progress, files.Count, files.Sum(f => f.Length));
        try
        {
            RequireOutside(studies);
            if (IsZip)
            {
                ZipCopy.RequireFree(Destination, Force);
                SendTogether(studies, meter, copies => new ZipCopy(this, copies, meter, Reject).Run(cancellationToken), "Zip", completed, cancellationToken);
            }
            else if (HasDirectory)
            {
                SendTogether(studies, meter, copies => new FileSetCopy(this, copies, Reject).Run(cancellationToken), "Folder", completed, cancellationToken);
            }
            else
            {
                SendSingly(studies, meter, completed, cancellationToken);
            }
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    private void SendSingly(IReadOnlyList<DicomStudy> studies, CopyMeter meter, Action<SendResult> completed, CancellationToken cancellationToken)
    {
        foreach (var study in studies)
        {
            SendResult result;
            try
            {
                using var copy = Open(study, meter, cancellationToken);
                new StudyFolderCopy(this, copy).Run(cancellationToken);
                result = copy.Complete("Folder");
            }
            catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
            {
                Rejected(study.Path, known);
                continue;
            }

            completed(result);
        }
    }

    /// <summary>Sends what becomes one thing; a study that is found to be not approved is left out.</summary>
    /// <param name="studies">In a workspace.</param>
    /// <param name="meter">Counts all studies.</param>
    /// <param name="send">Takes studies that turn out not to be approved off its list.</param>
    /// <param name="archive">Folder or Zip.</param>
    /// <param name="completed">Receives each study that is there.</param>
    /// <param name="cancellationToken">Stops.</param>
    private void SendTogether(IReadOnlyList<DicomStudy> studies, CopyMeter meter, Action<List<StudyCopy>> send, string archive, Action<SendResult> completed, CancellationToken cancellationToken)
    {
        var copies = new List<StudyCopy>();
        var opened = new List<StudyCopy>();
        try
        {
            foreach (var study in studies)
            {
                try
                {
                    var copy = Open(study, meter, cancellationToken);
                    opened.Add(copy);
                    copies.Add(copies.Exists(c => c.Name == copy.Name)
                        ? throw new PacsbinException(PacsbinError.DestinationExists, "Another study with the same Study Instance UID is sent to the same place.")
                        : copy);
                }
                catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
                {
                    Rejected(study.Path, known);
                }
            }

            copies.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
            send(copies);
            foreach (var copy in copies)
            {
                SendResult result;
                try
                {
                    result = copy.Complete(archive);
                }
                catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
                {
                    Reject(copy, known);
                    continue;
                }

                completed(result);
            }
        }
        finally
        {
            opened.ForEach(c => c.Dispose());
        }
    }

    private void Reject(StudyCopy copy, PacsbinException error) => Rejected(copy.Study.Path, error);

    private StudyCopy Open(DicomStudy study, CopyMeter meter, CancellationToken cancellationToken)
    {
        var approved = ApprovedStudy.Open(study, ThrottleLimit, progress: null, cancellationToken);
        try
        {
            return new StudyCopy(study, approved, meter);
        }
        catch
        {
            approved.Dispose();
            throw;
        }
    }

    /// <summary>Refuses a destination in a study of a workspace, where copies would make the approval void, and one in whose place the workspace is.</summary>
    private void RequireOutside(IReadOnlyList<DicomStudy> studies)
    {
        var comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        var real = RealPath.Of(new DirectoryInfo(Destination), folders);
        for (var folder = IsZip ? Path.GetDirectoryName(real) : real; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Join(folder, Manifest.FileName)))
            {
                throw new PacsbinException(PacsbinError.DestinationExists, "The destination is in a study of a workspace.");
            }
        }

        if (!IsZip && studies.Select(s => Path.GetDirectoryName(s.Path)).Distinct().Any(w => w is not null && real.Equals(RealPath.Of(new DirectoryInfo(w), folders), comparison)))
        {
            throw new PacsbinException(PacsbinError.DestinationExists, "The destination is the workspace itself.");
        }
    }
}
