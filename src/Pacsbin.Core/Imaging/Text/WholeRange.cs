using System.Buffers;
using System.Buffers.Binary;
using Pacsbin.Dicom;

namespace Pacsbin.Imaging.Text;

/// <summary>Shows every value of a gray frame: what the image's own window makes black or white can be text too.</summary>
internal sealed class WholeRange
{
    private const int Values = ushort.MaxValue + 1;

    /// <summary>Gray levels that values of one displayed gray must lie apart here to be worth another look.</summary>
    private const int HiddenContrast = 12;

    /// <summary>The share of pixels at either end that may be outliers, such as metal or padding.</summary>
    private const double OutlierShare = 0.002;

    private readonly FrameReader reader;
    private readonly long[] counts = new long[Values];
    private readonly byte[] table = new byte[Values];

    private WholeRange(FrameReader reader) => this.reader = reader;

    /// <summary>Opens the pixel data of an instance; null if it has none, or pixels that no window hides.</summary>
    /// <exception cref="PacsbinException">As <see cref="FrameReader.Open"/>.</exception>
    public static WholeRange? Open(DicomFile file) =>
        FrameReader.Open(file) is { Shape: { Samples: 1, BitsAllocated: >= 8, Photometric: not PhotometricInterpretation.PaletteColor } } reader ? new WholeRange(reader) : null;

    /// <summary>Renders a frame with all its values; false if its own display tells them apart already.</summary>
    /// <param name="frame">From 0.</param>
    /// <param name="shown">The frame as it is displayed.</param>
    /// <param name="gray">Receives as many pixels.</param>
    /// <exception cref="PacsbinException">The frame cannot be decoded.</exception>
    public bool TryRender(int frame, ReadOnlySpan<byte> shown, Span<byte> gray)
    {
        var values = ArrayPool<ushort>.Shared.Rent(shown.Length);
        try
        {
            var all = values.AsSpan(0, shown.Length);
            ReadValues(frame, all);
            Array.Clear(counts);
            foreach (var value in all)
            {
                counts[value]++;
            }

            FillTable(all.Length);
            if (!HidesSomething(all, shown))
            {
                return false;
            }

            for (var i = 0; i < all.Length; i++)
            {
                gray[i] = table[all[i]];
            }

            return true;
        }
        finally
        {
            ArrayPool<ushort>.Shared.Return(values);
        }
    }

    private void ReadValues(int frame, Span<ushort> values)
    {
        var cells = ArrayPool<byte>.Shared.Rent(reader.FrameLength);
        try
        {
            reader.Read(frame, cells);
            if (reader.Shape.BitsAllocated > 16)
            {
                WideValues.Read(cells, reader.Shape, values);
                return;
            }

            var stored = new StoredBits(reader.Shape);
            var lowest = stored.IsSigned ? short.MinValue : 0;
            for (var i = 0; i < values.Length; i++)
            {
                var cell = reader.Shape.BitsAllocated == 8 ? cells[i] : BinaryPrimitives.ReadUInt16LittleEndian(cells.AsSpan(2 * i));
                values[i] = (ushort)(stored.ValueOf(stored.IndexOf(cell)) - lowest);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(cells);
        }
    }

    /// <summary>The mean of three displays: the full range, the range without outliers, and ranks, as each alone hides something.</summary>
    private void FillTable(int pixels)
    {
        var (minimum, maximum) = Range(0, pixels);
        var (low, high) = Range((long)(pixels * OutlierShare), pixels);
        long below = 0;
        for (var value = minimum; value <= maximum; value++)
        {
            var rank = (below + (counts[value] / 2.0)) / pixels;
            below += counts[value];
            table[value] = (byte)(255 * (Share(value, minimum, maximum) + Share(value, low, high) + rank) / 3);
        }
    }

    private static double Share(int value, int low, int high) => high > low ? Math.Clamp((value - low) / (double)(high - low), 0, 1) : value < low ? 0 : 1;

    /// <summary>The lowest and the highest value when some pixels at either end are left out.</summary>
    private (int Low, int High) Range(long leftOut, int pixels)
    {
        var (low, high) = (0, Values - 1);
        for (var below = counts[low]; below <= leftOut && below < pixels; below += counts[low])
        {
            low++;
        }

        for (var above = counts[high]; above <= leftOut && above < pixels; above += counts[high])
        {
            high--;
        }

        return (low, high);
    }

    /// <summary>Whether values far apart are displayed as one gray.</summary>
    private bool HidesSomething(ReadOnlySpan<ushort> values, ReadOnlySpan<byte> shown)
    {
        Span<byte> lowest = stackalloc byte[256], highest = stackalloc byte[256];
        lowest.Fill(byte.MaxValue);
        for (var i = 0; i < values.Length; i++)
        {
            var (gray, here) = (shown[i], table[values[i]]);
            lowest[gray] = Math.Min(lowest[gray], here);
            highest[gray] = Math.Max(highest[gray], here);
        }

        for (var gray = 0; gray < lowest.Length; gray++)
        {
            if (highest[gray] - lowest[gray] > HiddenContrast)
            {
                return true;
            }
        }

        return false;
    }
}
