using System.Buffers.Binary;
using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>A component as the frame header declares it (T.81 B.2.2).</summary>
/// <param name="Id">The name that scan headers use.</param>
/// <param name="Horizontal">Horizontal sampling factor, 1 to 4.</param>
/// <param name="Vertical">Vertical sampling factor, 1 to 4.</param>
/// <param name="Quantization">Destination of the quantization table, 0 to 3.</param>
internal sealed record FrameComponent(byte Id, int Horizontal, int Vertical, int Quantization);

/// <summary>The header of a sequential 8 bit frame: its size and its components.</summary>
internal sealed class FrameHeader
{
    private const byte Baseline = 0xC0;
    private const byte ExtendedSequential = 0xC1;
    private readonly byte marker;

    /// <param name="marker">The marker's second byte.</param>
    /// <param name="contents">What follows the length, which has been checked against the number of components.</param>
    /// <param name="position">Where the segment ends, for messages.</param>
    public FrameHeader(byte marker, ReadOnlySpan<byte> contents, int position)
    {
        if (!IsSupported(marker, contents))
        {
            throw FrameError.Unsupported("JPEG other than sequential 8 bit Huffman is not erased in its compressed form", position);
        }

        this.marker = marker;
        Rows = BinaryPrimitives.ReadUInt16BigEndian(contents[1..]);
        Columns = BinaryPrimitives.ReadUInt16BigEndian(contents[3..]);
        if (Rows == 0)
        {
            throw FrameError.Unsupported("A JPEG frame that tells its lines only after its first scan (DNL) is not erased", position);
        }

        if (Columns == 0)
        {
            throw FrameError.Malformed("A JPEG frame has no columns", position);
        }

        Components = new FrameComponent[contents[5]];
        for (var i = 0; i < Components.Length; i++)
        {
            var stated = contents.Slice(6 + (3 * i), 3);
            var component = new FrameComponent(stated[0], stated[1] >> 4, stated[1] & 15, stated[2]);
            if (component.Horizontal is < 1 or > 4 || component.Vertical is < 1 or > 4 || component.Quantization > 3
                || Components.Take(i).Any(earlier => earlier.Id == component.Id))
            {
                throw FrameError.Malformed("A JPEG component contradicts T.81 B.2.2", position);
            }

            Components[i] = component;
            MaxHorizontal = Math.Max(MaxHorizontal, component.Horizontal);
            MaxVertical = Math.Max(MaxVertical, component.Vertical);
        }
    }

    public int Rows { get; }

    public int Columns { get; }

    public FrameComponent[] Components { get; }

    public int MaxHorizontal { get; }

    public int MaxVertical { get; }

    /// <summary>Pixels that an MCU is wide; T.81 A.2.2: a single component's MCU is one block whatever its sampling factors.</summary>
    public int McuWidth => Components.Length == 1 ? 8 : 8 * MaxHorizontal;

    /// <summary>Pixels that an MCU is high.</summary>
    public int McuHeight => Components.Length == 1 ? 8 : 8 * MaxVertical;

    /// <summary>MCUs in a row, and rows of MCUs, where all components are interleaved.</summary>
    public (int Width, int Height) Mcus => (DivideUp(Columns, McuWidth), DivideUp(Rows, McuHeight));

    /// <summary>Blocks of a component in a row, and rows of blocks, that hold its samples (T.81 A.1.1, A.2.2).</summary>
    public (int Width, int Height) Blocks(FrameComponent component) => (
        DivideUp(DivideUp(Columns * component.Horizontal, MaxHorizontal), 8),
        DivideUp(DivideUp(Rows * component.Vertical, MaxVertical), 8));

    /// <summary>Whether this is a frame header of the kind that is erased.</summary>
    public static bool IsSupported(byte marker, ReadOnlySpan<byte> contents) =>
        marker is Baseline or ExtendedSequential && contents.Length >= 6 && contents[0] == 8;

    public void Write(ByteBuffer output)
    {
        output.WriteMarker(marker, 6 + (3 * Components.Length));
        output.Write([8, (byte)(Rows >> 8), (byte)Rows, (byte)(Columns >> 8), (byte)Columns, (byte)Components.Length]);
        foreach (var component in Components)
        {
            output.Write([component.Id, (byte)((component.Horizontal << 4) | component.Vertical), (byte)component.Quantization]);
        }
    }

    private static int DivideUp(int dividend, int divisor) => (dividend + divisor - 1) / divisor;
}
