using Pacsbin.Dicom;
using Pacsbin.Imaging;

namespace Pacsbin.Redaction;

/// <summary>Erases in overlay planes (PS3.3 C.9.2) what lies over erased pixels.</summary>
internal static class OverlayEraser
{
    private const ushort Rows = 0x0010;
    private const ushort Columns = 0x0011;
    private const ushort NumberOfFrames = 0x0015;
    private const ushort Origin = 0x0050;
    private const ushort BitsAllocated = 0x0100;
    private const ushort Data = 0x3000;

    /// <summary>Erases in all overlays of a data set; one that does not say where its points lie is removed.</summary>
    /// <param name="dataset">Its large values are in <paramref name="source"/>.</param>
    /// <param name="masks">What of the image is erased; an overlay loses what is erased of any frame.</param>
    /// <param name="source">The file that the data set comes from.</param>
    public static void Erase(DicomDataset dataset, FrameMasks masks, DicomFile source)
    {
        for (ushort group = 0x6000; group <= 0x60FE; group += 2)
        {
            var tag = new Tag(group, Data);
            if (!dataset.TryGet(tag, out var data) || data.IsEmpty)
            {
                continue;
            }

            if (MaskOf(dataset, group, masks) is { } mask)
            {
                var eraser = new NativeEraser(mask.Shape, [0], NativeFrames.SwapUnit(source, data, mask.Shape));
                dataset.Set(eraser.Erased(data, _ => mask.Mask));
            }
            else
            {
                dataset.Remove(tag);
            }
        }
    }

    private static (ImageShape Shape, RegionMask Mask)? MaskOf(DicomDataset dataset, ushort group, FrameMasks masks)
    {
        if (dataset.GetInt32(new Tag(group, Rows)) is not { } rows || dataset.GetInt32(new Tag(group, Columns)) is not { } columns || rows < 1 || columns < 1
            || !dataset.TryGet(new Tag(group, Origin), out var origin) || origin.Value.Length < 4
            || (dataset.TryGet(new Tag(group, BitsAllocated), out var bits) && !bits.IsEmpty && dataset.GetInt32(bits.Tag) != 1))
        {
            return null;
        }

        // PS3.3 C.9.2.1.2: row and column of the first overlay point, 1\1 being the first pixel.
        var top = BitConverter.ToInt16(origin.Value.Span) - 1;
        var left = BitConverter.ToInt16(origin.Value.Span[2..]) - 1;
        var frames = Math.Max(1, dataset.GetInt32(new Tag(group, NumberOfFrames)) ?? 1);
        return (new ImageShape(frames, rows, columns, 1, 1, 1, 0, false, false), masks.All.MovedTo(top, left, rows, columns, masks.HasOutside));
    }
}
