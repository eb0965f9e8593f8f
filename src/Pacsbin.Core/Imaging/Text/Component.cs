using System.Runtime.InteropServices;

namespace Pacsbin.Imaging.Text;

/// <summary>Pixels that touch each other and are all at or above a level: a letter, perhaps.</summary>
/// <param name="Left">The first column.</param>
/// <param name="Top">The first row.</param>
/// <param name="Right">The column after the last.</param>
/// <param name="Bottom">The row after the last.</param>
/// <param name="Pixels">How many pixels it has.</param>
/// <param name="Runs">How many horizontal runs its rows fall into: many for a letter, one a row for a blob.</param>
/// <param name="Peak">The highest value in it.</param>
[StructLayout(LayoutKind.Auto)]
internal record struct Component(int Left, int Top, int Right, int Bottom, int Pixels, int Runs, byte Peak)
{
    public readonly int Width => Right - Left;

    public readonly int Height => Bottom - Top;
}
