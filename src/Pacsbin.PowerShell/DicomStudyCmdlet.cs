using System.Management.Automation;
using Pacsbin.Archives;
using Pacsbin.Studies;

namespace Pacsbin.PowerShell;

/// <summary>What all cmdlets on studies share: scanning, errors, progress, and stopping within a second.</summary>
public abstract class DicomStudyCmdlet : StoppableCmdlet
{
    /// <summary>The most files that are read or written at the same time.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    [PSDefaultValue(Help = "The number of processors")]
    public int ThrottleLimit { get; set; }

    /// <summary>Runs work apart from the pipeline thread and shows what it posts.</summary>
    private protected void RunApart(Action<PipelinePump> work)
    {
        using var pump = new PipelinePump(WriteProgress, StopRequested);
        pump.Run(() => work(pump));
    }

    /// <summary>Finds the studies below some paths; what cannot be read is one error each, what is not DICOM is counted.</summary>
    private protected IReadOnlyList<DicomStudy> Scan(SourcePaths paths, bool includeDirectories)
    {
        ScanResult? found = null;
        var notDicom = 0;
        RunApart(pump =>
        {
            var scanner = new StudyScanner
            {
                ThrottleLimit = ThrottleLimit,
                IncludeDirectories = includeDirectories,
                Rejected = (path, error) =>
                {
                    if (error.Error == PacsbinError.NotDicom && !paths.IsNamed(path))
                    {
                        Interlocked.Increment(ref notDicom);
                        return;
                    }

                    PostError(pump, path, error);
                },
            };
            found = scanner.Scan(paths.All, pump.Progress<ScanProgress>(DescribeScan), pump.Cancellation);
        });
        if (found is null)
        {
            return []; // stopped
        }

        WriteVerbose($"Found {found.Studies.Count} studies; skipped {found.SkippedFiles + notDicom} files that are not DICOM.");
        return [.. found.Studies.Where(s => includeDirectories || !IsUnnamedDirectory(s, paths))];
    }

    /// <summary>Whether this is a DICOMDIR that a wildcard or the pipeline brought along.</summary>
    private static bool IsUnnamedDirectory(DicomStudy study, SourcePaths paths) =>
        study.Series[0].Instances[0] is { IsMediaDirectory: true } file && !paths.IsNamed(file.Path);

    /// <summary>Ends the command because of a parameter.</summary>
    private protected void Refuse(string parameter, string reason) =>
        ThrowTerminatingError(new ErrorRecord(new PSArgumentException(reason), "InvalidArgument", ErrorCategory.InvalidArgument, parameter));

    /// <summary>The full path of a folder to write into, which need not exist; ends the command if it is no folder.</summary>
    private protected string ResolveFolder(string path)
    {
        try
        {
            var folder = SourcePaths.Resolve(this, path);
            return File.Exists(folder) ? throw new PacsbinException(PacsbinError.DestinationExists, "Expected a folder, found a file.") : folder;
        }
        catch (PacsbinException e)
        {
            ThrowTerminatingError(ErrorRecords.Of(e, path));
            throw;
        }
    }

    /// <summary>Prepares to ask a registered archive.</summary>
    /// <exception cref="PacsbinException">FileNotFound if there is none of this name; KeyMissing; MalformedElement, FileIo, FileAccessDenied.</exception>
    private protected static ArchiveClient OpenArchive(string name)
    {
        var store = new ArchiveStore();
        return new ArchiveClient(store, store.Find(name));
    }

    private protected void PostError(PipelinePump pump, string path, PacsbinException error) =>
        pump.Post(() => WriteError(ErrorRecords.Of(error, path)));

    /// <summary>Says which study is meant without naming the patient.</summary>
    private protected static string Describe(DicomStudy study) =>
        $"study with {study.InstanceCount} {(study.InstanceCount == 1 ? "file" : "files")} in {ErrorRecords.Printable(study.Path)}";

    private static ProgressRecord DescribeScan(ScanProgress progress) =>
        new(1, "Finding DICOM studies", $"{progress.Files} files read, {progress.Instances} of them DICOM" + (progress.Approved > 0 ? $"; {progress.Approved} approved files compared" : ""));
}
