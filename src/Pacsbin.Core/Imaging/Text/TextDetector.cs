namespace Pacsbin.Imaging.Text;

/// <summary>Finds where text was burned into a gray picture, by thresholds, components and lines: no model, no network.</summary>
/// <remarks>
/// Overlay text is crisp and of one gray, so its letters come out as the same components at many thresholds;
/// anatomy and noise change from one to the next. Lines of upright text are found, from left to right.
/// </remarks>
public sealed class TextDetector
{
    /// <summary>A detector with default options.</summary>
    public TextDetector()
        : this(new TextDetectorOptions())
    {
    }

    /// <summary>A detector with options.</summary>
    public TextDetector(TextDetectorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
    }

    /// <summary>What is taken for text.</summary>
    public TextDetectorOptions Options { get; }

    /// <summary>Finds text in one frame, the most certain first.</summary>
    /// <param name="gray">Rows x Columns pixels, one byte each, row by row; 0 is black.</param>
    /// <param name="rows">Rows of the picture.</param>
    /// <param name="columns">Columns of the picture.</param>
    public IReadOnlyList<TextProposal> Find(ReadOnlySpan<byte> gray, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(gray.Length, (long)rows * columns);
        return Finish(Candidates(gray, rows, columns), rows, columns);
    }

    private List<TextProposal> Candidates(ReadOnlySpan<byte> bright, int rows, int columns)
    {
        var dark = new byte[bright.Length];
        for (var i = 0; i < dark.Length; i++)
        {
            dark[i] = (byte)(255 - bright[i]);
        }

        var components = new ComponentFinder(rows, columns);
        var lines = new LineFinder(rows, columns);
        return [.. Lines(bright, rows, columns, components, lines), .. Lines(dark, rows, columns, components, lines)];
    }

    private List<TextProposal> Lines(ReadOnlySpan<byte> gray, int rows, int columns, ComponentFinder components, LineFinder lines)
    {
        var candidates = new List<LineCandidate>();
        for (var level = 18; level < 255; level += Options.LevelStep)
        {
            var letters = components.Find(gray, (byte)level, Options.MinimumLetterHeight, Options.MaximumLetterHeight);
            foreach (var line in lines.Find(letters))
            {
                var area = LineMeter.Around(line);
                var features = LineMeter.Measure(gray, rows, columns, (byte)level, line, area);
                if (LineQuality.Of(features) is var quality and > 0.02)
                {
                    candidates.Add(new LineCandidate(area, features.Height, level, quality));
                }
            }
        }

        return LineClusters.Join(candidates, Options.LevelStep);
    }

    private List<TextProposal> Finish(IEnumerable<TextProposal> proposals, int rows, int columns) =>
        [.. ProposalMerging.Merge(proposals, Options.MinimumScore).Select(p => p with { Area = Rectangles.Pad(p.Area, 2 + (p.Area.Height / 4), 2 + (p.Area.Height / 5), rows, columns) })];
}
