using System.IO.Hashing;
using System.Text;
using Pacsbin.Dicom;
using Pacsbin.Imaging;
using Pacsbin.Redaction;
using Pacsbin.Studies;

namespace Pacsbin.Review;

/// <summary>Writes copies of files that say what is only true of reviewed pixels, or do not say it any more.</summary>
internal static class StampedFile
{
    /// <summary>Writes a copy that says that its pixels show no text; null if the file says so already, or has no pixels.</summary>
    /// <param name="entry">The file's entry in the manifest.</param>
    /// <param name="path">The file.</param>
    /// <param name="target">Where the copy is written.</param>
    /// <param name="cancellationToken">Leaves a half copy.</param>
    /// <returns>The copy's entry, with its SHA-256.</returns>
    public static ManifestFile? TryStamp(ManifestFile entry, string path, string target, CancellationToken cancellationToken)
    {
        using var file = DicomFile.Open(path);
        var dataset = file.Dataset;
        if (PixelElement.Find(dataset) is null || (CleanPixelStatement.SaysNo(dataset) && CleanPixelStatement.HasCode(dataset)))
        {
            return null;
        }

        var stamp = entry.Stamp ?? new ReviewStamp(AnnotationOf(dataset), !CleanPixelStatement.HasCode(dataset));
        CleanPixelStatement.AddTo(dataset);
        return Write(entry with { Stamp = stamp }, file, target, hasSha256: true, cancellationToken);
    }

    /// <summary>Writes a copy that is as it was before <see cref="TryStamp"/>.</summary>
    /// <inheritdoc cref="TryStamp"/>
    /// <returns>The copy's entry.</returns>
    public static ManifestFile Unstamp(ManifestFile entry, string path, string target, CancellationToken cancellationToken)
    {
        using var file = DicomFile.Open(path);
        if (entry.Stamp is { } stamp)
        {
            if (stamp.BurnedInAnnotation is { } before)
            {
                file.Dataset.Set(new DicomElement(Tags.BurnedInAnnotation, Vr.CS, Encoding.ASCII.GetBytes(before.Length % 2 == 0 ? before : before + ' ')));
            }
            else
            {
                file.Dataset.Remove(Tags.BurnedInAnnotation);
            }

            if (stamp.CodeAdded)
            {
                CleanPixelStatement.RemoveCode(file.Dataset);
            }
        }

        return Write(entry with { Stamp = null, Sha256 = null }, file, target, hasSha256: false, cancellationToken);
    }

    private static ManifestFile Write(ManifestFile entry, DicomFile file, string target, bool hasSha256, CancellationToken cancellationToken)
    {
        using var stream = new HashingStream(target, new XxHash128(), cancellationToken, hasSha256: hasSha256);
        DicomFile.Write(stream, file.Dataset, file.Source, file.TransferSyntax);
        return entry with { Length = stream.Length, Xxh128 = stream.Hash(), Sha256 = stream.Sha256() };
    }

    /// <summary>The annotation if it is one of the two that PS3.3 C.7.6.1 defines; empty for any other, which may be anything and does not belong into a manifest.</summary>
    private static string? AnnotationOf(DicomDataset dataset) =>
        CleanPixelStatement.SaysNo(dataset) ? "NO"
        : !dataset.TryGet(Tags.BurnedInAnnotation, out var element) ? null
        : element.Value.Span.Trim(" \0"u8).SequenceEqual("YES"u8) ? "YES" : "";
}
