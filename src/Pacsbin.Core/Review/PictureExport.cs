using System.Collections.Concurrent;
using System.Globalization;
using Pacsbin.Imaging;
using Pacsbin.Redaction;
using Pacsbin.Studies;

namespace Pacsbin.Review;

/// <summary>What an export has done so far.</summary>
/// <param name="Files">Files that were looked at.</param>
/// <param name="TotalFiles">Files of all studies, or the studies themselves if each becomes one sheet.</param>
/// <param name="Pictures">Pictures that were written.</param>
public sealed record PictureProgress(int Files, int TotalFiles, int Pictures);

/// <summary>Writes pictures of studies into a folder, named by UIDs only.</summary>
/// <remarks>Pictures of a source study show whatever is burned in, and its UIDs, which name the files, are identifiers too.</remarks>
/// <param name="destination">The folder, made if it does not exist.</param>
public sealed class PictureExport(string destination)
{
    private readonly ConcurrentDictionary<string, bool> written = new(StringComparer.Ordinal);
    private int done;
    private int pictures;
    private int withoutPixels;
    private int shortenedLoops;
    private int hidingPictures;

    /// <summary>Size and format.</summary>
    public PictureOptions Picture { get; init; } = new();

    /// <summary>The window.</summary>
    public RenderOptions Render { get; init; } = RenderOptions.Default;

    /// <summary>Frames, from 1; null for the one in the middle.</summary>
    public IReadOnlyList<int>? Frames { get; init; }

    /// <summary>Whether all frames are exported.</summary>
    public bool AllFrames { get; init; }

    /// <summary>Whether each study becomes one picture, a <see cref="ContactSheet"/>.</summary>
    public bool AsContactSheet { get; init; }

    /// <summary>Whether pictures that are there already are replaced.</summary>
    public bool Force { get; init; }

    /// <summary>The most pictures made at once; 0 for the number of processors.</summary>
    public int ThrottleLimit { get; init; }

    /// <summary>The regions of a study that are drawn: outlined, and what one erases outside of itself is dimmed.</summary>
    public Func<DicomStudy, IReadOnlyList<RedactionRegion>> RegionsOf { get; init; } = static _ => [];

    /// <summary>How many instances have no pixel data, and so no picture.</summary>
    public int WithoutPixels => withoutPixels;

    /// <summary>How many loops were shown by the frame in the middle alone.</summary>
    public int ShortenedLoops => shortenedLoops;

    /// <summary>How many pictures <see cref="RenderedFrame.HidesStrokes">hide strokes</see>; contact sheets are not looked at.</summary>
    public int HidingPictures => hidingPictures;

    /// <summary>Makes the pictures.</summary>
    /// <param name="studies">The studies.</param>
    /// <param name="saved">Receives the path of each picture; called from several threads.</param>
    /// <param name="rejected">Receives each file that gives no picture, or not all; called from several threads.</param>
    /// <param name="progress">Told after each file.</param>
    /// <param name="cancellationToken">Stops after the pictures at work.</param>
    /// <exception cref="PacsbinException">The folder cannot be made; DestinationExists if it is a de-identified study's, or if pictures of source studies would go into a workspace.</exception>
    public void Run(
        IReadOnlyList<DicomStudy> studies,
        Action<string> saved,
        Action<string, PacsbinException> rejected,
        IProgress<PictureProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        Render.Validate();
        PictureFolder.Make(destination, studies.Any(s => !s.IsInWorkspace));
        var work = AsContactSheet
            ? studies.Select(s => new Item(s, s.Series[0], s.Series[0].Instances[0])).ToList()
            : (from study in studies from series in study.Series from instance in series.Instances where !instance.IsMediaDirectory select new Item(study, series, instance)).ToList();
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = ThrottleLimit > 0 ? ThrottleLimit : Environment.ProcessorCount };
        Parallel.ForEach(
            Partitioner.Create(work, EnumerablePartitionerOptions.NoBuffering),
            options,
            () => new ArchiveCache(),
            (item, _, archives) =>
            {
                Export(item, archives, saved, rejected, cancellationToken);
                progress?.Report(new PictureProgress(Interlocked.Increment(ref done), work.Count, Volatile.Read(ref pictures)));
                return archives;
            },
            archives => archives.Dispose());
    }

    private void Export(Item item, ArchiveCache archives, Action<string> saved, Action<string, PacsbinException> rejected, CancellationToken cancellationToken)
    {
        try
        {
            if (AsContactSheet)
            {
                var sheet = new ContactSheet(item.Study) { Options = Picture, Render = Render, Regions = RegionsOf(item.Study), Rejected = rejected };
                Save(item.Study.StudyInstanceUid, "-sheet", stream => sheet.Write(stream, cancellationToken), saved);
                return;
            }

            using var source = PictureSource.Open(item.Series, item.Instance, archives);
            if (source is null)
            {
                Interlocked.Increment(ref withoutPixels);
                return;
            }

            var isShortened = source.Frames > 1 && Frames is null && !AllFrames;
            foreach (var frame in FramesOf(source))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var suffix = source.Frames > 1 ? string.Create(CultureInfo.InvariantCulture, $"-frame{frame + 1:D4}") : "";
                var hidesStrokes = false;
                Save(item.Instance.SopInstanceUid, suffix, stream =>
                {
                    using var picture = source.PictureOf(frame, Render, Picture, RegionsOf(item.Study), out hidesStrokes);
                    picture.Write(stream, Picture);
                }, saved);
                Interlocked.Add(ref hidingPictures, hidesStrokes ? 1 : 0);
            }

            Interlocked.Add(ref shortenedLoops, isShortened ? 1 : 0);
        }
        catch (PacsbinException e)
        {
            rejected(AsContactSheet ? item.Study.Path : item.Instance.Path, e);
        }
    }

    private IEnumerable<int> FramesOf(PictureSource source)
    {
        if (AllFrames)
        {
            return Enumerable.Range(0, source.Frames);
        }

        if (Frames is null)
        {
            return [source.MiddleFrame];
        }

        var beyond = Frames.FirstOrDefault(f => f < 1 || f > source.Frames);
        return beyond == 0 && !Frames.Contains(0) ? Frames.Distinct().Select(f => f - 1)
            : throw new PacsbinException(PacsbinError.RegionOutsideImage, $"The image has {source.Frames} frames; frame {beyond} was asked for.");
    }

    private void Save(string uid, string suffix, Action<Stream> write, Action<string> saved)
    {
        var path = Path.Join(destination, PictureFile.NameOf(uid, suffix + (Picture.Format == PictureFormat.Jpeg ? ".jpg" : ".png")));
        if (!written.TryAdd(path, true))
        {
            throw new PacsbinException(PacsbinError.DestinationExists, "Another file of this run has the same UID and became this picture.");
        }

        PictureFile.Write(path, Force, write);
        Interlocked.Increment(ref pictures);
        saved(path);
    }

    private sealed record Item(DicomStudy Study, DicomSeries Series, DicomInstance Instance);
}
