using System.Globalization;
using System.Management.Automation;
using Pacsbin.Redaction;

namespace Pacsbin.PowerShell;

/// <summary>Makes regions of what people type and pipe, and words of regions. What is not understood is refused: a region less is a name more.</summary>
internal static class RegionInput
{
    /// <summary>A region from an object with X, Y, Width and Height, and perhaps more of a region's properties, or from text <c>x,y,width,height</c>.</summary>
    /// <param name="input">What was piped; text is as good as numbers, so that it can come from a .csv file.</param>
    /// <param name="template">Says what the object does not.</param>
    /// <exception cref="FormatException">The object is no region.</exception>
    public static RedactionRegion Read(PSObject input, RedactionRegion template)
    {
        if (input.BaseObject is string text)
        {
            return Rectangle(text, template);
        }

        var region = template with { X = Required(input, "X"), Y = Required(input, "Y"), Width = Required(input, "Width"), Height = Required(input, "Height") };
        if (region.Width < 1 || region.Height < 1)
        {
            throw new FormatException("A region has at least one column and one row.");
        }

        region = region with
        {
            SeriesInstanceUid = Text(input, "SeriesInstanceUid") ?? template.SeriesInstanceUid,
            SopInstanceUid = Text(input, "SopInstanceUid") ?? template.SopInstanceUid,
            Shape = Text(input, "Shape") is { } shape ? Shape(shape) : template.Shape,
            Outside = Flag(input, "Outside") ?? template.Outside,
            Clip = Flag(input, "Clip") ?? template.Clip,
        };
        return Text(input, "Frame") is { } frame ? InFrames(region, frame) : region;
    }

    /// <summary>A region from text <c>x,y,width,height</c>.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static RedactionRegion Rectangle(string text, RedactionRegion template) =>
        RedactionRegion.TryParse(text, out var region) ? template with { X = region.X, Y = region.Y, Width = region.Width, Height = region.Height }
            : throw new FormatException("Expected four whole numbers, 'x,y,width,height', of which the last two are positive.");

    /// <summary>A region for one frame, such as 5, or some, such as 5-20.</summary>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static RedactionRegion InFrames(RedactionRegion region, string frames) =>
        RedactionRegion.TryParseFrames(frames, out var first, out var last) ? region with { FirstFrame = first, LastFrame = last }
            : throw new FormatException("Expected a frame, such as 5, or a range, such as 5-20; the first is 1.");

    /// <summary>What is erased, in words.</summary>
    public static string Describe(RedactionRegion region)
    {
        var what = region.Shape == RegionShape.Ellipse ? $"the ellipse in {region}" : $"{region}";
        var frames = region.FirstFrame is not { } first ? "" : region.LastFrame == first ? $" in frame {first}" : $" in frames {first}-{region.LastFrame}";
        var images = region.SopInstanceUid is not null ? " of one image" : region.SeriesInstanceUid is not null ? " of one series" : "";
        return $"{(region.Outside ? "everything outside of " : "")}{what}{frames}{images}";
    }

    private static int Required(PSObject input, string name) =>
        int.TryParse(Text(input, name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
            : throw new FormatException($"Expected an object with X, Y, Width and Height, or text 'x,y,width,height'; {name} is no whole number.");

    private static RegionShape Shape(string text) =>
        Enum.TryParse<RegionShape>(text, ignoreCase: true, out var shape) && Enum.IsDefined(shape) ? shape
            : throw new FormatException("Shape is neither Rectangle nor Ellipse.");

    private static bool? Flag(PSObject input, string name) => Text(input, name) is not { } text ? null
        : bool.TryParse(text, out var flag) ? flag
        : throw new FormatException($"{name} is neither True nor False.");

    /// <summary>A property as text; null if it is absent or empty, which says nothing.</summary>
    private static string? Text(PSObject input, string name)
    {
        var value = input.Properties[name]?.Value;
        var text = Convert.ToString((value as PSObject)?.BaseObject ?? value, CultureInfo.InvariantCulture);
        return string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }
}
