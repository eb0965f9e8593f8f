namespace Pacsbin.Imaging.Text;

/// <summary>Finds burned-in text in the frames of a clip: what stays the same while the rest moves is the more likely text.</summary>
/// <remarks>
/// Frames are added one after the other; memory is a few frames, however many there are. Eight frames spread over a
/// clip tell as much as all of them. Text that only one of the frames shows is found too, without the bonus.
/// </remarks>
public sealed class FrameTextDetector
{
    /// <summary>What a proposal of a single frame must at least score to be remembered.</summary>
    private const double RememberedScore = 0.2;

    /// <summary>Gray levels that lossy compression changes from frame to frame.</summary>
    private const int Flicker = 24;

    private readonly TextDetector detector;
    private readonly int rows;
    private readonly int columns;
    private readonly byte[] lowest;
    private readonly byte[] highest;
    private readonly PlaceList places = new();

    /// <summary>A detector for frames of a size.</summary>
    /// <param name="detector">Finds text in each frame.</param>
    /// <param name="rows">Rows of every frame.</param>
    /// <param name="columns">Columns of every frame.</param>
    public FrameTextDetector(TextDetector detector, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(detector);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        (this.detector, this.rows, this.columns) = (detector, rows, columns);
        lowest = new byte[checked(rows * columns)];
        highest = new byte[lowest.Length];
    }

    /// <summary>How many frames were added.</summary>
    public int Frames { get; private set; }

    /// <summary>Looks for text in one more frame.</summary>
    /// <param name="frame">Rows x Columns pixels, one byte each, row by row; 0 is black.</param>
    /// <param name="cancellationToken">Looked at between thresholds, some milliseconds apart.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Add(ReadOnlySpan<byte> frame, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(frame.Length, lowest.Length);
        if (Frames++ == 0)
        {
            frame.CopyTo(lowest);
            frame.CopyTo(highest);
        }
        else
        {
            for (var i = 0; i < frame.Length; i++)
            {
                lowest[i] = Math.Min(lowest[i], frame[i]);
                highest[i] = Math.Max(highest[i], frame[i]);
            }
        }

        foreach (var proposal in detector.Pieces(frame, frame, rows, columns, cancellationToken).Where(piece => piece.Score >= RememberedScore))
        {
            places.Add(proposal);
        }
    }

    /// <summary>What was found in all frames that were added, the most certain first.</summary>
    /// <param name="cancellationToken">Looked at between thresholds, some milliseconds apart.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IReadOnlyList<TextProposal> Result(CancellationToken cancellationToken = default)
    {
        var proposals = places.ByScore().ToList();
        if (IsMoving())
        {
            // Bright text that never changes is as bright in the darkest of all frames, while speckle around it is gone.
            foreach (var still in detector.Pieces(lowest, highest, rows, columns, cancellationToken))
            {
                proposals.Add(still with { Score = 1 - Math.Pow(1 - still.Score, 1.7) });
            }
        }

        return detector.Finish(proposals, rows, columns);
    }

    private bool IsMoving()
    {
        var moving = 0;
        for (var i = 0; i < lowest.Length; i++)
        {
            moving += highest[i] - lowest[i] > Flicker ? 1 : 0;
        }

        return moving > lowest.Length / 100;
    }
}
