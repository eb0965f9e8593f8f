using System.Buffers;
using Pacsbin.Dicom;

namespace Pacsbin.Imaging;

/// <summary>Turns the frames of an instance into pixels for the eye (PS3.4 N.2): windowed, colors as RGB, right way round.</summary>
/// <remarks>It reads from the <see cref="DicomFile"/>, which must stay open. Calls must not overlap. Overlays are not drawn.</remarks>
public sealed class FrameRenderer
{
    private readonly DicomFile file;
    private readonly FrameReader reader;
    private readonly PaletteLut? palette;

    private FrameRenderer(DicomFile file, FrameReader reader)
    {
        this.file = file;
        this.reader = reader;
        palette = reader.Shape is { Photometric: PhotometricInterpretation.PaletteColor, Samples: 1, BitsAllocated: <= 16 } ? PaletteLut.Read(file, file.Dataset) : null;
    }

    /// <summary>The number of frames.</summary>
    public int Frames => reader.Frames;

    /// <summary>The rows of pixels of a frame.</summary>
    public int Rows => reader.Rows;

    /// <summary>The pixels of a row.</summary>
    public int Columns => reader.Columns;

    /// <summary>Whether <see cref="Render"/> gives colors.</summary>
    public bool IsColor => reader.Shape.Samples == 3 || palette is not null;

    /// <summary>Opens the pixel data of an instance; null if it has none.</summary>
    /// <exception cref="PacsbinException">As <see cref="FrameReader.Open"/>; MalformedElement also for a wrong palette, and if pixels have neither one nor three samples.</exception>
    public static FrameRenderer? Open(DicomFile file)
    {
        if (FrameReader.Open(file) is not { } reader)
        {
            return null;
        }

        var shape = reader.Shape;
        if (shape.Samples is not (1 or 3) || (shape.IsFloat && shape.Samples == 3))
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "Expected one sample for a pixel, or three whole numbers.", Tags.SamplesPerPixel);
        }

        return (long)shape.Rows * shape.Columns * 4 <= Array.MaxLength ? new FrameRenderer(file, reader)
            : throw new PacsbinException(PacsbinError.LimitExceeded, "The frame has too many pixels for a picture.", Tags.Rows);
    }

    /// <summary>Renders a frame.</summary>
    /// <param name="frame">From 0.</param>
    /// <param name="options">The window; null for the image's own.</param>
    /// <exception cref="PacsbinException">The frame cannot be decoded.</exception>
    public RenderedFrame Render(int frame, RenderOptions? options = null)
    {
        (options ??= RenderOptions.Default).Validate();
        var cells = ArrayPool<byte>.Shared.Rent(reader.FrameLength);
        try
        {
            reader.Read(frame, cells);
            var pixels = GC.AllocateUninitializedArray<byte>(Rows * Columns * (IsColor ? 4 : 1));
            byte[]? table = null;
            (double, double)? window = null;
            if (IsColor)
            {
                RenderColor(cells, pixels);
            }
            else
            {
                (table, window) = RenderGrayscale(frame, cells, options, pixels);
            }

            if (options.Invert)
            {
                Invert(pixels, IsColor);
            }

            return new RenderedFrame(Rows, Columns, IsColor, pixels, PixelAspect.Of(new FrameAttributes(file.Dataset, frame)))
            {
                Window = window,
                HidesStrokes = table is not null && HiddenStrokes.Any(cells, reader.Shape, table),
            };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(cells);
        }
    }

    /// <summary>Renders a frame in gray, colors as their luminance.</summary>
    /// <param name="frame">From 0.</param>
    /// <param name="destination">Rows x Columns bytes.</param>
    /// <param name="options">The window; null for the image's own.</param>
    /// <exception cref="PacsbinException">The frame cannot be decoded.</exception>
    public void RenderGray(int frame, Span<byte> destination, RenderOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, Rows * Columns, nameof(destination));
        (options ??= RenderOptions.Default).Validate();
        var gray = destination[..(Rows * Columns)];
        var cells = ArrayPool<byte>.Shared.Rent(reader.FrameLength);
        var colors = IsColor ? ArrayPool<byte>.Shared.Rent(4 * gray.Length) : [];
        try
        {
            reader.Read(frame, cells);
            if (IsColor)
            {
                RenderColor(cells, colors.AsSpan(0, 4 * gray.Length));
                ColorFrame.Gray(colors, gray);
            }
            else
            {
                RenderGrayscale(frame, cells, options, gray);
            }

            if (options.Invert)
            {
                Invert(gray, isColor: false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(cells);
            ArrayPool<byte>.Shared.Return(colors);
        }
    }

    /// <summary>Inverts pixels; the fourth byte of a color stays.</summary>
    private static void Invert(Span<byte> pixels, bool isColor)
    {
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] ^= isColor && i % 4 == 3 ? (byte)0 : (byte)0xFF;
        }
    }

    private void RenderColor(ReadOnlySpan<byte> cells, Span<byte> pixels)
    {
        if (palette is not null)
        {
            ColorFrame.Render(cells, reader.Shape, palette, pixels);
        }
        else
        {
            ColorFrame.Render(cells, reader.Shape, pixels);
        }
    }

    /// <summary>Renders gray cells; gives the gray of each value, unless there are too many for a table, and the window.</summary>
    private (byte[]? Table, (double Center, double Width)? Window) RenderGrayscale(int frame, ReadOnlySpan<byte> cells, RenderOptions options, Span<byte> gray)
    {
        var shape = reader.Shape;
        var display = GrayscaleDisplay.Read(file, shape, frame, options);
        if (shape.BitsAllocated > 16)
        {
            WideFrame.Render(cells, shape, ref display, file.Dataset, gray);
            return (null, display.Window);
        }

        return (GrayFrame.Render(cells, shape, ref display, file.Dataset, gray), display.Window);
    }
}
