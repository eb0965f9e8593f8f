namespace Pacsbin.Deidentification.Verification;

/// <summary>Finds very many byte patterns by their first four bytes; letters of ASCII in any case. Slower than <see cref="ByteAutomaton"/>, and small.</summary>
internal sealed class PatternTable
{
    /// <summary>The fewest bytes of a pattern.</summary>
    public const int ShortestPattern = 4;

    private readonly IReadOnlyList<byte[]> patterns;
    private readonly Dictionary<uint, List<int>> byStart = [];
    private readonly bool[] mayStart = new bool[1 << 16];

    public PatternTable(IReadOnlyList<byte[]> patterns)
    {
        this.patterns = patterns;
        for (var i = 0; i < patterns.Count; i++)
        {
            var start = 0u;
            foreach (var b in patterns[i].AsSpan(0, ShortestPattern))
            {
                start = (start << 8) | Fold(b);
            }

            mayStart[Slot(start)] = true;
            if (!byStart.TryGetValue(start, out var same))
            {
                byStart.Add(start, same = []);
            }

            same.Add(i);
        }
    }

    /// <summary>The bytes of a pattern.</summary>
    public int LengthOf(int pattern) => patterns[pattern].Length;

    /// <summary>Adds the patterns that are in some bytes, perhaps several times.</summary>
    public void Find(ReadOnlySpan<byte> bytes, List<int> found)
    {
        var last = 0u;
        for (var i = 0; i < bytes.Length; i++)
        {
            last = (last << 8) | Fold(bytes[i]);
            if (mayStart[Slot(last)] && i >= ShortestPattern - 1 && byStart.TryGetValue(last, out var candidates))
            {
                foreach (var candidate in candidates)
                {
                    if (StartsWith(bytes[(i + 1 - ShortestPattern)..], patterns[candidate]))
                    {
                        found.Add(candidate);
                    }
                }
            }
        }
    }

    private static bool StartsWith(ReadOnlySpan<byte> bytes, byte[] pattern)
    {
        if (bytes.Length < pattern.Length)
        {
            return false;
        }

        for (var i = ShortestPattern; i < pattern.Length; i++)
        {
            if (Fold(bytes[i]) != Fold(pattern[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static int Slot(uint start) => (int)((start * 0x9E3779B1u) >> 16);

    private static byte Fold(byte b) => b is >= (byte)'a' and <= (byte)'z' ? (byte)(b - 32) : b;
}
