namespace Pacsbin.Imaging.Text;

/// <summary>Judges measured lines: every property that letters have lowers the quality where it is missing.</summary>
internal static class LineQuality
{
    /// <summary>How much a line resembles text, from 0 to 1.</summary>
    public static double Of(in LineFeatures line)
    {
        // A stroke is blurred by a pixel, which is much of a small letter and little of a large one.
        var (stroke, fill) = (0.3 + (1.2 / line.Height), 0.55 + (1 / line.Height));

        // Chance makes short lines only: a longer one may be uneven and thin, or lie across a black bar and a bright picture.
        var beyondChance = Math.Clamp(line.Letters - 8, 0, 12);

        // Some words, as Lil, have a run a row as ticks have: they must stay as weak neighbours of what is text.
        return Ramp(line.Contrast, 20, 50)
            * Ramp(line.Margin, 0.5, 0.15)
            * Ramp(line.PeakSpread, 0.5 + (0.05 * Math.Min(line.Letters - 2, 12)), 0.12)
            * Ramp(line.Aligned, 0.45, 0.8)
            * Ramp(line.Crispness, 0.7, 0.95)
            * Math.Max(line.Letters <= 3 ? 0.04 : 0.02, Ramp(line.RunsPerRow, 1.0, 1.25))
            * Ramp(line.Roughness, 0.75 + (0.07 * beyondChance), 0.3 + (0.05 * beyondChance))
            * Ramp(line.Stroke, stroke + 0.25, stroke)
            * Ramp(line.Unevenness, 0.3, 0.15)
            * Ramp(line.Fill, 0.14, 0.2)
            * Ramp(line.Fill, fill + 0.2, fill)
            * Ramp(line.StrokesPerWidth, 0.4, 0.9)
            * (1 - Math.Exp(-(line.Letters - 1) / 2.5));
    }

    /// <summary>0 at or beyond the bad value, 1 at or beyond the good one, straight between; either may be the higher.</summary>
    private static double Ramp(double value, double bad, double good) => Math.Clamp((value - bad) / (good - bad), 0, 1);
}
