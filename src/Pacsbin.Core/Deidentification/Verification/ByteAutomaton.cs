namespace Pacsbin.Deidentification.Verification;

/// <summary>Finds all of many byte patterns in one pass (Aho and Corasick); letters of ASCII in any case.</summary>
internal sealed class ByteAutomaton
{
    private const int Accepts = int.MinValue;
    private readonly byte[] classes = new byte[256];
    private readonly int width;
    private readonly int[] next;
    private readonly int[][] outputs;

    /// <param name="patterns">None is empty.</param>
    public ByteAutomaton(IReadOnlyList<byte[]> patterns)
    {
        // Bytes that are in no pattern share class 0.
        width = 1;
        foreach (var b in patterns.SelectMany(p => p).Select(Fold).Distinct())
        {
            classes[b] = (byte)Math.Min(width++, byte.MaxValue);
        }

        width = Math.Min(width, 256);
        for (var b = (int)'a'; b <= 'z'; b++)
        {
            classes[b] = classes[b - 32];
        }

        var states = 1;
        var table = new int[width * (1 + patterns.Sum(p => p.Length))];
        var found = new List<List<int>?> { null };
        for (var i = 0; i < patterns.Count; i++)
        {
            var state = 0;
            foreach (var b in patterns[i])
            {
                ref var target = ref table[(state * width) + classes[b]];
                if (target == 0)
                {
                    target = states++;
                    found.Add(null);
                }

                state = target;
            }

            (found[state] ??= []).Add(i);
        }

        Complete(table, found, states);
        outputs = new int[states][];
        for (var state = 0; state < states; state++)
        {
            outputs[state] = found[state]?.ToArray() ?? [];
        }

        // From here on a state is where its row begins, and its sign says that a pattern ends there.
        foreach (ref var target in table.AsSpan(0, states * width))
        {
            target = (target * width) | (outputs[target].Length > 0 ? Accepts : 0);
        }

        next = table;
    }

    /// <summary>Goes on to the end of the next match; false if there is none.</summary>
    /// <param name="bytes">Where to look.</param>
    /// <param name="position">How far the pass is; 0 to begin, after a match behind its last byte.</param>
    /// <param name="state">Of the pass; 0 to begin.</param>
    /// <param name="matches">The patterns that end at the byte before <paramref name="position"/>.</param>
    public bool TryFind(ReadOnlySpan<byte> bytes, ref int position, ref int state, out ReadOnlySpan<int> matches)
    {
        var row = state;
        var table = next;
        ReadOnlySpan<byte> map = classes;
        for (var i = position; i < bytes.Length; i++)
        {
            row = table[row + map[bytes[i]]];
            if (row < 0)
            {
                row &= ~Accepts;
                (position, state) = (i + 1, row);
                matches = outputs[row / width];
                return true;
            }
        }

        (position, state) = (bytes.Length, row);
        matches = default;
        return false;
    }

    /// <summary>Gives each state the way on for every class: its own, or that of the longest end of what was read that begins a pattern.</summary>
    private void Complete(int[] table, List<List<int>?> found, int states)
    {
        var failure = new int[states];
        var queue = new Queue<int>();
        for (var c = 0; c < width; c++)
        {
            if (table[c] != 0)
            {
                queue.Enqueue(table[c]);
            }
        }

        while (queue.TryDequeue(out var state))
        {
            var fallback = failure[state] * width;
            if (found[failure[state]] is { } shorter)
            {
                (found[state] ??= []).AddRange(shorter);
            }

            for (var c = 0; c < width; c++)
            {
                ref var target = ref table[(state * width) + c];
                if (target == 0)
                {
                    target = table[fallback + c];
                }
                else
                {
                    failure[target] = table[fallback + c];
                    queue.Enqueue(target);
                }
            }
        }
    }

    private static byte Fold(byte b) => b is >= (byte)'a' and <= (byte)'z' ? (byte)(b - 32) : b;
}
