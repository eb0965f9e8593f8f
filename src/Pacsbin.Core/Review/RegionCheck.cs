using Pacsbin.Dicom;
using Pacsbin.Redaction;
using Pacsbin.Studies;

namespace Pacsbin.Review;

/// <summary>Tells, before anything is erased, which images of a study some regions do not fit.</summary>
public sealed class RegionCheck(DicomStudy study, IReadOnlyList<RedactionRegion> regions)
{
    /// <summary>Receives each image that a region reaches beyond; other faults show when the file is processed.</summary>
    public Action<string, PacsbinException> Rejected { get; init; } = static (_, _) => { };

    /// <summary>Reads the headers of the images that are meant.</summary>
    public void Run(IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        using var archives = new ArchiveCache();
        var done = 0;
        foreach (var instance in study.InstancesOf(regions))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                using var file = DicomFile.Open(instance.File.Open(archives));
                _ = PixelRedactor.For(file, regions);
            }
            catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
            {
                // Whatever else is wrong with a file, the run that erases says.
                if (known.Error == PacsbinError.RegionOutsideImage)
                {
                    Rejected(instance.Path, known);
                }
            }

            progress?.Report(++done);
        }
    }
}
