using Pacsbin.Dicom;
using Pacsbin.Imaging;

namespace Pacsbin.Redaction;

/// <summary>Erases pixels in native frames, piece by piece; all other bytes stay.</summary>
/// <param name="shape">How the pixels lie.</param>
/// <param name="pixel">The cells of an erased pixel, from <see cref="PixelFill"/>.</param>
/// <param name="swapUnit">The bytes that are in reverse order, as <see cref="NativeFrames.SwapUnit"/> tells; 1 for none.</param>
internal sealed class NativeEraser(ImageShape shape, byte[] pixel, int swapUnit = 1)
{
    private readonly int cellBytes = shape.BitsAllocated / 8;

    private long FrameBits => (long)shape.Rows * shape.Columns * (shape.IsSubsampled ? 2 : shape.Samples) * shape.BitsAllocated;

    /// <summary>Erases what of the regions lies in a piece of the pixel data.</summary>
    /// <param name="piece">Starts and, but for the last, ends at a multiple of <c>swapUnit</c>.</param>
    /// <param name="position">Where it starts in the pixel data, in bytes.</param>
    /// <param name="maskOf">What is erased of a frame, counted from 0; null for nothing.</param>
    public void Erase(Span<byte> piece, long position, Func<int, RegionMask?> maskOf)
    {
        var first = Math.Max(0, ((position - swapUnit) * 8) / FrameBits);
        var last = Math.Min(shape.Frames - 1, ((position + piece.Length + swapUnit) * 8) / FrameBits);
        for (var frame = first; frame <= last; frame++)
        {
            if (maskOf((int)frame) is { } mask)
            {
                EraseFrame(piece, position, mask, frame * FrameBits);
            }
        }
    }

    /// <summary>Pixel data with what is erased of it, and nothing after its last frame: that may be one more, which no mask covers.</summary>
    /// <param name="data">Native frames, in the file or in memory; they stay as they are.</param>
    /// <param name="maskOf">What is erased of a frame, counted from 0; null for nothing.</param>
    public DicomElement Erased(in DicomElement data, Func<int, RegionMask?> maskOf)
    {
        var length = shape.TotalBytes + (shape.TotalBytes & 1);
        if (data.Range is { } range)
        {
            var frames = range.Length > length ? new FileRange(range.Offset, length) : range;
            return new DicomElement(data.Tag, data.Vr, new ErasedRange(frames, this, maskOf));
        }

        var value = data.Value[..(int)Math.Min(length, data.Value.Length)].ToArray();
        Erase(value, 0, maskOf);
        return new DicomElement(data.Tag, data.Vr, value);
    }

    /// <summary>Erases a frame that stands alone.</summary>
    public void Erase(Span<byte> frame, RegionMask mask) => EraseFrame(frame, 0, mask, 0);

    private void EraseFrame(Span<byte> piece, long position, RegionMask mask, long firstBit)
    {
        if (shape.BitsAllocated == 1)
        {
            EraseBits(piece, position, mask, firstBit);
        }
        else if (shape.IsSubsampled)
        {
            ErasePairs(piece, position, mask, firstBit / 8);
        }
        else
        {
            EraseCells(piece, position, mask, firstBit / 8);
        }
    }

    private void EraseCells(Span<byte> piece, long position, RegionMask mask, long frameStart)
    {
        var planes = shape.IsPlanar ? shape.Samples : 1;
        var step = shape.IsPlanar ? cellBytes : cellBytes * shape.Samples;
        var stride = (long)shape.Columns * step;
        for (var plane = 0; plane < planes; plane++)
        {
            var start = frameStart + (plane * stride * shape.Rows);
            var pattern = pixel.AsSpan(plane * (shape.IsPlanar ? step : 0), step);
            foreach (var row in RowsIn(piece.Length, position, start, stride))
            {
                foreach (var span in mask.Row(row))
                {
                    var from = start + (row * stride);
                    Fill(piece, position, from + ((long)span.Start * step), from + ((long)span.End * step), pattern);
                }
            }
        }
    }

    // PS3.3 C.7.6.3.1.2: Y1 Y2 Cb Cr. The colors of a pair belong to its erased pixel, so its neighbor loses them too.
    private void ErasePairs(Span<byte> piece, long position, RegionMask mask, long frameStart)
    {
        var stride = 2L * shape.Columns;
        foreach (var row in RowsIn(piece.Length, position, frameStart, stride))
        {
            foreach (var span in mask.Row(row))
            {
                for (var column = span.Start; column < span.End; column++)
                {
                    var pair = frameStart + (row * stride) + (column / 2 * 4L);
                    Fill(piece, position, pair + (column % 2), pair + (column % 2) + 1, pixel.AsSpan(0, 1));
                    Fill(piece, position, pair + 2, pair + 4, pixel.AsSpan(1, 2));
                }
            }
        }
    }

    private void EraseBits(Span<byte> piece, long position, RegionMask mask, long firstBit)
    {
        // Rows of bits follow each other without padding (PS3.5 8.1.1), so the first and last row may share a byte with others.
        var stride = (long)shape.Columns;
        foreach (var row in RowsIn((piece.Length * 8L) + 7, (position * 8) - 7, firstBit, stride))
        {
            foreach (var span in mask.Row(row))
            {
                var end = firstBit + (row * stride) + span.End;
                for (var bit = firstBit + (row * stride) + span.Start; bit < end;)
                {
                    var count = (int)Math.Min(8 - (bit % 8), end - bit);
                    var keep = (byte)~(((1 << count) - 1) << (int)(bit % 8));
                    var at = Place(bit / 8) - position;
                    if (at >= 0 && at < piece.Length)
                    {
                        piece[(int)at] = (byte)((piece[(int)at] & keep) | (pixel[0] & ~keep));
                    }

                    bit += count;
                }
            }
        }
    }

    /// <summary>The rows of which a part can be in a piece.</summary>
    private IEnumerable<int> RowsIn(long length, long position, long start, long stride)
    {
        var first = Math.Max(0, (position - swapUnit - start) / stride);
        var last = Math.Min(shape.Rows - 1, (position + length + swapUnit - start) / stride);
        for (var row = first; row <= last; row++)
        {
            yield return (int)row;
        }
    }

    /// <summary>Where a byte of little-endian cells lies.</summary>
    private long Place(long index) => index - (index % swapUnit) + (swapUnit - 1) - (index % swapUnit);

    private void Fill(Span<byte> piece, long position, long start, long end, ReadOnlySpan<byte> pattern)
    {
        if (swapUnit > 1)
        {
            FillSwapped(piece, position, start, end, pattern);
            return;
        }

        var from = (int)Math.Max(0, start - position);
        var to = (int)Math.Min(piece.Length, end - position);
        if (from >= to)
        {
            return;
        }

        if (pattern.IndexOfAnyExcept(pattern[0]) < 0)
        {
            piece[from..to].Fill(pattern[0]);
            return;
        }

        var phase = (int)((position + from - start) % pattern.Length);
        for (var i = from; i < to; i++)
        {
            piece[i] = pattern[phase];
            phase = phase + 1 == pattern.Length ? 0 : phase + 1;
        }
    }

    private void FillSwapped(Span<byte> piece, long position, long start, long end, ReadOnlySpan<byte> pattern)
    {
        for (var index = Math.Max(start, position - swapUnit); index < Math.Min(end, position + piece.Length + swapUnit); index++)
        {
            var at = Place(index) - position;
            if (at >= 0 && at < piece.Length)
            {
                piece[(int)at] = pattern[(int)((index - start) % pattern.Length)];
            }
        }
    }
}

/// <summary>Native pixel data that is erased while it is copied.</summary>
internal sealed class ErasedRange(FileRange inner, NativeEraser eraser, Func<int, RegionMask?> maskOf) : EditedRange(inner)
{
    protected override void Edit(Span<byte> piece, long position) => eraser.Erase(piece, position, maskOf);
}
