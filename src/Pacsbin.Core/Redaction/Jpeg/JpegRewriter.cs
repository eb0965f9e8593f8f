using System.Buffers;
using System.Buffers.Binary;
using Pacsbin.Imaging;
using Pacsbin.Imaging.Codestreams;
using Pacsbin.Imaging.Jpeg;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>Makes a frame anew from the segments of another.</summary>
internal sealed class JpegRewriter(int frameLength, JpegErasure erasure) : IDisposable
{
    private const int HeaderLength = 2048;
    private readonly ByteBuffer output = new(frameLength + HeaderLength);
    private readonly ByteBuffer data = new(frameLength + HeaderLength);
    private readonly JpegTables tables = new();
    private readonly JpegColors colors = new();
    private readonly ushort[]?[] written = new ushort[]?[4];
    private int writtenRestartInterval;
    private byte[] header = [];
    private JpegFrame? frame;
    private ScanEraser? eraser;

    /// <summary>Whether all components have been scanned: decoders need no more.</summary>
    public bool IsComplete => frame is not null && Array.TrueForAll(frame.Components, c => c.IsComplete);

    /// <summary>Takes the segment read last, and the data after it if it begins a scan.</summary>
    public void Add(ref JpegSegmentReader reader)
    {
        var (marker, position) = (reader.Marker, reader.Position);
        var contents = reader.Contents;
        if (marker == JpegMarker.DefineHierarchicalProgression)
        {
            throw FrameError.Unsupported("Hierarchical JPEG is not erased in its compressed form", position);
        }

        if (JpegMarker.IsStartOfFrame(marker))
        {
            if (!JpegEraser.IsSequential8(marker, contents))
            {
                throw FrameError.Unsupported("JPEG other than sequential 8 bit Huffman is not erased in its compressed form", position);
            }

            header = [0xFF, marker, 0, (byte)(contents.Length + 2), .. contents];
            frame = new JpegFrame(marker, contents, position);
            Require(frame, reader.Frame.Length, position);
        }
        else if (marker == JpegMarker.StartOfScan)
        {
            reader.Position = AddScan(reader.Frame, new JpegScan(contents, frame!, position), position);
        }
        else if (marker == JpegMarker.DefineNumberOfLines && BinaryPrimitives.ReadUInt16BigEndian(contents) != frame!.Rows)
        {
            throw FrameError.Malformed("The number of lines contradicts the frame header", position);
        }
        else if (!tables.TryAdd(marker, contents) && output.Length == 0)
        {
            // Decoders ask for the color space at the first scan, and no more.
            colors.Add(marker, contents, position);
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

    private void Require(JpegFrame stated, int length, int position)
    {
        if (stated.Columns != erasure.Columns || stated.Rows != erasure.Rows)
        {
            throw FrameError.Malformed("The size of the JPEG frame is not Columns x Rows of the image", position);
        }

        if (stated.Components.Length is not (1 or 3))
        {
            throw FrameError.Unsupported("Only JPEG frames of one or three components are erased", position);
        }

        // A block has at least one bit for DC and one for AC; so that memory is asked for only where there are data.
        if (stated.Components.Sum(c => (long)c.BlocksWide * c.BlocksHigh) > 4L * length)
        {
            throw FrameError.Truncated("The frame is shorter than its blocks can be", length);
        }
    }

    private int AddScan(ReadOnlySpan<byte> bytes, JpegScan scanHeader, int position)
    {
        var isRgb = colors.Find(frame!, erasure.Photometric) == PhotometricInterpretation.Rgb;
        var scan = new ErasedScan(frame!, scanHeader, tables, erasure, isRgb, position);
        eraser ??= new ScanEraser(erasure.Map(frame!), frameLength);
        data.Clear();
        var end = eraser.Erase(bytes, position, scan, data);
        var isFirst = output.Length == 0;
        if (isFirst)
        {
            output.Write([0xFF, JpegMarker.StartOfImage]);
            output.Write(colors.Segments);
        }

        foreach (var component in scan.Components)
        {
            WriteQuantization(component.Frame.Quantization, component.Quantization);
        }

        if (isFirst)
        {
            output.Write(header);
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

    // T.81 B.2.4.1: steps of 16 bits only where they are needed.
    private void WriteQuantization(int destination, ushort[] steps)
    {
        if (steps.AsSpan().SequenceEqual(written[destination]))
        {
            return;
        }

        written[destination] = steps;
        var isWide = Array.Exists(steps, step => step > byte.MaxValue);
        output.WriteMarker(JpegMarker.DefineQuantizationTables, isWide ? 129 : 65);
        output.Write([(byte)((isWide ? 0x10 : 0) | destination)]);
        foreach (var step in steps)
        {
            output.Write(isWide ? [(byte)(step >> 8), (byte)step] : [(byte)step]);
        }
    }
}
