using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Imaging.Jpeg;

/// <summary>A scan header (T.81 B.2.3).</summary>
internal sealed class JpegScan
{
    /// <param name="contents">What follows the length, as <see cref="JpegSegmentReader"/> has checked it.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="position">Where the segment ends, for messages.</param>
    public JpegScan(ReadOnlySpan<byte> contents, JpegFrame frame, int position)
    {
        Components = new JpegComponent[contents[0]];
        DirectTables = new int[contents[0]];
        AlternatingTables = new int[contents[0]];
        for (var i = 0; i < Components.Length; i++)
        {
            var id = contents[1 + (2 * i)];
            Components[i] = Array.Find(frame.Components, c => c.Id == id) ?? throw FrameError.Malformed("A JPEG scan names an unknown component", position);
            DirectTables[i] = contents[2 + (2 * i)] >> 4;
            AlternatingTables[i] = contents[2 + (2 * i)] & 15;
        }

        // T.81 B.2.3: of a sequential frame these are constant, which encoders get wrong without harm.
        var last = contents[^3..];
        (First, Last, High, Low) = frame.IsLossless || frame.IsProgressive ? (last[0], last[1], last[2] >> 4, last[2] & 15) : (0, 63, 0, 0);

        // T.81 B.2.3: at most ten blocks in an MCU.
        if (Components.Distinct().Count() != Components.Length || (Components.Length > 1 && Components.Sum(c => c.Horizontal * c.Vertical) > 10))
        {
            throw FrameError.Malformed("A JPEG scan names a component twice, or its MCU has too many blocks", position);
        }
    }

    public JpegComponent[] Components { get; }

    /// <summary>For each component its table of DC coefficients or lossless differences.</summary>
    public int[] DirectTables { get; }

    /// <summary>For each component its table of AC coefficients.</summary>
    public int[] AlternatingTables { get; }

    /// <summary>The first coefficient in zigzag order; in a lossless scan the predictor.</summary>
    public int First { get; }

    /// <summary>The last coefficient in zigzag order.</summary>
    public int Last { get; }

    /// <summary>The bit position that earlier scans came to; 0 in a first scan.</summary>
    public int High { get; }

    /// <summary>The bit position of this scan; in a lossless scan the point transform.</summary>
    public int Low { get; }
}
