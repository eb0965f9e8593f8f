namespace Pacsbin.Imaging.Text;

/// <summary>A place where a picture seems to show text.</summary>
/// <param name="Area">The rectangle, which covers whole letters and a few pixels around them.</param>
/// <param name="Score">How much speaks for text, from 0 to 1.</param>
public sealed record TextProposal(PixelArea Area, double Score);
