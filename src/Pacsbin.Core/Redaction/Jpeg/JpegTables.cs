using System.Buffers.Binary;
using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>The tables and the restart interval that are in force at a place of a frame.</summary>
internal sealed class JpegTables
{
    private const int Destinations = 4;
    private readonly QuantizationTable?[] quantization = new QuantizationTable?[Destinations];
    private readonly HuffmanTable?[] huffman = new HuffmanTable?[2 * Destinations];

    /// <summary>MCUs between restart markers; 0 for none.</summary>
    public int RestartInterval { get; private set; }

    /// <summary>Takes over what a segment defines, if it is one for tables.</summary>
    /// <param name="marker">The marker's second byte.</param>
    /// <param name="contents">What follows the length, which has been checked to be exact.</param>
    public void Read(byte marker, ReadOnlySpan<byte> contents)
    {
        switch (marker)
        {
            case JpegMarker.DefineQuantizationTables:
                ReadQuantization(contents);
                break;
            case JpegMarker.DefineHuffmanTables:
                ReadHuffman(contents);
                break;
            case JpegMarker.DefineRestartInterval:
                RestartInterval = BinaryPrimitives.ReadUInt16BigEndian(contents);
                break;
        }
    }

    /// <param name="destination">The table's number, 0 to 3.</param>
    /// <param name="position">The scan header's end, for messages.</param>
    public QuantizationTable Quantization(int destination, int position) =>
        quantization[destination] ?? throw FrameError.Malformed("A JPEG scan refers to a quantization table that is not defined", position);

    /// <param name="kind">What the table codes.</param>
    /// <param name="destination">The table's number.</param>
    /// <param name="position">The scan header's end, for messages.</param>
    public HuffmanTable Huffman(HuffmanClass kind, int destination, int position) =>
        (destination < Destinations ? huffman[((int)kind * Destinations) + destination] : null)
            ?? throw FrameError.Malformed("A JPEG scan refers to a Huffman table that is not defined", position);

    private void ReadQuantization(ReadOnlySpan<byte> contents)
    {
        while (!contents.IsEmpty)
        {
            var (precision, destination) = (contents[0] >> 4, contents[0] & 15);
            var size = 64 << precision;
            quantization[destination] = new QuantizationTable(precision, contents.Slice(1, size));
            contents = contents[(1 + size)..];
        }
    }

    private void ReadHuffman(ReadOnlySpan<byte> contents)
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
