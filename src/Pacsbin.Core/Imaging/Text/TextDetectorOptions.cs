namespace Pacsbin.Imaging.Text;

/// <summary>What a detector takes for text.</summary>
public sealed record TextDetectorOptions
{
    /// <summary>The lowest score of a proposal, from 0 to 1.</summary>
    public double MinimumScore { get; init; } = 0.45;

    /// <summary>The height in pixels of the lowest letter, such as an x of a font of 10 pixels.</summary>
    public int MinimumLetterHeight { get; init; } = 5;

    /// <summary>The height in pixels of the highest letter.</summary>
    public int MaximumLetterHeight { get; init; } = 64;

    /// <summary>Gray levels between two thresholds at which letters are looked for.</summary>
    public int LevelStep { get; init; } = 12;
}
