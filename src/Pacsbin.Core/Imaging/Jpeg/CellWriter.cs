using System.Buffers.Binary;

namespace Pacsbin.Imaging.Jpeg;

/// <summary>Puts the samples of a component into the cells of a native frame.</summary>
internal readonly ref struct CellWriter
{
    private readonly Span<byte> frame;
    private readonly int rows;
    private readonly int columns;
    private readonly int cell;
    private readonly int pixel;
    private readonly int signShift;

    /// <param name="frame">The native frame, color by pixel.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="precision">Bits of a JPEG sample.</param>
    public CellWriter(Span<byte> frame, in ImageShape shape, int precision)
    {
        this.frame = frame;
        (rows, columns) = (shape.Rows, shape.Columns);
        cell = shape.BitsAllocated / 8;
        pixel = cell * shape.Samples;

        // JPEG has no negative samples: two's complement of Bits Stored is cut off, unless the whole cell is coded.
        signShift = shape.IsSigned && precision < shape.BitsAllocated ? 32 - shape.BitsStored : 0;
    }

    /// <summary>Writes a block of 8 x 8 samples, each repeated.</summary>
    /// <param name="samples">Row by row.</param>
    /// <param name="component">The index of the component.</param>
    /// <param name="x">The block's first column in the frame.</param>
    /// <param name="y">The block's first row in the frame.</param>
    /// <param name="repeat">How often a sample repeats to the right and down.</param>
    public void WriteBlock(ReadOnlySpan<int> samples, int component, int x, int y, (int X, int Y) repeat)
    {
        var width = Math.Min(8 * repeat.X, columns - x);
        var height = Math.Min(8 * repeat.Y, rows - y);
        for (var j = 0; j < height; j++)
        {
            var row = samples.Slice(8 * (j / repeat.Y), 8);
            WriteRow(row, component, x, y + j, width, repeat.X);
        }
    }

    /// <summary>Writes samples from a column of a row on, each repeated.</summary>
    public void WriteRow(ReadOnlySpan<int> samples, int component, int x, int y, int width, int repeat = 1)
    {
        var at = (int)((((long)y * columns) + x) * pixel) + (component * cell);
        if (cell == 1 && repeat == 1)
        {
            for (var i = 0; i < width; i++, at += pixel)
            {
                frame[at] = (byte)samples[i];
            }

            return;
        }

        for (var i = 0; i < width; i++, at += pixel)
        {
            var sample = samples[i / repeat] << signShift >> signShift;
            switch (cell)
            {
                case 1:
                    frame[at] = (byte)sample;
                    break;
                case 2:
                    BinaryPrimitives.WriteInt16LittleEndian(frame[at..], (short)sample);
                    break;
                default:
                    BinaryPrimitives.WriteInt32LittleEndian(frame[at..], sample);
                    break;
            }
        }
    }
}
