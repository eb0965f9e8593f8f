using System.Runtime.InteropServices;
using Pacsbin.Dicom;

namespace Pacsbin.Imaging;

/// <summary>Makes gray pixels of a frame of one sample by a table with a gray for each value that a cell can hold.</summary>
internal static class GrayFrame
{
    private static readonly Tag PixelPaddingValue = new(0x00280120);
    private static readonly Tag PixelPaddingRangeLimit = new(0x00280121);

    /// <summary>Renders cells of 8 or 16 bits.</summary>
    /// <param name="cells">The frame.</param>
    /// <param name="shape">How it is laid out.</param>
    /// <param name="display">How it is to be shown; afterwards, how it was.</param>
    /// <param name="dataset">The image.</param>
    /// <param name="gray">A byte for each pixel.</param>
    /// <returns>Gives the table by which it did: a gray for each <see cref="StoredBits.IndexOf"/>.</returns>
    public static byte[] Render(ReadOnlySpan<byte> cells, in ImageShape shape, ref GrayscaleDisplay display, DicomDataset dataset, Span<byte> gray)
    {
        var stored = new StoredBits(shape);
        var seen = display.IsWindowAsked ? [] : Seen(cells, shape, stored);
        var padding = display.IsFullRange ? null : Padding(dataset, stored);
        if (display.NeedsRange)
        {
            display = WithRange(display, stored, seen, padding);
        }

        var table = TableOf(display, stored);
        if (seen.Length > 0 && ShowsNothing(table, seen, out var isOneValue) && !isOneValue)
        {
            // The image's own window is beside all of its values: whoever looks for burned-in text would see none.
            display = WithRange(display, stored, seen, padding);
            table = TableOf(display, stored);
        }

        if (shape.BitsAllocated == 8)
        {
            for (var i = 0; i < gray.Length; i++)
            {
                gray[i] = table[stored.IndexOf(cells[i])];
            }

            return table;
        }

        var words = MemoryMarshal.Cast<byte, ushort>(cells)[..gray.Length];
        for (var i = 0; i < gray.Length; i++)
        {
            gray[i] = table[stored.IndexOf(words[i])];
        }

        return table;
    }

    private static byte[] TableOf(GrayscaleDisplay display, StoredBits stored)
    {
        var table = new byte[stored.Count];
        for (var i = 0; i < table.Length; i++)
        {
            table[i] = display.GrayOf(display.ValueOf(stored.ValueOf(i)));
        }

        return table;
    }

    /// <summary>Which of the values that a cell can hold the frame has.</summary>
    private static bool[] Seen(ReadOnlySpan<byte> cells, in ImageShape shape, StoredBits stored)
    {
        var seen = new bool[stored.Count];
        var pixels = shape.Rows * shape.Columns;
        if (shape.BitsAllocated == 8)
        {
            foreach (var cell in cells[..pixels])
            {
                seen[stored.IndexOf(cell)] = true;
            }
        }
        else
        {
            foreach (var cell in MemoryMarshal.Cast<byte, ushort>(cells)[..pixels])
            {
                seen[stored.IndexOf(cell)] = true;
            }
        }

        return seen;
    }

    private static GrayscaleDisplay WithRange(GrayscaleDisplay display, StoredBits stored, bool[] seen, (int First, int Last)? padding)
    {
        var range = ValueRange.Empty;
        for (var i = 0; i < seen.Length; i++)
        {
            if (seen[i] && !(padding is { } pad && stored.ValueOf(i) >= pad.First && stored.ValueOf(i) <= pad.Last))
            {
                range.Add(display.ValueOf(stored.ValueOf(i)));
            }
        }

        if (!range.HasSeveral)
        {
            // One value says nothing of what is dark and what is light: all values that bits can hold do.
            range.Add(display.ValueOf(stored.ValueOf(0)));
            range.Add(display.ValueOf(stored.ValueOf(seen.Length - 1)));
            range.Add(display.ValueOf(stored.ValueOf(seen.Length / 2)));
            range.Add(display.ValueOf(stored.ValueOf((seen.Length / 2) - 1)));
        }

        return display.Within(range.Minimum, range.Maximum);
    }

    private static bool ShowsNothing(byte[] table, bool[] seen, out bool isOneValue)
    {
        int first = -1, values = 0;
        isOneValue = true;
        for (var i = 0; i < seen.Length; i++)
        {
            if (!seen[i])
            {
                continue;
            }

            if (first >= 0 && table[i] != table[first])
            {
                return false;
            }

            first = first < 0 ? i : first;
            isOneValue = ++values < 2;
        }

        return true;
    }

    /// <summary>The stored values that fill what is no image (PS3.3 C.7.5.1.1.2); null if there are none.</summary>
    private static (int First, int Last)? Padding(DicomDataset dataset, StoredBits stored)
    {
        if (dataset.GetInt32(PixelPaddingValue) is not { } raw)
        {
            return null;
        }

        int value = Number(raw), limit = dataset.GetInt32(PixelPaddingRangeLimit) is { } other ? Number(other) : value;
        return (Math.Min(value, limit), Math.Max(value, limit));

        // A US or SS may have been read as the other, as in Implicit VR.
        int Number(int number) => stored.IsSigned ? (short)number : (ushort)number;
    }
}
