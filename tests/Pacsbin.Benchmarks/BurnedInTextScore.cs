using System.Globalization;
using Pacsbin.Imaging;
using Pacsbin.Imaging.Text;

namespace Pacsbin.Benchmarks;

/// <summary>Counts what a detector found of generated pictures, in all and by kind.</summary>
internal sealed class BurnedInTextScore
{
    private readonly SortedDictionary<string, (int Found, int All)> kinds = new(StringComparer.Ordinal);

    private long proposedPixels;
    private long textPixels;

    public int Pictures { get; private set; }

    public int Texts { get; private set; }

    public int Found { get; private set; }

    public int FalseBoxes { get; private set; }

    /// <summary>Pixels proposed in all for each pixel of the texts' rectangles: boxes that cover everything would find everything.</summary>
    public double ProposedArea => proposedPixels / (double)Math.Max(1, textPixels);

    public double Recall => Found / (double)Math.Max(1, Texts);

    public double FalseBoxesAnImage => FalseBoxes / (double)Math.Max(1, Pictures);

    /// <summary>A text counts as found if 90% of its ink is covered; a box is false if less than 5% of it lies on texts.</summary>
    public void Add(BurnedInTextPicture picture, IReadOnlyList<TextProposal> proposals)
    {
        Pictures++;
        foreach (var text in picture.Texts)
        {
            var isFound = IsFound(text, picture.Columns, proposals);
            Texts++;
            Found += isFound ? 1 : 0;
            Count($"background {picture.Background}", isFound);
            Count($"font {text.Font}", isFound);
            Count(string.Create(CultureInfo.InvariantCulture, $"size {text.Size / 5 * 5} to {(text.Size / 5 * 5) + 4}"), isFound);
            Count($"style {text.Style}", isFound);
        }

        proposedPixels += proposals.Sum(proposal => (long)proposal.Area.Width * proposal.Area.Height);
        textPixels += picture.Texts.Sum(text => (long)text.Area.Width * text.Area.Height);
        FalseBoxes += proposals.Count(proposal => IsFalse(proposal, picture));
    }

    public static bool IsFound(DrawnText text, int columns, IReadOnlyList<TextProposal> proposals) =>
        text.Ink.Count(ink => proposals.Any(proposal => Holds(proposal.Area, ink % columns, ink / columns))) >= 0.9 * text.Ink.Count;

    public static bool IsFalse(TextProposal proposal, BurnedInTextPicture picture)
    {
        long Common(PixelArea other) =>
            Math.Max(0L, Math.Min(proposal.Area.X + proposal.Area.Width, other.X + other.Width) - Math.Max(proposal.Area.X, other.X))
            * Math.Max(0, Math.Min(proposal.Area.Y + proposal.Area.Height, other.Y + other.Height) - Math.Max(proposal.Area.Y, other.Y));
        return picture.Texts.Sum(text => Common(text.Area)) < 0.05 * proposal.Area.Width * proposal.Area.Height;
    }

    public void Print(TextWriter output, string title)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"## {title}\n\n- {Pictures} pictures, {Texts} lines of text\n- recall {Recall:F3} (goal: at least 0.95)\n- false boxes an image {FalseBoxesAnImage:F3} (goal: at most 0.1)\n- {ProposedArea:F2} pixels proposed for each pixel of the texts' rectangles\n\n| kind | found | of | recall |\n|---|---:|---:|---:|"));
        foreach (var (kind, (found, all)) in kinds)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {kind} | {found} | {all} | {found / (double)all:F3} |"));
        }

        output.WriteLine();
    }

    private static bool Holds(PixelArea area, int x, int y) =>
        x >= area.X && x < area.X + area.Width && y >= area.Y && y < area.Y + area.Height;

    private void Count(string kind, bool isFound)
    {
        var (found, all) = kinds.GetValueOrDefault(kind);
        kinds[kind] = (found + (isFound ? 1 : 0), all + 1);
    }
}
