namespace Pacsbin.Imaging.Text;

/// <summary>What was measured of a line of components at one level.</summary>
internal readonly record struct LineFeatures
{
    public required int Letters { get; init; }

    /// <summary>The median height of the components in pixels.</summary>
    public required double Height { get; init; }

    /// <summary>Horizontal runs in a row of a component: 1 for blobs and ticks, about 1.7 for letters.</summary>
    public required double RunsPerRow { get; init; }

    /// <summary>The mean length of a run, in heights.</summary>
    public required double Stroke { get; init; }

    /// <summary>The share of pixels of the components' rectangles that they fill.</summary>
    public required double Fill { get; init; }

    /// <summary>The ink in the rows just above and below, as a share of that within.</summary>
    public required double Margin { get; init; }

    /// <summary>The share of the letters that stand on the line's common base or hang from its common top.</summary>
    public required double Aligned { get; init; }

    /// <summary>Mean ink less mean background, in gray levels.</summary>
    public required double Contrast { get; init; }

    /// <summary>The mean jump over three pixels at the ends of runs, as a share of the contrast.</summary>
    public required double Crispness { get; init; }

    /// <summary>How far the letters' highest values lie apart, as a share of the contrast.</summary>
    public required double PeakSpread { get; init; }

    /// <summary>The standard deviation of what is not ink, as a share of the contrast.</summary>
    public required double Roughness { get; init; }

    /// <summary>The standard deviation of the ink that has ink on all sides, as a share of the contrast: letters are of one gray.</summary>
    public required double Unevenness { get; init; }

    /// <summary>Runs for each pixel of the components' widths: 2 for letters, more than 1 for merged ones, less for curves.</summary>
    public required double StrokesPerWidth { get; init; }
}
