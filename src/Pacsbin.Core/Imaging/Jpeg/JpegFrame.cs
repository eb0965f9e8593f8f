using System.Buffers.Binary;
using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Imaging.Jpeg;

/// <summary>The frame header (T.81 B.2.2) and what follows from it.</summary>
internal sealed class JpegFrame
{
    private const int BlockSize = 8;

    /// <param name="marker">The marker's second byte.</param>
    /// <param name="contents">What follows the length, as <see cref="JpegSegmentReader"/> has checked it.</param>
    /// <param name="position">Where the segment ends, for messages.</param>
    /// <exception cref="PacsbinException">UnsupportedTransferSyntax for arithmetic coding, hierarchical and other processes that
    /// are not decoded; MalformedElement for what T.81 does not allow.</exception>
    public JpegFrame(byte marker, ReadOnlySpan<byte> contents, int position)
    {
        IsLossless = marker == 0xC3;
        IsProgressive = marker == 0xC2;
        if (marker > 0xC3)
        {
            throw FrameError.Unsupported($"No codec decodes JPEG frames of SOF{marker - 0xC0}", position);
        }

        Precision = contents[0];
        Rows = BinaryPrimitives.ReadUInt16BigEndian(contents[1..]);
        Columns = BinaryPrimitives.ReadUInt16BigEndian(contents[3..]);
        Components = new JpegComponent[contents[5]];
        for (var i = 0; i < Components.Length; i++)
        {
            var parameters = contents.Slice(6 + (3 * i), 3);
            Components[i] = new JpegComponent(parameters[0], parameters[1] >> 4, parameters[1] & 15, parameters[2]);
        }

        var precisionFits = IsLossless ? Precision is >= 2 and <= 16 : Precision == 8 || (Precision == 12 && marker != 0xC0);
        var componentsFit = Array.TrueForAll(Components, c => c is { Horizontal: >= 1 and <= 4, Vertical: >= 1 and <= 4, Quantization: <= 3 })
            && Components.DistinctBy(c => c.Id).Count() == Components.Length;
        if (!precisionFits || !componentsFit || Columns == 0)
        {
            throw FrameError.Malformed("The JPEG frame header has values that T.81 B.2.2 does not allow", position);
        }

        if (Rows == 0)
        {
            throw FrameError.Unsupported("The JPEG frame tells its lines only after the first scan (DNL)", position);
        }

        Arrange();
    }

    /// <summary>Whether samples are predicted (SOF3) and not transformed.</summary>
    public bool IsLossless { get; }

    /// <summary>Whether coefficients come in several scans (SOF2).</summary>
    public bool IsProgressive { get; }

    /// <summary>Bits of a sample.</summary>
    public int Precision { get; }

    public int Rows { get; }

    public int Columns { get; }

    public JpegComponent[] Components { get; }

    /// <summary>The largest horizontal sampling factor.</summary>
    public int MaxHorizontal { get; private set; }

    /// <summary>The largest vertical sampling factor.</summary>
    public int MaxVertical { get; private set; }

    /// <summary>MCUs in a row of a scan with several components.</summary>
    public int McusWide { get; private set; }

    /// <summary>Rows of MCUs of a scan with several components.</summary>
    public int McusHigh { get; private set; }

    /// <summary>The blocks of all components.</summary>
    public long Blocks { get; private set; }

    private void Arrange()
    {
        MaxHorizontal = Components.Max(c => c.Horizontal);
        MaxVertical = Components.Max(c => c.Vertical);
        McusWide = Divide(Columns, BlockSize * MaxHorizontal);
        McusHigh = Divide(Rows, BlockSize * MaxVertical);
        foreach (var component in Components)
        {
            // T.81 A.1.1, A.2.2
            component.BlocksWide = Divide(Divide(Columns * component.Horizontal, MaxHorizontal), BlockSize);
            component.BlocksHigh = Divide(Divide(Rows * component.Vertical, MaxVertical), BlockSize);
            component.Repeat = (MaxHorizontal / component.Horizontal, MaxVertical / component.Vertical);
            component.Stride = McusWide * component.Horizontal;
            component.FirstBlock = (int)Math.Min(Blocks, int.MaxValue);
            Blocks += (long)component.Stride * McusHigh * component.Vertical;
        }
    }

    private static int Divide(int value, int by) => (value + by - 1) / by;
}
