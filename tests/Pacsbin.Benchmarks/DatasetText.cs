using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using Pacsbin.Dicom;

namespace Pacsbin.Benchmarks;

/// <summary>Makes data sets from lines such as <c>00100010 PN Doe^Jane</c>; inside a sequence a <c>></c> a level, and <c>item</c> before each item.</summary>
internal static class DatasetText
{
    /// <param name="text">Text values are Latin-1; numbers are decimal with backslashes between, bytes hexadecimal.</param>
    /// <exception cref="FormatException">A line is none of an element, an item, a comment that starts with # or empty.</exception>
    public static DicomDataset Parse(string text)
    {
        var levels = new List<DicomDataset> { new() };
        var sequences = new List<DicomSequence>();
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            var depth = line.TakeWhile(c => c == '>').Count();
            var parts = line[depth..].Trim().Split(' ', 3);
            if (parts[0] == "item")
            {
                levels.RemoveRange(depth, levels.Count - depth);
                levels.Add(new DicomDataset(levels[depth - 1]));
                sequences[depth - 1].Items.Add(levels[depth]);
                continue;
            }

            if (parts.Length < 2 || !Tag.TryParse(parts[0], out var tag) || !Enum.TryParse<Vr>(parts[1], out var vr))
            {
                throw new FormatException($"No element: {line}");
            }

            if (vr == Vr.SQ)
            {
                sequences.RemoveRange(depth, sequences.Count - depth);
                sequences.Add(new DicomSequence());
                levels[depth].Set(new DicomElement(tag, vr, sequences[depth]));
            }
            else
            {
                levels[depth].Set(new DicomElement(tag, vr, Value(vr, parts.Length > 2 ? parts[2] : "")));
            }
        }

        return levels[0];
    }

    /// <summary>Sets a text, or replaces it.</summary>
    public static void SetText(this DicomDataset dataset, uint tag, Vr vr, string text) =>
        dataset.Set(new DicomElement(new Tag(tag), vr, Value(vr, text)));

    private static byte[] Value(Vr vr, string text) => vr switch
    {
        Vr.US => Numbers<ushort>(text),
        Vr.SS => Numbers<short>(text),
        Vr.UL => Numbers<uint>(text),
        Vr.SL => Numbers<int>(text),
        Vr.FL => Numbers<float>(text),
        Vr.FD => Numbers<double>(text),
        Vr.AT when Tag.TryParse(text, out var tag) => [.. BitConverter.GetBytes(tag.Group), .. BitConverter.GetBytes(tag.Element)],
        Vr.OB or Vr.OW or Vr.UN => Convert.FromHexString(text),
        _ => Encoding.Latin1.GetBytes(text),
    };

    private static byte[] Numbers<T>(string text)
        where T : unmanaged, INumberBase<T> =>
        MemoryMarshal.AsBytes<T>(text.Split('\\').Select(n => T.Parse(n, CultureInfo.InvariantCulture)).ToArray()).ToArray();
}
