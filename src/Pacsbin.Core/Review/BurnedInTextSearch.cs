using System.Collections.Concurrent;
using Pacsbin.Dicom;
using Pacsbin.Imaging;
using Pacsbin.Imaging.Text;
using Pacsbin.Studies;

namespace Pacsbin.Review;

/// <summary>A rectangle of an image that may hold burned-in text.</summary>
/// <param name="StudyInstanceUid">The study.</param>
/// <param name="SeriesInstanceUid">The series.</param>
/// <param name="SopInstanceUid">The image; all its frames are meant.</param>
/// <param name="X">The first column, from 0.</param>
/// <param name="Y">The first row, from 0.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Score">From 0 to 1: how much it looks like text.</param>
/// <param name="Text">What was read; null if nothing was, or it was not asked for. It may identify the patient.</param>
public sealed record BurnedInText(
    string StudyInstanceUid, string SeriesInstanceUid, string SopInstanceUid, int X, int Y, int Width, int Height, double Score, string? Text = null)
{
    /// <summary>Where; never the text.</summary>
    public override string ToString() => FormattableString.Invariant($"{SopInstanceUid} {X},{Y},{Width},{Height}");
}

/// <summary>Proposes rectangles that a person may want to erase. Nothing is changed.</summary>
public sealed class BurnedInTextSearch
{
    private readonly TextDetector detector = new();

    /// <summary>Proposals with less are left out.</summary>
    public double MinimumScore { get; init; }

    /// <summary>Reads what looks like text, which makes scores better; null for none.</summary>
    public Tesseract? Reader { get; init; }

    /// <summary>Whether what was read is reported.</summary>
    public bool IncludeText { get; init; }

    /// <summary>The most files looked at at once; 0 for the number of processors.</summary>
    public int ThrottleLimit { get; init; }

    /// <summary>Receives each image that cannot be read or decoded; called from several threads.</summary>
    public Action<string, PacsbinException> Rejected { get; init; } = static (_, _) => { };

    /// <summary>Looks at all images of some studies.</summary>
    /// <param name="studies">The studies.</param>
    /// <param name="found">Receives the proposals of an image; called from several threads.</param>
    /// <param name="progress">Told how many files are done.</param>
    /// <param name="cancellationToken">Stops after the images at work.</param>
    public void Run(IReadOnlyList<DicomStudy> studies, Action<IReadOnlyList<BurnedInText>> found, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        var images = from study in studies from series in study.Series from instance in series.Instances where !instance.IsMediaDirectory select (study, series, instance);
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = ThrottleLimit > 0 ? ThrottleLimit : Environment.ProcessorCount };
        var done = 0;
        Parallel.ForEach(
            Partitioner.Create(images, EnumerablePartitionerOptions.NoBuffering),
            options,
            () => new ArchiveCache(),
            (image, _, archives) =>
            {
                IReadOnlyList<(TextProposal Proposal, string? Text)>? proposals = null;
                try
                {
                    proposals = ProposalsOf(image.instance, archives, cancellationToken);
                }
                catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
                {
                    Rejected(image.instance.Path, known);
                }

                if (proposals is not null)
                {
                    found([.. proposals.Select(p => new BurnedInText(
                        image.study.StudyInstanceUid, image.series.SeriesInstanceUid, image.instance.SopInstanceUid,
                        p.Proposal.Area.X, p.Proposal.Area.Y, p.Proposal.Area.Width, p.Proposal.Area.Height, Math.Round(p.Proposal.Score, 3), p.Text))]);
                }

                progress?.Report(Interlocked.Increment(ref done));
                return archives;
            },
            archives => archives.Dispose());
    }

    private IReadOnlyList<(TextProposal Proposal, string? Text)> ProposalsOf(DicomInstance instance, ArchiveCache archives, CancellationToken cancellationToken)
    {
        using var file = DicomFile.Open(instance.File.Open(archives));
        if (FrameRenderer.Open(file) is not { } renderer)
        {
            return [];
        }

        using var pictures = new SearchedPictures(file, renderer);
        var proposals = pictures.Find(detector, cancellationToken);
        var read = Reader is null ? [.. proposals.Select(p => (p, default(string)))] : pictures.Read(Reader, proposals, cancellationToken);
        return [.. read.Where(p => p.Proposal.Score >= MinimumScore).OrderByDescending(p => p.Proposal.Score).Select(p => (p.Proposal, IncludeText ? p.Text : null))];
    }
}
