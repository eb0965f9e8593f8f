using System.Globalization;

namespace Pacsbin.Redaction;

/// <summary>What is erased of each frame of an image; frames with the same regions share a mask.</summary>
internal sealed class FrameMasks
{
    private readonly IReadOnlyList<RedactionRegion> regions;
    private readonly int frames;
    private readonly Dictionary<string, RegionMask> masks = new(StringComparer.Ordinal);
    private int lastFrame = -1;
    private RegionMask? last;

    /// <exception cref="PacsbinException">RegionOutsideImage.</exception>
    public FrameMasks(IReadOnlyList<RedactionRegion> regions, int rows, int columns, int frames)
    {
        foreach (var region in regions)
        {
            _ = region.In(rows, columns, frames); // those that are left out below have to be valid too
        }

        this.regions = [.. regions.Where(r => r.FirstFrame is null || r.FirstFrame <= frames)];
        this.frames = frames;
        Rows = rows;
        Columns = columns;
        All = RegionMask.Of(this.regions, rows, columns, frames);
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>What is erased of any frame.</summary>
    public RegionMask All { get; }

    /// <summary>Whether everything outside of some region is erased, and so what lies beyond the image too.</summary>
    public bool HasOutside => regions.Any(r => r.Outside);

    /// <summary>What is erased of a frame, counted from 0; null for nothing.</summary>
    public RegionMask? Of(int frame)
    {
        if (frame != lastFrame)
        {
            (lastFrame, last) = (frame, Make(frame));
        }

        return last;
    }

    private RegionMask? Make(int frame)
    {
        var key = string.Join(',', Enumerable.Range(0, regions.Count).Where(i => regions[i].AppliesToFrame(frame)).Select(i => i.ToString(CultureInfo.InvariantCulture)));
        if (key.Length == 0)
        {
            return null;
        }

        if (!masks.TryGetValue(key, out var mask))
        {
            mask = RegionMask.Of([.. regions.Where(r => r.AppliesToFrame(frame))], Rows, Columns, frames);
            masks.Add(key, mask);
        }

        return mask;
    }
}
