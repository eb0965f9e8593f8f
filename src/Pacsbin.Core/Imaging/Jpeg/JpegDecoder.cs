using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Imaging.Jpeg;

/// <summary>Decodes JPEG frames (ITU-T T.81) of the Huffman processes: baseline, extended, progressive and lossless.</summary>
/// <remarks>It reuses its buffers from frame to frame. It refuses whatever is not complete, and invents no pixel.</remarks>
internal sealed class JpegDecoder
{
    /// <summary>Scans that a frame may have, so that few bytes cannot ask for endless work.</summary>
    private const int MaxScans = 100;

    private short[] coefficients = [];
    private byte[] entropy = [];

    /// <summary>Reads segments up to the first scan.</summary>
    /// <exception cref="PacsbinException">Truncated, MalformedElement or UnsupportedTransferSyntax.</exception>
    public static (JpegFrame Frame, JpegColors Colors) ReadHeader(ReadOnlySpan<byte> bytes)
    {
        var segments = new JpegSegmentReader(bytes);
        var colors = new JpegColors();
        JpegFrame? frame = null;
        while (segments.Read() is var marker && marker is not (JpegMarker.StartOfScan or JpegMarker.EndOfImage))
        {
            colors.Add(marker, segments.Contents, segments.Position);
            if (JpegMarker.IsStartOfFrame(marker))
            {
                frame = new JpegFrame(marker, segments.Contents, segments.Position);
            }
        }

        return (frame ?? throw FrameError.Malformed("The JPEG frame has no header before its first scan", segments.Position), colors);
    }

    /// <summary>Decodes a frame into native cells.</summary>
    /// <param name="bytes">One whole frame; padding after it is allowed.</param>
    /// <param name="shape">What the frame must have: Rows, Columns, Samples and at least its precision in Bits Allocated.</param>
    /// <param name="destination">Takes the native frame, color by pixel.</param>
    /// <exception cref="PacsbinException">Truncated, MalformedElement or UnsupportedTransferSyntax.</exception>
    public void Decode(ReadOnlySpan<byte> bytes, in ImageShape shape, Span<byte> destination)
    {
        var segments = new JpegSegmentReader(bytes);
        var tables = new JpegTables();
        JpegFrame? frame = null;
        var scans = 0;
        while (segments.Read() is var marker && marker != JpegMarker.EndOfImage)
        {
            if (JpegMarker.IsStartOfFrame(marker))
            {
                frame = new JpegFrame(marker, segments.Contents, segments.Position);
                Prepare(frame, shape, bytes.Length, segments.Position);
            }
            else if (marker == JpegMarker.StartOfScan)
            {
                if (++scans > MaxScans)
                {
                    throw FrameError.Malformed($"A JPEG frame has more than {MaxScans} scans", segments.Position);
                }

                var cells = new CellWriter(destination, shape, frame!.Precision);
                segments.Position = DecodeScan(segments, frame, tables, cells);

                // A file may lack the end, but nothing that adds to its pixels.
                if (!frame.IsProgressive && !bytes[segments.Position..].ContainsAnyExcept((byte)0, (byte)0xFF))
                {
                    break;
                }
            }
            else if (!tables.TryAdd(marker, segments.Contents) && !JpegMarker.IsApplication(marker) && marker != JpegMarker.Comment)
            {
                throw FrameError.Unsupported($"No codec knows what JPEG segment FF{marker:X2} changes", segments.Position);
            }
        }

        if (frame is null || !Array.TrueForAll(frame.Components, c => c.IsComplete))
        {
            throw FrameError.Malformed("The JPEG frame ends before its last scan", segments.Position);
        }

        if (!frame.IsLossless)
        {
            Transform(frame, new CellWriter(destination, shape, frame.Precision));
        }
    }

    private void Prepare(JpegFrame frame, in ImageShape shape, int length, int position)
    {
        Require(frame, shape, position);
        entropy = entropy.Length >= EntropyReader.BufferLength(length) ? entropy : new byte[EntropyReader.BufferLength(length)];
        if (frame.IsLossless)
        {
            return;
        }

        // Every block has its DC, of at least a bit.
        if (frame.Blocks > 8L * length)
        {
            throw FrameError.Malformed("The JPEG frame is too short to hold its blocks", position);
        }

        if (frame.Blocks > Array.MaxLength / 64)
        {
            throw new PacsbinException(PacsbinError.LimitExceeded, "A JPEG frame has more than 2 billion samples.");
        }

        if (coefficients.Length < 64 * frame.Blocks)
        {
            coefficients = new short[64 * frame.Blocks];
        }
        else
        {
            coefficients.AsSpan(0, (int)(64 * frame.Blocks)).Clear();
        }
    }

    /// <summary>Refuses a frame that is not of the size that the data set says, or whose pixels do not repeat evenly.</summary>
    /// <exception cref="PacsbinException">MalformedElement or UnsupportedTransferSyntax.</exception>
    public static void Require(JpegFrame frame, in ImageShape shape, int position)
    {
        if (frame.Rows != shape.Rows || frame.Columns != shape.Columns || frame.Components.Length != shape.Samples || frame.Precision > shape.BitsAllocated)
        {
            throw FrameError.Malformed(
                $"The JPEG frame has {frame.Rows} x {frame.Columns} pixels of {frame.Components.Length} x {frame.Precision} bits, "
                + $"the data set {shape.Rows} x {shape.Columns} of {shape.Samples} x {shape.BitsAllocated}",
                position);
        }

        if (Array.Exists(frame.Components, c => frame.MaxHorizontal % c.Horizontal != 0 || frame.MaxVertical % c.Vertical != 0))
        {
            throw FrameError.Unsupported("JPEG sampling factors are not multiples of each other", position);
        }
    }

    private int DecodeScan(in JpegSegmentReader segments, JpegFrame frame, JpegTables tables, CellWriter cells)
    {
        var scan = new JpegScan(segments.Contents, frame, segments.Position);
        var reader = new EntropyReader(segments.Frame, segments.Position, entropy);
        if (frame.IsLossless)
        {
            new LosslessScan(frame, scan, tables, segments.Position).Decode(ref reader, cells);
        }
        else
        {
            new DctScan(frame, scan, tables, coefficients, segments.Position).Decode(ref reader);
        }

        return reader.Position;
    }

    private void Transform(JpegFrame frame, CellWriter cells)
    {
        Span<float> steps = stackalloc float[64];
        Span<int> samples = stackalloc int[64];
        for (var i = 0; i < frame.Components.Length; i++)
        {
            var component = frame.Components[i];
            for (var k = 0; k < 64; k++)
            {
                steps[ZigZag.Natural[k]] = component.QuantizationTable![k];
            }

            for (var y = 0; y < component.BlocksHigh; y++)
            {
                for (var x = 0; x < component.BlocksWide; x++)
                {
                    var block = component.FirstBlock + (y * component.Stride) + x;
                    InverseDct.Transform(coefficients.AsSpan(64 * block, 64), steps, frame.Precision, samples);
                    cells.WriteBlock(samples, i, x * 8 * component.Repeat.X, y * 8 * component.Repeat.Y, component.Repeat);
                }
            }
        }
    }
}
