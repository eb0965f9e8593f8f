using Pacsbin.Imaging.Codestreams;
using Pacsbin.Imaging.Jpeg;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>A scan that is erased: its components with their tables, and the order of their blocks (T.81 A.2).</summary>
internal sealed class ErasedScan
{
    private readonly List<ScanTable> tables = [];

    /// <param name="frame">The frame that the scan is of.</param>
    /// <param name="header">The scan's header.</param>
    /// <param name="inForce">The tables at its place.</param>
    /// <param name="erasure">What is erased.</param>
    /// <param name="isRgb">Whether the components are red, green and blue.</param>
    /// <param name="position">The end of the scan header, for messages.</param>
    /// <remarks>A second scan of a component, which some decoders show and others not, is an error.</remarks>
    public ErasedScan(JpegFrame frame, JpegScan header, JpegTables inForce, JpegErasure erasure, bool isRgb, int position)
    {
        RestartInterval = inForce.RestartInterval;
        var isErased = erasure.Map(frame).HasTouched;
        Components = new ScanComponent[header.Components.Length];
        for (var i = 0; i < Components.Length; i++)
        {
            var component = header.Components[i];
            if (component.IsKnown)
            {
                throw FrameError.Malformed("A JPEG scan names a component that has been scanned", position);
            }

            component.Known.AsSpan().Fill(1);
            var quantization = inForce.Quantization(component.Quantization, position);
            Components[i] = new ScanComponent(
                component,
                quantization,
                Use(HuffmanClass.Dc, header.DirectTables[i]),
                Use(HuffmanClass.Ac, header.AlternatingTables[i]),
                erasure.FillDc(isChrominance: !isRgb && component != frame.Components[0], quantization[0], position));
        }

        if (Components.Length == 1)
        {
            // T.81 A.2.2: the blocks of one component come row by row, and only those that hold its samples.
            var only = Components[0].Frame;
            (Width, Height) = (only.BlocksWide, only.BlocksHigh);
            (McuColumns, McuRows) = frame.Components.Length == 1 ? (1, 1) : (only.Horizontal, only.Vertical);
            Blocks = Components;
        }
        else
        {
            (Width, Height) = (frame.McusWide, frame.McusHigh);
            (McuColumns, McuRows) = (1, 1);
            Blocks = [.. Components.SelectMany(c => Enumerable.Repeat(c, c.Frame.Horizontal * c.Frame.Vertical))];
        }

        ScanTable Use(HuffmanClass kind, int destination)
        {
            var table = tables.Find(t => t.Source.Kind == kind && t.Destination == destination);
            if (table is null)
            {
                table = new ScanTable(inForce.Huffman(kind, destination, position), destination, isErased, position);
                tables.Add(table);
            }

            return table;
        }
    }

    public ScanComponent[] Components { get; }

    /// <summary>MCUs between restart markers; 0 for none.</summary>
    public int RestartInterval { get; }

    /// <summary>MCUs of the scan in a row; of one component an MCU is one block.</summary>
    public int Width { get; }

    /// <summary>Rows of MCUs of the scan.</summary>
    public int Height { get; }

    /// <summary>MCUs of the scan that lie beside each other in one MCU of the frame.</summary>
    public int McuColumns { get; }

    /// <summary>MCUs of the scan that lie below each other in one MCU of the frame.</summary>
    public int McuRows { get; }

    /// <summary>The component of each block of an MCU.</summary>
    public ScanComponent[] Blocks { get; }

    /// <summary>Writes the Huffman tables and the scan header.</summary>
    public void Write(ByteBuffer output)
    {
        foreach (var table in tables)
        {
            table.Write(output);
        }

        output.WriteMarker(JpegMarker.StartOfScan, 4 + (2 * Components.Length));
        output.Write([(byte)Components.Length]);
        foreach (var component in Components)
        {
            output.Write([component.Frame.Id, (byte)((component.Dc.Destination << 4) | component.Ac.Destination)]);
        }

        output.Write([0, 63, 0]);
    }
}
