using Pacsbin.Dicom;
using Pacsbin.Imaging;

namespace Pacsbin.Redaction;

/// <summary>Erases regions from the pixels of one instance, in whatever transfer syntax it is, or refuses.</summary>
/// <remarks>
/// Native, RLE, deflated and sequential 8 bit JPEG pixels stay in their transfer syntax; other JPEG is decoded and becomes Explicit VR Little Endian.
/// The SOP Instance UID is the affair of the caller: an instance that is de-identified and redacted in one go gets one new UID.
/// </remarks>
public sealed class PixelRedactor
{
    private readonly DicomFile source;
    private readonly FrameMasks masks;
    private readonly ImageShape shape;
    private readonly FrameReader? reader; // of pixels that are not written anew in their compressed form

    private PixelRedactor(DicomFile source, IReadOnlyList<RedactionRegion> regions, in DicomElement pixels, in ImageShape shape, FrameMasks masks)
    {
        this.source = source;
        this.shape = shape;
        this.masks = masks;
        Regions = [.. regions.Where(ErasesSomething).Select(WithoutUids).Distinct()];
        TransferSyntax = source.TransferSyntax;
        if (Regions.Count == 0 || (pixels.Fragments is { } fragments && EncodedFrames.CanErase(source, fragments, shape.Frames)))
        {
            return;
        }

        if (pixels.Fragments is not null)
        {
            TransferSyntax = TransferSyntax.ExplicitVrLittleEndian;
        }
        else if (shape.BitsAllocated != 1 && shape.BitsAllocated % 8 != 0)
        {
            throw new PacsbinException(PacsbinError.UnsupportedTransferSyntax, $"Pixels of {shape.BitsAllocated} bits cannot be edited (PS3.5 8.1.1).", Tags.BitsAllocated);
        }

        // Refuses what no codec decodes, and attributes that contradict the pixels: nobody knows where a region lies in those.
        reader = FrameReader.Open(source);
    }

    /// <summary>The regions that erase something of this instance, without the UIDs that said so; none if all were clipped and lie beyond the image.</summary>
    public IReadOnlyList<RedactionRegion> Regions { get; }

    /// <summary>The transfer syntax that the result has to be written in.</summary>
    public TransferSyntax TransferSyntax { get; }

    /// <summary>Prepares to erase those of some regions that apply to an instance; null if none does, or it has no pixels.</summary>
    /// <param name="source">The instance; it must stay open until the result is written.</param>
    /// <param name="regions">Their UIDs are those of <paramref name="source"/>.</param>
    /// <exception cref="PacsbinException">RegionOutsideImage, UnsupportedTransferSyntax if no codec can edit the pixels, MalformedElement.</exception>
    public static PixelRedactor? For(DicomFile source, IReadOnlyList<RedactionRegion> regions)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(regions);
        if (regions.Count == 0)
        {
            return null;
        }

        var applying = InstanceUids.RegionsFor(source, regions);
        if (applying.Length == 0)
        {
            return null;
        }

        if (PixelElement.Find(source.Dataset) is not { } pixels)
        {
            return applying.Any(r => r.SopInstanceUid is not null) ? throw new PacsbinException(PacsbinError.RegionOutsideImage, "The instance has no pixels.") : null;
        }

        if (!ImageShape.TryRead(source.Dataset, pixels.Tag, out var shape) || shape.Rows == 0 || shape.Columns == 0)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, "The pixel data has no Rows, Columns or Bits Allocated.", pixels.Tag);
        }

        var masks = new FrameMasks(applying, shape.Rows, shape.Columns, shape.Frames);
        return new PixelRedactor(source, applying, pixels, shape, masks);
    }

    /// <summary>Whether any pixel is erased for one of some regions that apply to the instance.</summary>
    internal bool ErasesAnyOf(IEnumerable<RedactionRegion> regions) => regions.Select(WithoutUids).Any(Regions.Contains);

    /// <summary>Whether no pixel is erased for one of some regions that apply to the instance.</summary>
    internal bool MissesAnyOf(IEnumerable<RedactionRegion> regions) => !regions.Select(WithoutUids).All(Regions.Contains);

    /// <summary>Puts erased pixels into a data set, and makes its other attributes true of them; without <see cref="Regions"/> it does nothing.</summary>
    /// <param name="target">The source's own data set, or the de-identified one; its native pixel data, if it has any, is what is erased.</param>
    /// <param name="cancellationToken">Looked at before each frame that has to be read; what <paramref name="target"/> holds then is of no use.</param>
    /// <exception cref="PacsbinException">MalformedElement if frames cannot be told apart or decoded; LimitExceeded.</exception>
    public void Apply(DicomDataset target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (Regions.Count == 0)
        {
            return; // nothing is claimed of pixels that nobody has cleaned
        }

        var pixels = PixelElement.Find(source.Dataset)!.Value;
        if (pixels.Fragments is null)
        {
            EraseNative(target, pixels, cancellationToken);
        }
        else if (reader is not null)
        {
            target.Remove(Tags.ExtendedOffsetTable);
            target.Remove(Tags.ExtendedOffsetTableLengths);
            target.Remove(Tags.EncapsulatedPixelDataValueTotalLength);
            DecodedPixels.AddTo(target, reader, source, masks.Of);
            if (!source.TransferSyntax.IsLosslessJpeg && !target.Contains(Tags.LossyImageCompression))
            {
                target.Set(new DicomElement(Tags.LossyImageCompression, Vr.CS, "01"u8.ToArray())); // PS3.3 C.7.6.1.1.5: once lossy, always lossy
            }
        }
        else
        {
            new EncodedFrames(source, shape, masks.Of).Rewrite(pixels.Fragments, cancellationToken).AddTo(target, pixels, source.Dataset);
        }

        OverlayEraser.Erase(target, masks, source);
        RedactedAttributes.Update(target);
    }

    private static RedactionRegion WithoutUids(RedactionRegion region) => region with { SeriesInstanceUid = null, SopInstanceUid = null };

    private bool ErasesSomething(RedactionRegion region) =>
        (region.FirstFrame is not { } first || (first <= shape.Frames && (region.LastFrame ?? first) >= Math.Max(1, first)))
        && !RegionMask.Of([region], shape.Rows, shape.Columns, shape.Frames).IsEmpty;

    private void EraseNative(DicomDataset target, in DicomElement pixels, CancellationToken cancellationToken)
    {
        var kept = target.TryGet(pixels.Tag, out var cleaned) ? cleaned : pixels;
        var pixel = PixelFill.Of(shape, source, shape.IsFloat ? () => FloatFrames(cancellationToken) : null);
        target.Set(new NativeEraser(shape, pixel, NativeFrames.SwapUnit(source, pixels, shape)).Erased(kept, masks.Of));
    }

    private IEnumerable<ReadOnlyMemory<byte>> FloatFrames(CancellationToken cancellationToken)
    {
        var frame = new byte[reader!.FrameLength];
        for (var i = 0; i < reader.Frames; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            reader.Read(i, frame);
            yield return frame;
        }
    }
}
