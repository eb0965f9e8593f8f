namespace Pacsbin.Imaging;

/// <summary>How a frame is shown.</summary>
public sealed record RenderOptions
{
    /// <summary>What the image itself says.</summary>
    public static RenderOptions Default { get; } = new();

    /// <summary>The center of the window, in values after the Modality LUT, such as Hounsfield units; null for the image's own.</summary>
    public double? WindowCenter { get; init; }

    /// <summary>The width of the window, which counts only together with <see cref="WindowCenter"/>; colors have no window.</summary>
    public double? WindowWidth { get; init; }

    /// <summary>Whether a gray frame is shown from its lowest to its highest value, padding included, whatever window or lookup table the image has.</summary>
    public bool FullRange { get; init; }

    /// <summary>Whether black and white, and each color and its opposite, change places.</summary>
    public bool Invert { get; init; }

    /// <summary>Refuses a window that shows nothing.</summary>
    /// <exception cref="ArgumentException">One of the two is missing, the width is not above 0, one is no number, or <see cref="FullRange"/> is set too.</exception>
    internal void Validate()
    {
        var isUsable = (WindowCenter, WindowWidth) is (null, null) || (WindowCenter is { } center && WindowWidth is { } width && VoiWindow.IsUsable(center, width));
        if (!isUsable)
        {
            throw new ArgumentException("A window needs a center and a width above 0.");
        }

        if (FullRange && WindowCenter is not null)
        {
            throw new ArgumentException("The full range has no window.");
        }
    }
}
