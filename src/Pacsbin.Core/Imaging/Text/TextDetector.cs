namespace Pacsbin.Imaging.Text;

/// <summary>Finds where text was burned into a gray picture, by thresholds, components and lines: no model, no network.</summary>
/// <remarks>
/// Overlay text is crisp and of one gray, so its letters come out as the same components at many thresholds;
/// anatomy and noise change from one to the next. Lines of upright text are found, from left to right.
/// </remarks>
public sealed class TextDetector
{
    /// <summary>Fainter text than this cannot be seen; compression leaves more than this around letters.</summary>
    private const int LowestLevel = 18;

    /// <summary>A detector with default options.</summary>
    public TextDetector()
        : this(new TextDetectorOptions())
    {
    }

    /// <summary>A detector with options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step of levels or the lowest height is not positive.</exception>
    public TextDetector(TextDetectorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.LevelStep);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MinimumLetterHeight);
        Options = options;
    }

    /// <summary>What is taken for text.</summary>
    public TextDetectorOptions Options { get; }

    /// <summary>Finds text in one frame, the most certain first.</summary>
    /// <param name="gray">Rows x Columns pixels, one byte each, row by row; 0 is black.</param>
    /// <param name="rows">Rows of the picture.</param>
    /// <param name="columns">Columns of the picture.</param>
    /// <param name="cancellationToken">Looked at between thresholds, some milliseconds apart.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IReadOnlyList<TextProposal> Find(ReadOnlySpan<byte> gray, int rows, int columns, CancellationToken cancellationToken = default)
    {
        var frames = new FrameTextDetector(this, rows, columns);
        frames.Add(gray, cancellationToken);
        return frames.Result(cancellationToken);
    }

    /// <summary>Lines and parts of lines, however weak, that have not been joined.</summary>
    /// <param name="forBright">The picture to look for bright text in.</param>
    /// <param name="forDark">The picture to look for dark text in.</param>
    /// <param name="rows">Rows of both.</param>
    /// <param name="columns">Columns of both.</param>
    /// <param name="cancellationToken">Looked at between thresholds.</param>
    internal List<TextProposal> Pieces(ReadOnlySpan<byte> forBright, ReadOnlySpan<byte> forDark, int rows, int columns, CancellationToken cancellationToken)
    {
        var inverse = new byte[forDark.Length];
        for (var i = 0; i < inverse.Length; i++)
        {
            inverse[i] = (byte)(255 - forDark[i]);
        }

        var components = new ComponentFinder(rows, columns);
        var lines = new LineFinder(rows, columns);
        return [.. Lines(forBright, rows, columns, components, lines, cancellationToken), .. Lines(inverse, rows, columns, components, lines, cancellationToken)];
    }

    /// <summary>Joins pieces to whole lines, drops what is too weak, and makes room around letters.</summary>
    internal List<TextProposal> Finish(IEnumerable<TextProposal> pieces, int rows, int columns) =>
        [.. ProposalMerging.Merge(pieces, Options.MinimumScore).Select(p => p with { Area = Rectangles.Pad(p.Area, 2 + (p.Area.Height / 4), 2 + (p.Area.Height / 5), rows, columns) })];

    private List<TextProposal> Lines(ReadOnlySpan<byte> gray, int rows, int columns, ComponentFinder components, LineFinder lines, CancellationToken cancellationToken)
    {
        var candidates = new List<LineCandidate>();
        for (var level = LowestLevel; level < 255; level += Options.LevelStep)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var letters = components.Find(gray, (byte)level, Options.MinimumLetterHeight, Options.MaximumLetterHeight);
            foreach (var line in lines.Find(letters))
            {
                var area = LineMeter.Around(line);
                var features = LineMeter.Measure(gray, rows, columns, (byte)level, line, area);
                if (LineQuality.Of(features) is var quality and > 0.01)
                {
                    candidates.Add(new LineCandidate(area, features.Height, level, quality));
                }
            }
        }

        return LineClusters.Join(candidates, Options.LevelStep);
    }
}
