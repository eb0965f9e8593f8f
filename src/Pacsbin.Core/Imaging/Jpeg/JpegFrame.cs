using System.Buffers.Binary;
using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Imaging.Jpeg;

/// <summary>The frame header (T.81 B.2.2) and what follows from it.</summary>
internal sealed class JpegFrame
{
    private const int BlockSize = 8;

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

        if (contents.Length < 6 || contents[5] is 0 or > 4 || contents.Length != 6 + (3 * contents[5]))
        {
            throw FrameError.Malformed("The JPEG frame header's length contradicts its contents", position);
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
            throw FrameError.Unsupported("The JPEG frame tells its lines only after the first scan", position);
        }

        Arrange(position);
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

    /// <summary>MCUs in a row of a scan with several components.</summary>
    public int McusWide { get; private set; }

    /// <summary>Rows of MCUs of a scan with several components.</summary>
    public int McusHigh { get; private set; }

    /// <summary>The blocks of all components.</summary>
    public long Blocks { get; private set; }

    private void Arrange(int position)
    {
        var horizontal = Components.Max(c => c.Horizontal);
        var vertical = Components.Max(c => c.Vertical);
        McusWide = Divide(Columns, BlockSize * horizontal);
        McusHigh = Divide(Rows, BlockSize * vertical);
        foreach (var component in Components)
        {
            if (horizontal % component.Horizontal != 0 || vertical % component.Vertical != 0)
            {
                throw FrameError.Unsupported("JPEG sampling factors are not multiples of each other", position);
            }

            component.Repeat = (horizontal / component.Horizontal, vertical / component.Vertical);
            component.BlocksWide = Divide(Divide(Columns, component.Repeat.X), BlockSize);
            component.BlocksHigh = Divide(Divide(Rows, component.Repeat.Y), BlockSize);
            component.Stride = McusWide * component.Horizontal;
            component.FirstBlock = (int)Math.Min(Blocks, int.MaxValue);
            Blocks += (long)component.Stride * McusHigh * component.Vertical;
        }
    }

    private static int Divide(int value, int by) => (value + by - 1) / by;
}
