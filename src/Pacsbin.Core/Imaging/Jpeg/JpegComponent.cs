namespace Pacsbin.Imaging.Jpeg;

/// <summary>A component of a frame (T.81 A.1.1) and what scans have told of it.</summary>
internal sealed class JpegComponent(byte id, int horizontal, int vertical, int quantization)
{
    /// <summary>The component's identifier, by which scans name it.</summary>
    public byte Id => id;

    /// <summary>The horizontal sampling factor.</summary>
    public int Horizontal => horizontal;

    /// <summary>The vertical sampling factor.</summary>
    public int Vertical => vertical;

    /// <summary>Which quantization table belongs to it.</summary>
    public int Quantization => quantization;

    /// <summary>Blocks in a row that hold pixels; a scan of this component alone has no others.</summary>
    public int BlocksWide { get; set; }

    /// <summary>Rows of blocks that hold pixels.</summary>
    public int BlocksHigh { get; set; }

    /// <summary>Blocks in a row with those that complete the last MCU.</summary>
    public int Stride { get; set; }

    /// <summary>Where its coefficients begin among those of all components, in blocks.</summary>
    public int FirstBlock { get; set; }

    /// <summary>How the component's pixels repeat to fill the frame, if its sampling factors divide the largest.</summary>
    public (int X, int Y) Repeat { get; set; }

    /// <summary>The quantization table in effect at its first scan (T.81 B.2.4.1).</summary>
    public ushort[]? QuantizationTable { get; set; }

    /// <summary>For each coefficient the lowest bit that scans gave, plus 1; 0 before the first.</summary>
    public byte[] Known { get; } = new byte[64];

    /// <summary>Whether a scan gave at least the mean of each block.</summary>
    public bool IsKnown => Known[0] != 0;

    /// <summary>Whether scans gave all coefficients to their last bit, or all samples of a lossless frame.</summary>
    public bool IsComplete => !Known.AsSpan().ContainsAnyExcept((byte)1);
}
