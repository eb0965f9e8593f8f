using Pacsbin.Dicom;
using Pacsbin.Sidecar.Access;
using Pacsbin.Sidecar.Problems;
using Pacsbin.Studies;

namespace Pacsbin.Sidecar;

/// <summary>Finds the studies that requests name, inside of the folders that are allowed.</summary>
internal sealed class StudyFinder(AllowedFolders folders, ListedFiles listed)
{
    /// <summary>The studies below a folder or file, which may be read.</summary>
    /// <exception cref="PacsbinException">FileAccessDenied, FileNotFound.</exception>
    public (ScanResult Found, IReadOnlyList<FileProblem> Rejected) Scan(string path, CancellationToken cancellationToken) => ScanReal(folders.RequireReadable(path), cancellationToken);

    /// <summary>The studies of a workspace.</summary>
    /// <param name="workspace">Its full path; null for the configured one.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="PacsbinException">FileAccessDenied, FileNotFound.</exception>
    public (ScanResult Found, IReadOnlyList<FileProblem> Rejected) ScanWorkspace(string? workspace, CancellationToken cancellationToken) => ScanReal(folders.RequireWorkspace(workspace), cancellationToken);

    /// <summary>A study of a workspace, found whole.</summary>
    /// <param name="studyInstanceUid">The study.</param>
    /// <param name="workspace">Its workspace's full path; null for the configured one.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="PacsbinException">FileNotFound, FileAccessDenied.</exception>
    public (DicomStudy Study, IReadOnlyList<FileProblem> Rejected) Find(string studyInstanceUid, string? workspace, CancellationToken cancellationToken)
    {
        var folder = FolderOf(studyInstanceUid, workspace);
        if (!Directory.Exists(folder))
        {
            throw NoStudy();
        }

        var (found, rejected) = ScanReal(folder, cancellationToken);
        return (found.Studies.FirstOrDefault(s => s.StudyInstanceUid == studyInstanceUid && s.IsInWorkspace) ?? throw NoStudy(), rejected);
    }

    /// <summary>Studies of a workspace: those that are named, or all.</summary>
    /// <exception cref="PacsbinException">FileNotFound, FileAccessDenied.</exception>
    public IReadOnlyList<DicomStudy> Select(IReadOnlyList<string>? studyInstanceUids, string? workspace, Action<string, PacsbinException> rejected, CancellationToken cancellationToken)
    {
        if (studyInstanceUids is not null)
        {
            return [.. studyInstanceUids.Distinct(StringComparer.Ordinal).Select(u => Find(u, workspace, cancellationToken).Study)];
        }

        var scanner = new StudyScanner { MayRead = folders.MayRead, Rejected = rejected };
        return [.. scanner.Scan([folders.RequireWorkspace(workspace)], cancellationToken: cancellationToken).Studies.Where(s => s.IsInWorkspace)];
    }

    /// <summary>The folder of a study, which need not exist.</summary>
    /// <exception cref="PacsbinException">FileNotFound, FileAccessDenied.</exception>
    public string FolderOf(string studyInstanceUid, string? workspace)
    {
        var parent = folders.RequireWorkspace(workspace);
        return Workspace.IsUid(studyInstanceUid) ? AllowedFolders.RequireInWorkspace(parent, studyInstanceUid) : throw NoStudy();
    }

    /// <summary>The file of an instance of a study that is in a workspace.</summary>
    /// <exception cref="PacsbinException">FileNotFound, FileAccessDenied.</exception>
    public string FileOf(string studyInstanceUid, string seriesInstanceUid, string sopInstanceUid, string? workspace)
    {
        var folder = FolderOf(studyInstanceUid, workspace);
        var name = $"{sopInstanceUid}.dcm";
        if (!Workspace.IsUid(sopInstanceUid) || !listed.Contains(folder, name))
        {
            throw NoInstance();
        }

        var path = AllowedFolders.RequireInWorkspace(folder, name);
        using var header = DicomFile.Open(path, Tags.SeriesInstanceUid);
        return header.Dataset.GetString(Tags.SeriesInstanceUid) == seriesInstanceUid ? path : throw NoInstance();
    }

    private (ScanResult Found, IReadOnlyList<FileProblem> Rejected) ScanReal(string real, CancellationToken cancellationToken)
    {
        if (!Path.Exists(real))
        {
            throw new PacsbinException(PacsbinError.FileNotFound, "The file or folder does not exist.");
        }

        var rejections = new Rejections();
        var found = new StudyScanner { MayRead = folders.MayRead, Rejected = rejections.Add }.Scan([real], cancellationToken: cancellationToken);
        return (found, rejections.Below(real));
    }

    private static PacsbinException NoInstance() => new(PacsbinError.FileNotFound, "The study has no such series, or the series no such instance.");

    private static PacsbinException NoStudy() => new(PacsbinError.FileNotFound, "The workspace has no such study.");
}
