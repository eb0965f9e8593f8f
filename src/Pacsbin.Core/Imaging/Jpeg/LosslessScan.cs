using Pacsbin.Imaging.Codestreams;

namespace Pacsbin.Imaging.Jpeg;

/// <summary>Decodes the samples of a lossless scan (T.81 annex H).</summary>
internal sealed class LosslessScan
{
    private readonly JpegFrame frame;
    private readonly JpegScan scan;
    private readonly HuffmanDecoder[] tables;
    private readonly int rowsUntilRestart;

    /// <param name="frame">The frame.</param>
    /// <param name="scan">The scan.</param>
    /// <param name="tables">The tables in effect.</param>
    /// <param name="position">For messages.</param>
    public LosslessScan(JpegFrame frame, JpegScan scan, JpegTables tables, int position)
    {
        this.frame = frame;
        this.scan = scan;
        var isSubsampled = Array.Exists(frame.Components, c => c.Repeat != (1, 1))
            || (scan.Components.Length > 1 && Array.Exists(scan.Components, c => c.Horizontal * c.Vertical != 1));
        if (isSubsampled)
        {
            throw FrameError.Unsupported("The lossless JPEG frame is subsampled", position);
        }

        // H.1.1: a restart interval is a number of whole rows.
        var isWholeRows = tables.RestartInterval % frame.Columns == 0;
        if (scan.First is < 1 or > 7 || scan.Last != 0 || scan.High != 0 || scan.Low >= frame.Precision || !isWholeRows
            || Array.Exists(scan.Components, c => c.IsKnown))
        {
            throw FrameError.Malformed("The lossless JPEG scan has values that T.81 B.2.3 does not allow", position);
        }

        rowsUntilRestart = tables.RestartInterval / frame.Columns;
        this.tables = Array.ConvertAll(scan.DirectTables, index => new HuffmanDecoder(tables.Huffman(HuffmanClass.Dc, index, position)));
        foreach (var component in scan.Components)
        {
            component.Known.AsSpan().Fill(1);
        }
    }

    /// <summary>Decodes all rows.</summary>
    public void Decode(ref EntropyReader reader, CellWriter cells)
    {
        // A sample left of each row, which the predictors of the first column may ask for.
        var count = scan.Components.Length;
        var current = new int[count][];
        var above = new int[count][];
        for (var i = 0; i < count; i++)
        {
            (current[i], above[i]) = (new int[frame.Columns + 1], new int[frame.Columns + 1]);
        }

        var shifted = new int[frame.Columns];
        for (var y = 0; y < frame.Rows; y++)
        {
            var isFirst = y == 0;
            if (y > 0 && rowsUntilRestart > 0 && y % rowsUntilRestart == 0)
            {
                reader.Restart();
                isFirst = true;
            }

            (current, above) = (above, current);
            DecodeRow(ref reader, current, above, isFirst);
            for (var i = 0; i < count; i++)
            {
                WriteRow(current[i].AsSpan(1), shifted, Array.IndexOf(frame.Components, scan.Components[i]), y, cells);
            }
        }

        reader.RequireEnd();
    }

    private void DecodeRow(ref EntropyReader reader, int[][] current, int[][] above, bool isFirst)
    {
        // H.1.2.1: the first row is predicted from the left, the first column from above.
        var selection = isFirst ? 1 : scan.First;
        for (var x = 1; x <= frame.Columns; x++)
        {
            for (var i = 0; i < current.Length; i++)
            {
                var (row, before) = (current[i], above[i]);
                var prediction = x > 1
                    ? Predict(selection, row[x - 1], before[x], before[x - 1])
                    : isFirst ? 1 << (frame.Precision - scan.Low - 1) : before[1];
                var category = reader.ReadSymbol(tables[i]);
                if (category > 16)
                {
                    throw FrameError.Malformed("A lossless JPEG difference has more than 16 bits", reader.Position);
                }

                // H.1.2.2: category 16 is 32768 and has no further bits; differences are modulo 65536.
                row[x] = (prediction + (category == 16 ? 32768 : reader.ReadSigned(category))) & 0xFFFF;
            }
        }
    }

    // T.81 table H.1
    private static int Predict(int selection, int left, int up, int corner) => selection switch
    {
        1 => left,
        2 => up,
        3 => corner,
        4 => left + up - corner,
        5 => left + ((up - corner) >> 1),
        6 => up + ((left - corner) >> 1),
        _ => (left + up) >> 1,
    };

    private void WriteRow(ReadOnlySpan<int> row, int[] shifted, int component, int y, CellWriter cells)
    {
        var mask = (1 << frame.Precision) - 1;
        for (var x = 0; x < shifted.Length; x++)
        {
            shifted[x] = (row[x] << scan.Low) & mask;
        }

        cells.WriteRow(shifted, component, 0, y, shifted.Length);
    }
}
