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
        foreach (var series in study.Series)
        {
            foreach (var instance in series.Instances)
            {
                RedactionRegion[] meant = [.. regions.Where(r => r.AppliesTo(series.SeriesInstanceUid, instance.SopInstanceUid))];
                if (meant.Length == 0)
                {
                    continue;
                }

                cancellationToken.ThrowIfCancellationRequested();
                Check(instance, meant, archives);
                progress?.Report(++done);
            }
        }
    }

    private void Check(DicomInstance instance, RedactionRegion[] meant, ArchiveCache archives)
    {
        try
        {
            using var file = DicomFile.Open(instance.File.Open(archives));

            _ = PixelRedactor.For(file, meant);

            // A region for one image that the run would pass over must not be dropped without a word.
            if (meant.Except(InstanceUids.RegionsFor(file, meant)).Any(r => r.SopInstanceUid is not null))
            {
                throw new PacsbinException(PacsbinError.RegionOutsideImage, "The file is not the image any more that a region is meant for.", Tags.SopInstanceUid);
            }
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            // Whatever else is wrong with a file, the run that erases says.
            if (known.Error == PacsbinError.RegionOutsideImage)
            {
                Rejected(instance.Path, known);
            }
        }
    }
}
