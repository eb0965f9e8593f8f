using System.Text;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Verification;

/// <summary>Finds words in values, in every encoding that a value can have. Safe for use by several threads.</summary>
internal sealed class WordSearch
{
    // In bytes that are no text, a shorter word is chance.
    private const int ShortestInBytes = 5;
    private const int ShortestPatternInBytes = 6;
    private readonly SearchWord[] words;
    private readonly List<(byte[] Bytes, int Word)> plainPatterns = [];
    private readonly ByteAutomaton plain;
    private readonly Lazy<Everywhere> everywhere;

    public WordSearch(SearchWord[] words)
    {
        this.words = words;
        for (var i = 0; i < words.Length; i++)
        {
            var word = i;
            if (WordEncodings.Plain(words[i].Text) is { } bytes)
            {
                plainPatterns.Add((bytes, i));
            }
            else if (words[i].Text.Length < PatternTable.ShortestPattern)
            {
                plainPatterns.AddRange(WordEncodings.Everywhere(words[i].Text).Where(p => p.Length < PatternTable.ShortestPattern).Select(p => (p, word)));
            }
        }

        plain = new ByteAutomaton([.. plainPatterns.Select(p => p.Bytes)]);
        everywhere = new Lazy<Everywhere>(MakeEverywhere);
    }

    /// <summary>Adds the words that are found in a value.</summary>
    /// <param name="value">The bytes.</param>
    /// <param name="isText">Whether they are text; in other bytes short words do not count.</param>
    /// <param name="found">Receives them, perhaps several times.</param>
    public void Find(ReadOnlySpan<byte> value, bool isText, ref List<SearchWord>? found)
    {
        int position = 0, state = 0;
        while (plain.TryFind(value, ref position, ref state, out var matches))
        {
            foreach (var match in matches)
            {
                var word = words[plainPatterns[match].Word];
                if ((isText || word.Text.Length >= ShortestInBytes) && StandsAlone(word, plainPatterns[match].Bytes.Length, value, position))
                {
                    (found ??= []).Add(word);
                }
            }
        }

        if (!Ascii.IsValid(value) || value.Contains((byte)0) || value.Contains(Iso2022.Escape))
        {
            FindEverywhere(value, isText, ref found);
        }
    }

    private static bool StandsAlone(SearchWord word, int length, ReadOnlySpan<byte> value, int end)
    {
        var start = end - length;
        return (start == 0 || !word.IsBrokenBefore(value[start - 1])) && (end == value.Length || !word.IsBrokenBehind(value[end]));
    }

    private void FindEverywhere(ReadOnlySpan<byte> value, bool isText, ref List<SearchWord>? found)
    {
        var (table, wordOf) = everywhere.Value;
        var matches = new List<int>();
        table.Find(value, matches);
        foreach (var match in matches)
        {
            if (isText || table.LengthOf(match) >= ShortestPatternInBytes)
            {
                (found ??= []).Add(words[wordOf[match]]);
            }
        }
    }

    private Everywhere MakeEverywhere()
    {
        var patterns = new List<byte[]>();
        var wordOf = new List<int>();
        for (var i = 0; i < words.Length; i++)
        {
            foreach (var bytes in WordEncodings.Everywhere(words[i].Text).Where(p => p.Length >= PatternTable.ShortestPattern))
            {
                patterns.Add(bytes);
                wordOf.Add(i);
            }
        }

        return new Everywhere(new PatternTable(patterns), [.. wordOf]);
    }

    private sealed record Everywhere(PatternTable Table, int[] WordOf);
}
