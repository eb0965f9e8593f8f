using System.Collections.Concurrent;
using System.Globalization;
using Pacsbin.Dicom;

namespace Pacsbin.Studies;

/// <summary>What a scan has seen so far.</summary>
/// <param name="Files">Files looked at.</param>
/// <param name="Instances">Those that are DICOM.</param>
/// <param name="Approved">Files of approved studies that were compared with their hashes.</param>
public sealed record ScanProgress(int Files, int Instances, int Approved = 0);

/// <summary>What a scan found.</summary>
/// <param name="Studies">In the order of the paths of their first files.</param>
/// <param name="SkippedFiles">Files that are not DICOM.</param>
public sealed record ScanResult(IReadOnlyList<DicomStudy> Studies, int SkippedFiles);

/// <summary>Finds the studies below files and folders, reading headers only; of approved studies all bytes, because any change makes the approval void.</summary>
public sealed class StudyScanner
{
    /// <summary>The last attribute that a scan reads: all that it wants is before.</summary>
    private static readonly Tag StopAfter = Tags.InstanceNumber;

    /// <summary>The most files read at once; 0 for the number of processors.</summary>
    public int ThrottleLimit { get; init; }

    /// <summary>Whether DICOMDIR files are among the results; each is a study of its own without a UID.</summary>
    public bool IncludeDirectories { get; init; }

    /// <summary>Whether a file or folder may be looked into, by its path without links; one that may not is passed over in silence. Null lets all in.</summary>
    public Predicate<string>? MayRead { get; init; }

    /// <summary>Receives each file or folder that cannot be read; called from several threads.</summary>
    public Action<string, PacsbinException> Rejected { get; init; } = static (_, _) => { };

    /// <summary>Reads the headers below some paths.</summary>
    /// <param name="paths">Files, folders and .zip archives, as full paths. A file that is named itself and is not DICOM is reported.</param>
    /// <param name="progress">Told every few dozen files.</param>
    /// <param name="cancellationToken">Stops the scan.</param>
    public ScanResult Scan(IReadOnlyList<string> paths, IProgress<ScanProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var named = paths.ToHashSet(StringComparer.Ordinal);
        var files = new FileFinder(Rejected, MayRead).Find(paths, cancellationToken);
        var catalog = new StudyCatalog();
        int seen = 0, skipped = 0;
        var options = new ParallelOptions
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = ThrottleLimit > 0 ? ThrottleLimit : Environment.ProcessorCount,
        };
        Parallel.ForEach(
            Partitioner.Create(files.Chunk(64)).GetDynamicPartitions(),
            options,
            () => new ScanWorker(),
            (chunk, _, worker) =>
            {
                foreach (var file in chunk)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    foreach (var part in Parts(file, worker.Archives))
                    {
                        if (!ReadHeader(part, worker, catalog, isNamed: named.Contains(file.Path)))
                        {
                            Interlocked.Increment(ref skipped);
                        }
                    }
                }

                progress?.Report(new ScanProgress(Interlocked.Add(ref seen, chunk.Length), catalog.InstanceCount));
                return worker;
            },
            worker => worker.Dispose());
        var instances = catalog.InstanceCount;
        var studies = catalog.Complete();
        new ApprovalScan(ThrottleLimit, cancellationToken).Run(studies, approved => progress?.Report(new ScanProgress(seen, instances, approved)));
        return new ScanResult(studies, skipped);
    }

    /// <summary>The file itself, or the entries of an archive.</summary>
    private IEnumerable<SourceFile> Parts(SourceFile file, ArchiveCache archives)
    {
        if (!SourceFile.IsArchive(file.Name))
        {
            return [file];
        }

        try
        {
            return [.. archives.Open(file.Path).Entries.Where(e => e.Name.Length > 0).Select(e => new SourceFile(file.Path, e.FullName, e.Length, IsEntry: true))];
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            Rejected(file.Path, known);
            return [];
        }
    }

    /// <summary>Reads one header; false if the file is not DICOM.</summary>
    private bool ReadHeader(SourceFile file, ScanWorker worker, StudyCatalog catalog, bool isNamed)
    {
        try
        {
            using var dicom = OpenHeader(file, worker.Archives);
            var sopClass = worker.SopClassOf(dicom);
            var isDirectory = sopClass == MediaDirectory.SopClassUid;
            if (!isDirectory || IncludeDirectories || isNamed)
            {
                catalog.Add(file, worker.HeaderOf(dicom, sopClass, isDirectory));
            }

            return true;
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            if (known.Error == PacsbinError.NotDicom && !isNamed)
            {
                return false;
            }

            Rejected(file.Path, known);
            return true;
        }
    }

    private static DicomFile OpenHeader(SourceFile file, ArchiveCache archives)
    {
        var dicom = DicomFile.Open(file.Open(archives), StopAfter);
        if (dicom.Dataset.Contains(Tags.StudyInstanceUid) && dicom.Dataset.Contains(Tags.SopInstanceUid))
        {
            return dicom;
        }

        // In a data set that is out of order the attributes may come later.
        dicom.Dispose();
        return DicomFile.Open(file.Open(archives));
    }
}

/// <summary>What a scan takes from a header.</summary>
internal sealed record InstanceHeader(
    string StudyInstanceUid, string SeriesInstanceUid, string SopInstanceUid, string? SopClassUid, StudyPatient? Patient, string Modality,
    int? SeriesNumber, DateOnly? StudyDate, string? StudyDescription, string? AccessionNumber)
{
    public override string ToString() => nameof(InstanceHeader);
}
