using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Pacsbin.Dicom;
using Pacsbin.Imaging;
using Pacsbin.Sidecar.Description;
using Pacsbin.Sidecar.Problems;

namespace Pacsbin.Sidecar.Endpoints;

/// <summary>Frames of de-identified images as pictures.</summary>
internal static class FrameEndpoints
{
    public static void Map(RouteGroupBuilder v1) =>
        v1.MapGet("/studies/{studyInstanceUid}/series/{seriesInstanceUid}/instances/{sopInstanceUid}/frames/{frame}", Render)
            .WithTags("Frames")
            .Named("Export-DicomImage", "Shows a frame of a de-identified image as PNG or JPEG.",
                "Frames are counted from 1, as in DICOM. The window is in values after rescaling, such as Hounsfield units; windowCenter and windowWidth need each other. The window that was used is in the headers Window-Center and Window-Width, if there is one; Pixel-Aspect says how many times as high as wide a pixel is.")
            .WithMetadata(new BinaryAnswer("image/png", "image/jpeg"));

    private static FileContentHttpResult Render(
        string studyInstanceUid, string seriesInstanceUid, string sopInstanceUid, int frame, string? workspace, string? format, int? width, int? height,
        double? windowCenter, double? windowWidth, bool? fullRange, bool? invert, StudyFinder finder, HttpContext context)
    {
        var picture = new PictureOptions { Format = FormatOf(format), Width = SideOf(width), Height = SideOf(height) };
        var render = RenderOf(windowCenter, windowWidth, fullRange == true, invert == true);
        using var file = DicomFile.Open(finder.FileOf(studyInstanceUid, seriesInstanceUid, sopInstanceUid, workspace));
        var renderer = FrameRenderer.Open(file) ?? throw new PacsbinException(PacsbinError.FileNotFound, "The instance has no pixels.");
        if (frame < 1 || frame > renderer.Frames)
        {
            throw new PacsbinException(PacsbinError.RegionOutsideImage, FormattableString.Invariant($"The image has {renderer.Frames} frames, and not the one that was asked for."));
        }

        var rendered = renderer.Render(frame - 1, render);
        if (rendered.Window is { } window)
        {
            context.Response.Headers["Window-Center"] = window.Center.ToString(CultureInfo.InvariantCulture);
            context.Response.Headers["Window-Width"] = window.Width.ToString(CultureInfo.InvariantCulture);
        }

        context.Response.Headers["Pixel-Aspect"] = rendered.PixelAspect.ToString(CultureInfo.InvariantCulture);
        return TypedResults.Bytes(rendered.Encode(picture), picture.Format == PictureFormat.Jpeg ? "image/jpeg" : "image/png");
    }

    private static PictureFormat FormatOf(string? format) => format switch
    {
        null or "png" => PictureFormat.Png,
        "jpeg" => PictureFormat.Jpeg,
        _ => throw RequestRefusedException.BadRequest("The format is png or jpeg."),
    };

    private static int? SideOf(int? side) => side is null or (>= 1 and <= PictureOptions.LargestSide) ? side
        : throw RequestRefusedException.BadRequest(FormattableString.Invariant($"Width and height are from 1 to {PictureOptions.LargestSide}."));

    private static RenderOptions RenderOf(double? center, double? width, bool fullRange, bool invert)
    {
        var isWindow = center is not null && width is > 0 && double.IsFinite(center.Value) && double.IsFinite(width.Value);
        return !isWindow && (center is not null || width is not null) ? throw RequestRefusedException.BadRequest("A window needs a number as its center and a width above 0.")
            : isWindow && fullRange ? throw RequestRefusedException.BadRequest("The full range has no window.")
            : new RenderOptions { WindowCenter = center, WindowWidth = width, FullRange = fullRange, Invert = invert };
    }
}
