using Pacsbin.Imaging;

namespace Pacsbin.Benchmarks;

/// <summary>What lies behind the text of a generated picture.</summary>
internal enum Background
{
    Ct,
    Ultrasound,
    XRay,
}

/// <summary>One line of text in a generated picture.</summary>
/// <param name="Area">The smallest rectangle around the ink.</param>
/// <param name="Ink">Indices of the pixels that the text covers by at least a quarter.</param>
/// <param name="Font">The family, or Kanji.</param>
/// <param name="Size">The font's size in pixels.</param>
/// <param name="Style">How the line was drawn.</param>
internal sealed record DrawnText(PixelArea Area, IReadOnlyList<int> Ink, string Font, int Size, string Style);

/// <summary>A generated gray picture, one byte a pixel, and the text that is known to be in it.</summary>
internal sealed record BurnedInTextPicture(byte[] Gray, int Rows, int Columns, Background Background, IReadOnlyList<DrawnText> Texts);
