using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Redaction.Jpeg;

/// <summary>Reads scan headers (T.81 B.2.3), each component's once.</summary>
/// <remarks>A second scan of a component, which some decoders show and others not, is an error.</remarks>
internal sealed class ScanHeader(FrameHeader frame, JpegErasure erasure)
{
    private readonly bool[] scanned = new bool[frame.Components.Length];

    /// <summary>Whether every component has been in a scan.</summary>
    public bool IsComplete => !scanned.AsSpan().Contains(false);

    /// <param name="contents">What follows the length, which has been checked to be exact.</param>
    /// <param name="tables">Those in force.</param>
    /// <param name="colors">What the frame has said of its components.</param>
    /// <param name="isErased">Whether any MCU is touched.</param>
    /// <param name="position">Where the header ends, for messages.</param>
    public Scan Read(ReadOnlySpan<byte> contents, JpegTables tables, ColorModel colors, bool isErased, int position)
    {
        var inUse = new List<ScanTable>();
        var components = new ScanComponent[contents[0]];
        for (var i = 0; i < components.Length; i++)
        {
            var (id, selectors) = (contents[1 + (2 * i)], contents[2 + (2 * i)]);
            var index = Array.FindIndex(frame.Components, c => c.Id == id);
            if (index < 0 || scanned[index])
            {
                throw FrameError.Malformed("A JPEG scan names a component that the frame lacks or that has been scanned", position);
            }

            scanned[index] = true;
            var component = frame.Components[index];
            var quantization = tables.Quantization(component.Quantization, position);
            components[i] = new ScanComponent(
                component,
                quantization,
                Use(HuffmanClass.Dc, selectors >> 4),
                Use(HuffmanClass.Ac, selectors & 15),
                colors.FillDc(frame, index, quantization.DcStep, erasure, position));
        }

        return new Scan(frame, components, [.. inUse], tables.RestartInterval, position);

        ScanTable Use(HuffmanClass kind, int destination)
        {
            var table = inUse.Find(t => t.Target.Kind == kind && t.Destination == destination);
            if (table is null)
            {
                table = new ScanTable(tables.Huffman(kind, destination, position), destination, isErased, position);
                inUse.Add(table);
            }

            return table;
        }
    }
}
