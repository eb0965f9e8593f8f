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
    /// <param name="regions">Regions of the study; those of this frame are outlined, as far as they are inside of it.</param>
    public Picture PictureOf(int frame, RenderOptions render, PictureOptions options, IEnumerable<RedactionRegion> regions)
    {
        var areas = regions.Where(r => r.AppliesTo(seriesInstanceUid, sopInstanceUid) && r.AppliesToFrame(frame))
            .Select(r => (r with { Clip = true }).In(renderer.Rows, renderer.Columns, renderer.Frames)).OfType<PixelArea>();
        return Picture.Of(renderer.Render(frame, render), options with { Areas = [.. areas] });
    }

    public void Dispose() => file.Dispose();

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
