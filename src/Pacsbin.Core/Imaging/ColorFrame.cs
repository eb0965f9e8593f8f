using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Pacsbin.Imaging;

/// <summary>Makes pixels of red, green, blue and a byte of 255 from a frame of three samples.</summary>
internal static class ColorFrame
{
    /// <summary>Renders RGB, YBR_FULL, YBR_FULL_422 and YBR_PARTIAL_422 (PS3.3 C.7.6.3.1.2) of any planar configuration.</summary>
    /// <param name="cells">What a <see cref="FrameReader"/> gave.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="pixels">Four bytes for a pixel.</param>
    public static void Render(ReadOnlySpan<byte> cells, in ImageShape shape, Span<byte> pixels)
    {
        var count = shape.Rows * shape.Columns;
        if (!shape.IsSubsampled && shape is { BitsAllocated: 8, BitsStored: 8 })
        {
            Convert(cells, shape, pixels);
            return;
        }

        var samples = ArrayPool<byte>.Shared.Rent(3 * count);
        try
        {
            var bytes = samples.AsSpan(0, 3 * count);
            if (shape.IsSubsampled)
            {
                SubsampledColors.Expand(cells[..(2 * count)], bytes);
            }
            else
            {
                Narrow(cells, shape, bytes);
            }

            Convert(bytes, SubsampledColors.Expanded(shape), pixels);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(samples);
        }
    }

    /// <summary>Renders PALETTE COLOR of at most 16 bits.</summary>
    /// <param name="cells">What a <see cref="FrameReader"/> gave.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="palette">The colors.</param>
    /// <param name="pixels">Four bytes for a pixel.</param>
    public static void Render(ReadOnlySpan<byte> cells, in ImageShape shape, PaletteLut palette, Span<byte> pixels)
    {
        var stored = new StoredBits(shape);
        var table = new uint[stored.Count];
        for (var i = 0; i < table.Length; i++)
        {
            var (red, green, blue) = palette.Rgb(stored.ValueOf(i));
            BinaryPrimitives.WriteUInt32LittleEndian(MemoryMarshal.AsBytes(table.AsSpan(i, 1)), red | ((uint)green << 8) | ((uint)blue << 16) | 0xFF000000);
        }

        var colors = MemoryMarshal.Cast<byte, uint>(pixels)[..(shape.Rows * shape.Columns)];
        var words = MemoryMarshal.Cast<byte, ushort>(cells);
        for (var i = 0; i < colors.Length; i++)
        {
            colors[i] = table[stored.IndexOf(shape.BitsAllocated == 8 ? cells[i] : words[i])];
        }
    }

    /// <summary>The luminance of pixels that the other overload gave.</summary>
    public static void Gray(ReadOnlySpan<byte> pixels, Span<byte> gray)
    {
        for (var i = 0; i < gray.Length; i++)
        {
            var pixel = pixels.Slice(4 * i, 3);
            gray[i] = (byte)(((77 * pixel[0]) + (150 * pixel[1]) + (29 * pixel[2]) + 128) >> 8);
        }
    }

    private static void Convert(ReadOnlySpan<byte> samples, in ImageShape shape, Span<byte> pixels)
    {
        var count = shape.Rows * shape.Columns;
        var (step, plane) = shape.IsPlanar ? (1, count) : (3, 1);
        ReadOnlySpan<byte> first = samples, second = samples[plane..], third = samples[(2 * plane)..];
        var isPartial = shape.Photometric == PhotometricInterpretation.YbrPartial422;
        var isRgb = !isPartial && shape.Photometric is not (PhotometricInterpretation.YbrFull or PhotometricInterpretation.YbrFull422);
        for (int i = 0, at = 0; i < count; i++, at += step)
        {
            var pixel = pixels.Slice(4 * i, 4);
            if (isRgb)
            {
                (pixel[0], pixel[1], pixel[2], pixel[3]) = (first[at], second[at], third[at], 255);
            }
            else
            {
                FromYbr(first[at], second[at] - 128, third[at] - 128, isPartial, pixel);
            }
        }
    }

    private static void FromYbr(int y, int cb, int cr, bool isPartial, Span<byte> pixel)
    {
        // The inverse of the standard's equations, in units of 1/65536.
        var (scaled, red, greenBlue, greenRed, blue) = isPartial
            ? ((y - 16) * 76309, 104597, 25675, 53279, 132201)
            : (y << 16, 91881, 22554, 46802, 116130);
        pixel[0] = Byte(scaled + (red * cr));
        pixel[1] = Byte(scaled - (greenBlue * cb) - (greenRed * cr));
        pixel[2] = Byte(scaled + (blue * cb));
        pixel[3] = 255;

        static byte Byte(int value) => (byte)Math.Clamp((value + 32768) >> 16, 0, 255);
    }

    /// <summary>Makes bytes of samples that have another number of bits.</summary>
    private static void Narrow(ReadOnlySpan<byte> cells, in ImageShape shape, Span<byte> bytes)
    {
        var width = shape.BitsAllocated / 8;
        var high = Math.Clamp(shape.HighBit, shape.BitsStored - 1, shape.BitsAllocated - 1);
        var maximum = ulong.MaxValue >> (64 - shape.BitsStored);
        for (var i = 0; i < bytes.Length; i++)
        {
            var cell = cells.Slice(width * i, width);
            ulong value = width switch
            {
                1 => cell[0],
                2 => BinaryPrimitives.ReadUInt16LittleEndian(cell),
                4 => BinaryPrimitives.ReadUInt32LittleEndian(cell),
                _ => BinaryPrimitives.ReadUInt64LittleEndian(cell),
            };
            value = value << (63 - high) >> (64 - shape.BitsStored);
            bytes[i] = (byte)((value * 255.0 / maximum) + 0.5);
        }
    }
}
