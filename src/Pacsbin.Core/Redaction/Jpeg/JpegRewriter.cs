using System.Buffers;
using System.Buffers.Binary;
using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>Makes a frame anew from the segments of another.</summary>
internal sealed class JpegRewriter(int frameLength, JpegErasure erasure) : IDisposable
{
    private const int HeaderLength = 2048;
    private readonly ByteBuffer output = new(frameLength + HeaderLength);
    private readonly ByteBuffer data = new(frameLength + HeaderLength);
    private readonly JpegTables tables = new();
    private readonly ColorModel colors = new();
    private readonly QuantizationTable?[] written = new QuantizationTable?[4];
    private int writtenRestartInterval;
    private JpegStructure structure;
    private FrameHeader? header;
    private ScanHeader? scans;
    private ScanEraser? eraser;

    /// <summary>Whether all components have been scanned: decoders need no more.</summary>
    public bool IsComplete => scans is { IsComplete: true };

    /// <summary>Takes a segment, and the data after it if it begins a scan.</summary>
    /// <param name="marker">The marker's second byte.</param>
    /// <param name="reader">Stands after the marker.</param>
    public void Add(byte marker, ref MarkerReader reader)
    {
        var contents = reader.ReadSegment();
        var position = reader.Position;
        if (marker == JpegMarker.Comment)
        {
            return;
        }

        if (marker is >= JpegMarker.Application0 and <= JpegMarker.Application15)
        {
            colors.Read(marker, contents, position);
            return;
        }

        if (marker == JpegMarker.DefineHierarchicalProgression)
        {
            throw FrameError.Unsupported("Hierarchical JPEG is not erased in its compressed form", position);
        }

        JpegSegments.Validate(marker, contents, position);
        structure.Add(marker, position);
        if (JpegMarker.IsStartOfFrame(marker))
        {
            header = new FrameHeader(marker, contents, position);
            Require(header, reader.Frame.Length, position);
            scans = new ScanHeader(header, erasure);
        }
        else if (marker == JpegMarker.StartOfScan)
        {
            reader.Position = AddScan(reader.Frame, contents, position);
        }
        else if (marker == JpegMarker.DefineNumberOfLines && BinaryPrimitives.ReadUInt16BigEndian(contents) != header!.Rows)
        {
            throw FrameError.Malformed("The number of lines contradicts the frame header", position);
        }
        else
        {
            tables.Read(marker, contents);
        }
    }

    /// <summary>Copies the frame, which is complete.</summary>
    public void CopyTo(IBufferWriter<byte> destination)
    {
        output.Write([0xFF, JpegMarker.EndOfImage]);
        destination.Write(output.Written);
    }

    public void Dispose()
    {
        output.Dispose();
        data.Dispose();
        eraser?.Dispose();
    }

    private void Require(FrameHeader frame, int length, int position)
    {
        if (frame.Columns != erasure.Columns || frame.Rows != erasure.Rows)
        {
            throw FrameError.Malformed("The size of the JPEG frame is not Columns x Rows of the image", position);
        }

        // A block has at least one bit for DC and one for AC; so that memory is asked for only where there are data.
        var blocks = frame.Components.Select(frame.Blocks).Sum(size => (long)size.Width * size.Height);
        if (blocks > 4L * length)
        {
            throw MarkerReader.Truncated("The frame is shorter than its blocks can be", length);
        }
    }

    private int AddScan(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> contents, int position)
    {
        var map = erasure.Map(header!);
        var scan = scans!.Read(contents, tables, colors, map.HasTouched, position);
        eraser ??= new ScanEraser(map, frameLength);
        data.Clear();
        var end = eraser.Erase(frame, position, scan, data);
        var isFirst = output.Length == 0;
        if (isFirst)
        {
            output.Write([0xFF, JpegMarker.StartOfImage]);
            output.Write(colors.Segments);
        }

        WriteQuantization(scan);
        if (isFirst)
        {
            header!.Write(output);
        }

        if (scan.RestartInterval != writtenRestartInterval)
        {
            writtenRestartInterval = scan.RestartInterval;
            output.WriteMarker(JpegMarker.DefineRestartInterval, sizeof(ushort));
            output.Write([(byte)(scan.RestartInterval >> 8), (byte)scan.RestartInterval]);
        }

        scan.Write(output);
        output.Write(data.Written);
        return end;
    }

    private void WriteQuantization(Scan scan)
    {
        foreach (var component in scan.Components)
        {
            var destination = component.Frame.Quantization;
            if (!component.Quantization.IsSameAs(written[destination]))
            {
                written[destination] = component.Quantization;
                component.Quantization.Write(destination, output);
            }
        }
    }
}
