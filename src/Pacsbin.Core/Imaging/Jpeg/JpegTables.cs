using System.Buffers.Binary;
using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Imaging.Jpeg;

/// <summary>The tables and the restart interval that the next scan uses.</summary>
internal sealed class JpegTables
{
    private const int Destinations = 4;
    private readonly ushort[]?[] quantization = new ushort[]?[Destinations];
    private readonly HuffmanTable?[] huffman = new HuffmanTable?[2 * Destinations];

    /// <summary>The MCUs between restart markers; 0 if there are none.</summary>
    public int RestartInterval { get; private set; }

    /// <summary>Takes a segment; false if it is not of tables.</summary>
    /// <param name="marker">The marker's second byte.</param>
    /// <param name="contents">What follows the length, as <see cref="JpegSegmentReader"/> has checked it.</param>
    public bool TryAdd(byte marker, ReadOnlySpan<byte> contents)
    {
        switch (marker)
        {
            case JpegMarker.DefineQuantizationTables:
                AddQuantization(contents);
                return true;
            case JpegMarker.DefineHuffmanTables:
                AddHuffman(contents);
                return true;
            case JpegMarker.DefineRestartInterval:
                RestartInterval = BinaryPrimitives.ReadUInt16BigEndian(contents);
                return true;
            default:
                return false;
        }
    }

    /// <param name="kind">What the table codes.</param>
    /// <param name="destination">The table's number.</param>
    /// <param name="position">Where the scan header ends, for messages.</param>
    public HuffmanTable Huffman(HuffmanClass kind, int destination, int position) =>
        (destination < Destinations ? huffman[((int)kind * Destinations) + destination] : null)
            ?? throw FrameError.Malformed("A JPEG scan refers to a Huffman table that is not defined", position);

    /// <summary>Steps in zigzag order.</summary>
    /// <param name="destination">The table's number, 0 to 3.</param>
    /// <param name="position">Where the scan header ends, for messages.</param>
    public ushort[] Quantization(int destination, int position) =>
        quantization[destination] ?? throw FrameError.Malformed("A JPEG scan refers to a quantization table that is not defined", position);

    // T.81 B.2.4.1
    private void AddQuantization(ReadOnlySpan<byte> contents)
    {
        while (!contents.IsEmpty)
        {
            var (width, destination) = ((contents[0] >> 4) + 1, contents[0] & 15);
            var table = new ushort[64];
            for (var i = 0; i < table.Length; i++)
            {
                table[i] = width == 1 ? contents[1 + i] : BinaryPrimitives.ReadUInt16BigEndian(contents[(1 + (2 * i))..]);
            }

            quantization[destination] = table;
            contents = contents[(1 + (64 * width))..];
        }
    }

    // T.81 B.2.4.2
    private void AddHuffman(ReadOnlySpan<byte> contents)
    {
        while (!contents.IsEmpty)
        {
            var (kind, destination) = ((HuffmanClass)(contents[0] >> 4), contents[0] & 15);
            var counts = contents.Slice(1, HuffmanTable.MaxCodeLength);
            var size = 0;
            foreach (var count in counts)
            {
                size += count;
            }

            huffman[((int)kind * Destinations) + destination] = new HuffmanTable(kind, counts, contents.Slice(1 + counts.Length, size));
            contents = contents[(1 + counts.Length + size)..];
        }
    }
}
