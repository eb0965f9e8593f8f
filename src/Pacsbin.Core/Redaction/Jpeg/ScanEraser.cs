using System.Numerics;
using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>Copies the entropy-coded data of scans, block by block, with those of touched MCUs replaced.</summary>
/// <param name="map">Which MCUs are touched.</param>
/// <param name="capacity">Bytes that the data of a scan usually have.</param>
internal sealed class ScanEraser(McuMap map, int capacity) : IDisposable
{
    private const int RestartMarkers = 8;
    private const int MaxDc = 2047; // T.81 table F.1: no difference has more bits
    private readonly ByteBuffer source = new(capacity + BlockReader.Padding);
    private readonly BitSink sink = new(capacity);
    private readonly bool[] ignored = new bool[256];
    private int segmentStart;
    private int segmentEnd;
    private long segmentBits;
    private long position;
    private long copied; // up to where the segment's bits are in the sink, or are not to be

    /// <summary>Erases a scan.</summary>
    /// <param name="frame">The whole frame.</param>
    /// <param name="start">Where the scan's data begin.</param>
    /// <param name="scan">What its header says.</param>
    /// <param name="output">Where the data are appended.</param>
    /// <returns>The position of the marker after the data, or of the frame's end.</returns>
    public int Erase(ReadOnlySpan<byte> frame, int start, ErasedScan scan, ByteBuffer output)
    {
        Begin(frame, start, scan);
        var (restarts, left) = (0, scan.RestartInterval);
        for (var row = 0; row < scan.Height; row++)
        {
            var touched = map.Row(row / scan.McuRows);
            for (var column = 0; column < scan.Width; column++)
            {
                if (scan.RestartInterval > 0 && left-- == 0)
                {
                    left = scan.RestartInterval - 1;
                    End(output);
                    var marker = (byte)(JpegMarker.Restart0 + (restarts++ % RestartMarkers));
                    Begin(frame, AfterRestart(frame, segmentEnd, marker), scan);
                    output.Write([0xFF, marker]);
                }

                var isTouched = touched[column / scan.McuColumns];
                foreach (var component in scan.Blocks)
                {
                    EraseBlock(frame, component, isTouched);
                }
            }
        }

        End(output);
        return segmentEnd;
    }

    public void Dispose()
    {
        source.Dispose();
        sink.Dispose();
    }

    private static int AfterRestart(ReadOnlySpan<byte> frame, int position, byte marker)
    {
        if (!JpegSegmentReader.TryReadMarker(frame, ref position, out var found))
        {
            throw FrameError.Truncated("The frame ends before its last block", position);
        }

        return found == marker ? position : throw FrameError.Malformed("A JPEG restart marker is missing or out of order", position);
    }

    private void Begin(ReadOnlySpan<byte> frame, int start, ErasedScan scan)
    {
        segmentStart = start;
        segmentEnd = EntropyCodedData.Unstuff(frame, start, source);
        segmentBits = 8L * source.Length;
        position = copied = 0;
        foreach (var component in scan.Components)
        {
            component.Before = component.After = 0; // T.81 F.1.1.5.1
        }
    }

    // What is left of the segment codes no block: padding, or what somebody appended.
    private void End(ByteBuffer output)
    {
        sink.Copy(source.WrittenAnd(BlockReader.Padding), copied, position);
        sink.MoveTo(output);
    }

    private void EraseBlock(ReadOnlySpan<byte> frame, ScanComponent component, bool isTouched)
    {
        var data = source.WrittenAnd(BlockReader.Padding);
        EraseDc(frame, data, component, isTouched);
        var ac = component.Ac;
        if (isTouched)
        {
            Pass(frame, BlockReader.SkipCoefficients(data, position, ac.Lookup, ignored));
            ac.Write(HuffmanCodes.EndOfBlock, sink);
            copied = position;
        }
        else if (ac.IsReplaced)
        {
            sink.Copy(data, copied, position);
            Pass(frame, BlockReader.RewriteCoefficients(data, position, ac, sink));
            copied = position;
        }
        else
        {
            Pass(frame, BlockReader.SkipCoefficients(data, position, ac.Lookup, ac.Used));
        }
    }

    private void EraseDc(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> data, ScanComponent component, bool isTouched)
    {
        var start = position;
        Pass(frame, BlockReader.ReadDifference(data, position, component.Dc.Lookup, out var category, out var difference));
        var before = component.Before + difference;
        var after = isTouched ? component.FillDc : before;
        if (isTouched || component.Dc.IsReplaced || component.After != component.Before)
        {
            sink.Copy(data, copied, start);
            WriteDifference(component.Dc, after - component.After, frame);
            copied = position;
        }
        else
        {
            component.Dc.Used[category] = true;
        }

        if (before is < -MaxDc or > MaxDc)
        {
            throw FrameError.Malformed("A DC coefficient is beyond what 8 bit samples give", EntropyCodedData.Locate(frame, segmentStart, start / 8));
        }

        (component.Before, component.After) = (before, after);
    }

    // T.81 F.1.2.1: the category's code, then as many bits of the difference, less one if it is negative.
    private void WriteDifference(ScanTable table, int difference, ReadOnlySpan<byte> frame)
    {
        var category = 32 - BitOperations.LeadingZeroCount((uint)Math.Abs(difference));
        if (category > HuffmanCodes.MaxDcCategory)
        {
            throw FrameError.Malformed("A DC difference is beyond what 8 bit samples give", EntropyCodedData.Locate(frame, segmentStart, position / 8));
        }

        table.Write((byte)category, sink);
        sink.Write((uint)(difference < 0 ? difference - 1 : difference) & ((1u << category) - 1), category);
    }

    // Goes on to where a block's codes end, if they do within the segment.
    private void Pass(ReadOnlySpan<byte> frame, long next)
    {
        if (next < 0)
        {
            throw FrameError.Malformed("A Huffman code is not in its table, or coefficients exceed their block", EntropyCodedData.Locate(frame, segmentStart, ~next / 8));
        }

        if (next > segmentBits)
        {
            throw segmentEnd == frame.Length
                ? FrameError.Truncated("The frame ends before its last block", segmentEnd)
                : FrameError.Malformed("A marker stands before the last block of its segment", segmentEnd);
        }

        position = next;
    }
}
