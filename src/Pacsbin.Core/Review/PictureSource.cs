using Pacsbin.Dicom;
using Pacsbin.Imaging;
using Pacsbin.Redaction;
using Pacsbin.Studies;

namespace Pacsbin.Review;

/// <summary>An instance of a study as what it shows.</summary>
internal sealed class PictureSource : IDisposable
{
    private readonly DicomFile file;
    private readonly FrameRenderer renderer;
    private readonly string? seriesInstanceUid;
    private readonly string sopInstanceUid;

    private PictureSource(DicomFile file, FrameRenderer renderer, DicomSeries series, DicomInstance instance)
    {
        this.file = file;
        this.renderer = renderer;
        (seriesInstanceUid, sopInstanceUid) = (series.SeriesInstanceUid, instance.SopInstanceUid);
    }

    public int Frames => renderer.Frames;

    /// <summary>The frame that stands for all, from 0.</summary>
    public int MiddleFrame => Frames / 2;

    /// <summary>Opens an instance; null if it has no pixel data.</summary>
    /// <exception cref="PacsbinException">It cannot be read.</exception>
    public static PictureSource? Open(DicomSeries series, DicomInstance instance, ArchiveCache archives)
    {
        var file = DicomFile.Open(OpenSource(instance, archives));
        try
        {
            if (FrameRenderer.Open(file) is { } renderer)
            {
                return new PictureSource(file, renderer, series, instance);
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }

        file.Dispose();
        return null;
    }

    /// <summary>Makes the picture of a frame.</summary>
    /// <param name="frame">From 0.</param>
    /// <param name="render">The window.</param>
    /// <param name="options">Size and format.</param>
    /// <param name="regions">Regions of the study; those of this frame are drawn, as far as they are inside of it.</param>
    /// <param name="hidesStrokes">See <see cref="RenderedFrame.HidesStrokes"/>.</param>
    public Picture PictureOf(int frame, RenderOptions render, PictureOptions options, IEnumerable<RedactionRegion> regions, out bool hidesStrokes)
    {
        var meant = regions.Where(r => r.AppliesTo(seriesInstanceUid, sopInstanceUid) && r.AppliesToFrame(frame)).ToLookup(r => r.Outside, AreaOf);
        var rendered = renderer.Render(frame, render);
        hidesStrokes = rendered.HidesStrokes;

        // One that keeps nothing of the image erases all of it.
        return Picture.Of(rendered, options with { Areas = [.. meant[false].OfType<PixelArea>()], KeptAreas = [.. meant[true].Select(a => a ?? default)] });
    }

    public void Dispose() => file.Dispose();

    private PixelArea? AreaOf(RedactionRegion region) => (region with { Clip = true }).In(renderer.Rows, renderer.Columns, renderer.Frames);

    private static DicomSource OpenSource(DicomInstance instance, ArchiveCache archives)
    {
        try
        {
            return instance.File.Open(archives);
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }
}
