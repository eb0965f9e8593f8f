using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Imaging.Jpeg;

/// <summary>Decodes the coefficients of a sequential or progressive scan (T.81 F.2 and G.2).</summary>
internal sealed class DctScan
{
    private readonly JpegFrame frame;
    private readonly JpegScan scan;
    private readonly JpegTables tables;
    private readonly short[] coefficients;
    private readonly HuffmanDecoder?[] direct;
    private readonly HuffmanDecoder?[] alternating;
    private readonly int[] predictions;
    private int emptyBlocks; // that an end-of-band run has yet to give

    /// <param name="frame">The frame.</param>
    /// <param name="scan">The scan.</param>
    /// <param name="tables">The tables in effect.</param>
    /// <param name="coefficients">64 for each block of each component, row by row; zero before the first scan.</param>
    /// <param name="position">For messages.</param>
    public DctScan(JpegFrame frame, JpegScan scan, JpegTables tables, short[] coefficients, int position)
    {
        this.frame = frame;
        this.scan = scan;
        this.tables = tables;
        this.coefficients = coefficients;
        Validate(position);
        predictions = new int[scan.Components.Length];
        direct = new HuffmanDecoder?[predictions.Length];
        alternating = new HuffmanDecoder?[predictions.Length];
        for (var i = 0; i < predictions.Length; i++)
        {
            var component = scan.Components[i];
            component.QuantizationTable ??= tables.Quantization(component.Quantization, position);
            direct[i] = scan.First == 0 && scan.High == 0 ? new HuffmanDecoder(tables.Huffman(HuffmanClass.Dc, scan.DirectTables[i], position)) : null;
            alternating[i] = scan.Last > 0 ? new HuffmanDecoder(tables.Huffman(HuffmanClass.Ac, scan.AlternatingTables[i], position)) : null;
            component.Known.AsSpan(scan.First, scan.Last - scan.First + 1).Fill((byte)(scan.Low + 1));
        }
    }

    /// <summary>Decodes all blocks.</summary>
    public void Decode(ref EntropyReader reader)
    {
        // T.81 A.2.2: a component alone in its scan has no MCUs of several blocks.
        var isAlone = scan.Components.Length == 1;
        var wide = isAlone ? scan.Components[0].BlocksWide : frame.McusWide;
        var high = isAlone ? scan.Components[0].BlocksHigh : frame.McusHigh;
        var untilRestart = tables.RestartInterval;
        for (var y = 0; y < high; y++)
        {
            for (var x = 0; x < wide; x++)
            {
                if (tables.RestartInterval > 0 && untilRestart-- == 0)
                {
                    Restart(ref reader);
                    untilRestart = tables.RestartInterval - 1;
                }

                for (var i = 0; i < scan.Components.Length; i++)
                {
                    var component = scan.Components[i];
                    if (isAlone)
                    {
                        DecodeBlock(ref reader, i, component.FirstBlock + (y * component.Stride) + x);
                        continue;
                    }

                    for (var v = 0; v < component.Vertical; v++)
                    {
                        var block = component.FirstBlock + (((y * component.Vertical) + v) * component.Stride) + (x * component.Horizontal);
                        for (var h = 0; h < component.Horizontal; h++)
                        {
                            DecodeBlock(ref reader, i, block + h);
                        }
                    }
                }
            }
        }

        reader.RequireEnd();
    }

    private void Restart(ref EntropyReader reader)
    {
        reader.Restart();
        Array.Clear(predictions);
        emptyBlocks = 0;
    }

    private void DecodeBlock(ref EntropyReader reader, int index, int blockNumber)
    {
        var block = coefficients.AsSpan(blockNumber * 64, 64);
        if (scan.First == 0 && scan.High == 0)
        {
            predictions[index] += reader.ReadSigned(Category(reader.ReadSymbol(direct[index]!), reader));
            block[0] = (short)(predictions[index] << scan.Low);
        }
        else if (scan.First == 0)
        {
            block[0] |= (short)(reader.ReadBits(1) << scan.Low);
        }

        if (!frame.IsProgressive)
        {
            DecodeSequential(ref reader, alternating[index]!, block);
        }
        else if (scan.Last > 0 && scan.High == 0)
        {
            DecodeFirst(ref reader, alternating[index]!, block);
        }
        else if (scan.Last > 0)
        {
            DecodeRefinement(ref reader, alternating[index]!, block);
        }
    }

    // T.81 F.2.2.2
    private static void DecodeSequential(ref EntropyReader reader, HuffmanDecoder table, Span<short> block)
    {
        for (var k = 1; k < 64; k++)
        {
            var symbol = reader.ReadSymbol(table);
            var (zeros, category) = (symbol >> 4, symbol & 15);
            if (category == 0 && zeros != 15)
            {
                return;
            }

            k += zeros;
            if (k > 63)
            {
                throw FrameError.Malformed("A JPEG block has more than 64 coefficients", reader.Position);
            }

            block[ZigZag.Natural[k]] = (short)reader.ReadSigned(category);
        }
    }

    // T.81 G.1.2.2
    private void DecodeFirst(ref EntropyReader reader, HuffmanDecoder table, Span<short> block)
    {
        if (emptyBlocks > 0)
        {
            emptyBlocks--;
            return;
        }

        for (var k = scan.First; k <= scan.Last; k++)
        {
            var symbol = reader.ReadSymbol(table);
            var (zeros, category) = (symbol >> 4, symbol & 15);
            if (category == 0 && zeros != 15)
            {
                emptyBlocks = (1 << zeros) - 1 + reader.ReadBits(zeros);
                return;
            }

            k += zeros;
            if (k > scan.Last)
            {
                throw FrameError.Malformed("A JPEG block has more coefficients than its band", reader.Position);
            }

            block[ZigZag.Natural[k]] = (short)(reader.ReadSigned(category) << scan.Low);
        }
    }

    // T.81 G.1.2.3: coefficients that are not zero have a correction bit each, wherever a run passes them.
    private void DecodeRefinement(ref EntropyReader reader, HuffmanDecoder table, Span<short> block)
    {
        var k = scan.First;
        while (emptyBlocks == 0 && k <= scan.Last)
        {
            var symbol = reader.ReadSymbol(table);
            var (zeros, category) = (symbol >> 4, symbol & 15);
            if (category > 1)
            {
                throw FrameError.Malformed("A JPEG refinement adds more than a bit", reader.Position);
            }

            if (category == 0 && zeros != 15)
            {
                emptyBlocks = (1 << zeros) + reader.ReadBits(zeros);
                break;
            }

            var value = category == 0 ? 0 : ((2 * reader.ReadBits(1)) - 1) << scan.Low;
            k = Refine(ref reader, block, k, zeros);
            if (k > scan.Last)
            {
                if (value != 0)
                {
                    throw FrameError.Malformed("A JPEG block has more coefficients than its band", reader.Position);
                }

                break;
            }

            block[ZigZag.Natural[k++]] = (short)value;
        }

        if (emptyBlocks > 0)
        {
            Refine(ref reader, block, k, zeros: 64);
            emptyBlocks--;
        }
    }

    /// <summary>Corrects coefficients until a number of zeros is passed; returns where the next zero is.</summary>
    private int Refine(ref EntropyReader reader, Span<short> block, int k, int zeros)
    {
        for (; k <= scan.Last; k++)
        {
            ref var coefficient = ref block[ZigZag.Natural[k]];
            if (coefficient == 0)
            {
                if (zeros-- == 0)
                {
                    break;
                }
            }
            else if (reader.ReadBits(1) != 0)
            {
                coefficient += (short)((coefficient < 0 ? -1 : 1) << scan.Low);
            }
        }

        return k;
    }

    private static int Category(int symbol, in EntropyReader reader) =>
        symbol <= 15 ? symbol : throw FrameError.Malformed("A JPEG coefficient has more than 15 bits", reader.Position);

    private void Validate(int position)
    {
        // T.81 B.2.3 and G.1.1.1: a band is of one component and has no DC; each scan after the first adds a bit.
        var fits = !frame.IsProgressive
            || (scan.Last <= 63 && scan.Low <= 13 && (scan.High == 0 || scan.High == scan.Low + 1)
                && (scan.First == 0 ? scan.Last == 0 : scan.First <= scan.Last && scan.Components.Length == 1));
        foreach (var component in scan.Components)
        {
            for (var k = scan.First; fits && k <= scan.Last; k++)
            {
                fits = component.Known[k] == (scan.High == 0 ? 0 : scan.High + 1);
            }

            fits &= scan.First == 0 || component.IsKnown;
        }

        if (!fits)
        {
            throw FrameError.Malformed("A JPEG scan has a band that does not follow from the scans before it", position);
        }
    }
}
