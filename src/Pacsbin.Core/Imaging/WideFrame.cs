using System.Buffers.Binary;
using Pacsbin.Dicom;

namespace Pacsbin.Imaging;

/// <summary>Makes gray pixels of a frame whose cells are too wide for a table: 32 or 64 bits, whole numbers or fractions.</summary>
internal static class WideFrame
{
    private static readonly Tag FloatPixelPaddingValue = new(0x00280122);
    private static readonly Tag DoubleFloatPixelPaddingValue = new(0x00280123);
    private static readonly Tag FloatPixelPaddingRangeLimit = new(0x00280124);
    private static readonly Tag DoubleFloatPixelPaddingRangeLimit = new(0x00280125);

    /// <summary>Renders cells of 32 or 64 bits.</summary>
    /// <param name="cells">The frame.</param>
    /// <param name="shape">How it is laid out.</param>
    /// <param name="display">How it is to be shown; afterwards, how it was.</param>
    /// <param name="dataset">The image.</param>
    /// <param name="gray">A byte for each pixel.</param>
    public static void Render(ReadOnlySpan<byte> cells, in ImageShape shape, ref GrayscaleDisplay display, DicomDataset dataset, Span<byte> gray)
    {
        var isRangeNeeded = display.NeedsRange;
        if (!isRangeNeeded)
        {
            Fill(cells, shape, display, gray);
            isRangeNeeded = !display.IsWindowAsked && gray.IndexOfAnyExcept(gray[0]) < 0;
        }

        if (isRangeNeeded)
        {
            var range = RangeOf(cells, shape, display, dataset, gray.Length);
            display = range.Minimum <= range.Maximum ? display.Within(range.Minimum, range.Maximum) : display.Within(0, 1);
            Fill(cells, shape, display, gray);
        }
    }

    private static void Fill(ReadOnlySpan<byte> cells, in ImageShape shape, GrayscaleDisplay display, Span<byte> gray)
    {
        for (var i = 0; i < gray.Length; i++)
        {
            gray[i] = display.GrayOf(display.ValueOf(StoredValue(cells, shape, i)));
        }
    }

    private static ValueRange RangeOf(ReadOnlySpan<byte> cells, in ImageShape shape, GrayscaleDisplay display, DicomDataset dataset, int pixels)
    {
        var (first, last) = shape.IsFloat && !display.IsFullRange ? Padding(dataset, shape) : (double.NaN, double.NaN);
        var range = ValueRange.Empty;
        for (var i = 0; i < pixels; i++)
        {
            var stored = StoredValue(cells, shape, i);
            if (!(stored >= first && stored <= last))
            {
                range.Add(display.ValueOf(stored));
            }
        }

        return range;
    }

    private static double StoredValue(ReadOnlySpan<byte> cells, in ImageShape shape, int index)
    {
        if (shape.BitsAllocated == 32)
        {
            var cell = cells.Slice(4 * index, 4);
            return shape.IsFloat ? BinaryPrimitives.ReadSingleLittleEndian(cell) : WholeNumber(BinaryPrimitives.ReadUInt32LittleEndian(cell), shape);
        }

        var wide = cells.Slice(8 * index, 8);
        return shape.IsFloat ? BinaryPrimitives.ReadDoubleLittleEndian(wide) : WholeNumber(BinaryPrimitives.ReadUInt64LittleEndian(wide), shape);
    }

    private static double WholeNumber(ulong cell, in ImageShape shape)
    {
        // Moved to the top of 64 bits and back, so that bits beside the value fall off and its sign spreads.
        var high = Math.Clamp(shape.HighBit, shape.BitsStored - 1, shape.BitsAllocated - 1);
        var top = cell << (63 - high);
        return shape.IsSigned ? (long)top >> (64 - shape.BitsStored) : top >> (64 - shape.BitsStored);
    }

    /// <summary>The values that fill what is no image (PS3.3 C.7.6.24); no numbers if there are none.</summary>
    private static (double First, double Last) Padding(DicomDataset dataset, in ImageShape shape)
    {
        var isSingle = shape.BitsAllocated == 32;
        var value = Number(dataset, isSingle ? FloatPixelPaddingValue : DoubleFloatPixelPaddingValue);
        var limit = Number(dataset, isSingle ? FloatPixelPaddingRangeLimit : DoubleFloatPixelPaddingRangeLimit);
        limit = double.IsNaN(limit) ? value : limit;
        return (Math.Min(value, limit), Math.Max(value, limit));
    }

    private static double Number(DicomDataset dataset, Tag tag) => !dataset.TryGet(tag, out var element) ? double.NaN
        : (element.Vr, element.Value.Length) switch
        {
            (Vr.FL, >= 4) => BinaryPrimitives.ReadSingleLittleEndian(element.Value.Span),
            (Vr.FD, >= 8) => BinaryPrimitives.ReadDoubleLittleEndian(element.Value.Span),
            _ => double.NaN,
        };
}
