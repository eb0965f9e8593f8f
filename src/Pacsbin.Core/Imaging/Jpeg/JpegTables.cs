using System.Buffers.Binary;
using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Imaging.Jpeg;

/// <summary>The tables and the restart interval that the next scan uses.</summary>
internal sealed class JpegTables
{
    private readonly ushort[]?[] quantization = new ushort[]?[4];
    private readonly HuffmanTable?[] direct = new HuffmanTable?[4];
    private readonly HuffmanTable?[] alternating = new HuffmanTable?[4];

    /// <summary>The MCUs between restart markers; 0 if there are none.</summary>
    public int RestartInterval { get; private set; }

    /// <summary>Takes a segment; false if it is not of tables.</summary>
    public bool TryAdd(byte marker, ReadOnlySpan<byte> contents, int position)
    {
        switch (marker)
        {
            case JpegMarker.DefineQuantizationTables:
                AddQuantization(contents, position);
                return true;
            case JpegMarker.DefineHuffmanTables:
                while (!contents.IsEmpty)
                {
                    var (kind, index) = (contents[0] >> 4, contents[0] & 15);
                    if (kind > 1 || index > 3)
                    {
                        throw FrameError.Malformed("A Huffman table's destination is out of range", position);
                    }

                    (kind == 0 ? direct : alternating)[index] = HuffmanTable.Read(ref contents, position);
                }

                return true;
            case JpegMarker.DefineRestartInterval:
                RestartInterval = contents.Length == 2 ? BinaryPrimitives.ReadUInt16BigEndian(contents)
                    : throw FrameError.Malformed("The JPEG restart interval has not two bytes", position);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The table for DC coefficients or lossless differences.</summary>
    public HuffmanTable Direct(int index, int position) => Known(direct, index, position);

    /// <summary>The table for AC coefficients.</summary>
    public HuffmanTable Alternating(int index, int position) => Known(alternating, index, position);

    /// <summary>Steps in zigzag order.</summary>
    public ushort[] Quantization(int index, int position) => Known(quantization, index, position);

    private static T Known<T>(T?[] tables, int index, int position)
        where T : class =>
        index < tables.Length && tables[index] is { } table ? table : throw FrameError.Malformed("A JPEG scan needs a table that is missing", position);

    // T.81 B.2.4.1
    private void AddQuantization(ReadOnlySpan<byte> contents, int position)
    {
        while (!contents.IsEmpty)
        {
            var (width, index) = ((contents[0] >> 4) + 1, contents[0] & 15);
            if (width > 2 || index > 3 || contents.Length < 1 + (64 * width))
            {
                throw FrameError.Malformed("A quantization table's destination or length is out of range", position);
            }

            var table = new ushort[64];
            for (var i = 0; i < table.Length; i++)
            {
                table[i] = width == 1 ? contents[1 + i] : BinaryPrimitives.ReadUInt16BigEndian(contents[(1 + (2 * i))..]);
            }

            quantization[index] = table;
            contents = contents[(1 + (64 * width))..];
        }
    }
}
