using Pacsbin.Imaging.Codestreams;
using Pacsbin.Imaging.Jpeg;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>A Huffman table in use by a scan: as the source has it, and as the result will have it.</summary>
internal sealed class ScanTable
{
    private readonly HuffmanCodes target;
    private readonly bool[] used = new bool[256];

    /// <param name="source">The table in force.</param>
    /// <param name="destination">Its number.</param>
    /// <param name="isErased">Whether the scan has blocks that are erased, which need symbols that the source may not use.</param>
    /// <param name="position">Where the scan begins, for messages.</param>
    public ScanTable(HuffmanTable source, int destination, bool isErased, int position)
    {
        if (source.Kind == HuffmanClass.Dc && source.Symbols.Length > 16)
        {
            throw FrameError.Malformed("A JPEG table for DC differences has more codes than there are categories", position);
        }

        (Source, Destination) = (source, destination);
        var isComplete = source.Kind == HuffmanClass.Ac
            ? source.Symbols.Contains(HuffmanCodes.EndOfBlock)
            : Enumerable.Range(0, HuffmanCodes.MaxDcCategory + 1).All(category => source.Symbols.Contains((byte)category));
        IsReplaced = isErased && !isComplete;
        target = new HuffmanCodes(IsReplaced ? StandardTables.For(source.Kind, destination) : source);
        Lookup = new HuffmanLookup(source);
    }

    /// <summary>As the frame has it.</summary>
    public HuffmanTable Source { get; }

    /// <summary>The table's number, 0 to 3.</summary>
    public int Destination { get; }

    /// <summary>Finds the source's codes.</summary>
    public HuffmanLookup Lookup { get; }

    /// <summary>Whether every code must be written anew.</summary>
    public bool IsReplaced { get; }

    /// <summary>Which symbols the result uses.</summary>
    public Span<bool> Used => used;

    /// <summary>Writes the code of a symbol that the result's table has.</summary>
    public void Write(byte symbol, BitSink sink)
    {
        used[symbol] = true;
        var (code, length) = target.Code(symbol);
        sink.Write(code, length);
    }

    /// <summary>Writes the table, once all the codes of its scan are written.</summary>
    public void Write(ByteBuffer output)
    {
        var table = StandardTables.Contains(target.Table) ? target.Table : target.WithoutUnused(used);
        output.WriteMarker(JpegMarker.DefineHuffmanTables, 1 + table.Counts.Length + table.Symbols.Length);
        output.Write([(byte)(((int)table.Kind << 4) | Destination)]);
        output.Write(table.Counts);
        output.Write(table.Symbols);
    }
}
