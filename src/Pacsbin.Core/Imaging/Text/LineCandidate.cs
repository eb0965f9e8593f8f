namespace Pacsbin.Imaging.Text;

/// <summary>A line of components found at one level.</summary>
/// <param name="Area">The smallest rectangle around it.</param>
/// <param name="Height">The median height of its components.</param>
/// <param name="Level">The gray level, of the inverse picture for dark text.</param>
/// <param name="Quality">How much it resembles text, from 0 to 1.</param>
internal sealed record LineCandidate(PixelArea Area, double Height, int Level, double Quality);
