using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>A scan: its components, and the order of their blocks (T.81 A.2).</summary>
internal sealed class Scan
{
    private const int MaxBlocksInMcu = 10; // T.81 B.2.3

    private readonly ScanTable[] tables;

    /// <param name="frame">The frame that the scan is of.</param>
    /// <param name="components">Its components, in the scan's order.</param>
    /// <param name="tables">The Huffman tables that they use, each once.</param>
    /// <param name="restartInterval">MCUs between restart markers; 0 for none.</param>
    /// <param name="position">The end of the scan header, for messages.</param>
    public Scan(FrameHeader frame, ScanComponent[] components, ScanTable[] tables, int restartInterval, int position)
    {
        this.tables = tables;
        Components = components;
        RestartInterval = restartInterval;
        if (components.Length == 1)
        {
            // T.81 A.2.2: the blocks of one component come row by row, and only those that hold its samples.
            var only = components[0].Frame;
            (Width, Height) = frame.Blocks(only);
            (McuColumns, McuRows) = frame.Components.Length == 1 ? (1, 1) : (only.Horizontal, only.Vertical);
            Blocks = components;
        }
        else
        {
            (Width, Height) = frame.Mcus;
            (McuColumns, McuRows) = (1, 1);
            Blocks = [.. components.SelectMany(c => Enumerable.Repeat(c, c.Frame.Horizontal * c.Frame.Vertical))];
        }

        if (Blocks.Length > MaxBlocksInMcu)
        {
            throw FrameError.Malformed("A JPEG scan has more than ten blocks in an MCU", position);
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
