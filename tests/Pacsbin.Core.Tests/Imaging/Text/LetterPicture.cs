using Pacsbin.Imaging;

namespace Pacsbin.Tests.Imaging.Text;

/// <summary>A gray picture with letters of 5 x 7 pixels, which need no font.</summary>
internal sealed class LetterPicture
{
    /// <summary>The word DOE-JANE, row by row.</summary>
    private static readonly string[] Word =
    [
        "####. .###. ##### ..... ....# .###. #...# #####",
        "#...# #...# #.... ..... ....# #...# ##..# #....",
        "#...# #...# #.... ..... ....# #...# #.#.# #....",
        "#...# #...# ####. ####. ....# ##### #..## ####.",
        "#...# #...# #.... ..... #...# #...# #...# #....",
        "#...# #...# #.... ..... #...# #...# #...# #....",
        "####. .###. ##### ..... .###. #...# #...# #####",
    ];

    public LetterPicture(int rows, int columns, byte paper)
    {
        (Rows, Columns) = (rows, columns);
        Gray = new byte[rows * columns];
        Array.Fill(Gray, paper);
    }

    public byte[] Gray { get; }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Writes the word and returns where it is.</summary>
    public PixelArea Write(int x, int y, byte ink)
    {
        for (var row = 0; row < Word.Length; row++)
        {
            for (var column = 0; column < Word[row].Length; column++)
            {
                if (Word[row][column] == '#')
                {
                    Gray[((y + row) * Columns) + x + column] = ink;
                }
            }
        }

        return new PixelArea(x, y, Word[0].Length, Word.Length);
    }

    public void Fill(PixelArea area, byte value)
    {
        for (var row = area.Y; row < area.Y + area.Height; row++)
        {
            Gray.AsSpan((row * Columns) + area.X, area.Width).Fill(value);
        }
    }

    /// <summary>Grains that differ with the seed, everywhere.</summary>
    public void Speckle(int seed, int low, int high)
    {
        var random = new Random(seed);
        for (var row = 0; row < Rows; row++)
        {
            for (var column = 0; column < Columns; column += 3)
            {
                Gray.AsSpan((row * Columns) + column, Math.Min(3, Columns - column)).Fill((byte)random.Next(low, high));
            }
        }
    }
}
