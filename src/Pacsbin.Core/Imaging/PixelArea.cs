namespace Pacsbin.Imaging;

/// <summary>A rectangle of an image, or the ellipse that fits into it.</summary>
/// <param name="X">The first column, from 0 at the left.</param>
/// <param name="Y">The first row, from 0 at the top.</param>
/// <param name="Width">Columns; the column <c>X + Width</c> is outside.</param>
/// <param name="Height">Rows; the row <c>Y + Height</c> is outside.</param>
/// <param name="IsEllipse">Whether only the pixels whose centers are in the inscribed ellipse belong to the area.</param>
public readonly record struct PixelArea(int X, int Y, int Width, int Height, bool IsEllipse = false);
