namespace Pacsbin.Imaging.Text;

/// <summary>Finds burned-in text in the frames of a clip: what stays the same while the rest moves is the more likely text.</summary>
/// <remarks>
/// Frames are added one after the other; memory is a few frames, however many there are. Eight frames spread over a
/// clip tell as much as all of them. Text that only one of the frames shows is found too, without the bonus.
/// </remarks>
public sealed class FrameTextDetector
{
    /// <summary>Larger frames are shrunk, which bounds time and memory: their letters are large too.</summary>
    private const int MaximumPixels = 16 << 20;

    /// <summary>Gray levels that lossy compression changes from frame to frame.</summary>
    private const int Flicker = 24;

    private readonly TextDetector detector;
    private readonly int rows;
    private readonly int columns;
    private readonly int fullColumns;
    private readonly int fullLength;
    private readonly int scale = 1;
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
        (this.detector, fullColumns, fullLength) = (detector, columns, checked(rows * columns));
        while ((long)(rows / scale) * (columns / scale) > MaximumPixels)
        {
            scale++;
        }

        (this.rows, this.columns) = (rows / scale, columns / scale);
        lowest = new byte[this.rows * this.columns];
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
        ArgumentOutOfRangeException.ThrowIfNotEqual(frame.Length, fullLength);
        frame = scale == 1 ? frame : Shrink(frame);
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

        foreach (var proposal in detector.Pieces(frame, frame, rows, columns, cancellationToken).Where(piece => piece.Score >= ProposalMerging.WeakScore))
        {
            places.Add(proposal with { Frame = Frames - 1 });
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

        var found = detector.Finish(proposals, rows, columns);
        return scale == 1 ? found : [.. found.Select(p => p with { Area = new PixelArea(p.Area.X * scale, p.Area.Y * scale, p.Area.Width * scale, p.Area.Height * scale) })];
    }

    /// <summary>A pixel for each square of pixels, their mean; what is left at the right and below is no whole letter.</summary>
    private byte[] Shrink(ReadOnlySpan<byte> frame)
    {
        var small = new byte[lowest.Length];
        var sums = new int[columns];
        for (var row = 0; row < rows; row++)
        {
            Array.Clear(sums);
            for (var y = row * scale; y < (row + 1) * scale; y++)
            {
                var line = frame.Slice(y * fullColumns, columns * scale);
                for (var x = 0; x < line.Length; x++)
                {
                    sums[x / scale] += line[x];
                }
            }

            for (var x = 0; x < columns; x++)
            {
                small[(row * columns) + x] = (byte)(sums[x] / (scale * scale));
            }
        }

        return small;
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
