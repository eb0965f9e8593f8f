using System.Text;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Verification;

/// <summary>Finds words in values, in every encoding that a value can have. Safe for use by several threads.</summary>
internal sealed class WordSearch
{
    // In bytes that are no text, a shorter word is chance.
    private const int ShortestInBytes = 5;
    private readonly SearchWord[] words;
    private readonly int[] plainWords;
    private readonly ByteAutomaton plain;
    private readonly Lazy<Everywhere> everywhere;

    public WordSearch(SearchWord[] words)
    {
        this.words = words;
        plainWords = [.. Enumerable.Range(0, words.Length).Where(i => WordEncodings.Plain(words[i].Text) is not null)];
        plain = new ByteAutomaton([.. plainWords.Select(i => WordEncodings.Plain(words[i].Text)!)]);
        everywhere = new Lazy<Everywhere>(MakeEverywhere);
    }

    /// <summary>Adds the words that are found in a value.</summary>
    /// <param name="value">The bytes.</param>
    /// <param name="isText">Whether they are text; in other bytes short words do not count.</param>
    /// <param name="found">Receives them, perhaps several times.</param>
    public void Find(ReadOnlySpan<byte> value, bool isText, ref List<SearchWord>? found)
    {
        Find(plain, plainWords, plainWords.Length, value, isText, ref found);
        if (!Ascii.IsValid(value) || value.Contains((byte)0) || value.Contains(Iso2022.Escape))
        {
            var (automaton, indexes) = everywhere.Value;
            Find(automaton, indexes, 0, value, isText, ref found);
        }
    }

    private void Find(ByteAutomaton automaton, int[] indexes, int plainPatterns, ReadOnlySpan<byte> value, bool isText, ref List<SearchWord>? found)
    {
        int position = 0, state = 0;
        while (automaton.TryFind(value, ref position, ref state, out var matches))
        {
            foreach (var match in matches)
            {
                var word = words[indexes[match]];
                var start = position - word.Text.Length;
                var isOwnWord = match >= plainPatterns
                    || ((start == 0 || !word.IsBrokenBy(value[start - 1])) && (position == value.Length || !word.IsBrokenBy(value[position])));
                if (isOwnWord && (isText || word.Text.Length >= ShortestInBytes || match >= plainPatterns))
                {
                    (found ??= []).Add(word);
                }
            }
        }
    }

    private Everywhere MakeEverywhere()
    {
        var patterns = new List<byte[]>();
        var indexes = new List<int>();
        for (var i = 0; i < words.Length; i++)
        {
            foreach (var bytes in WordEncodings.Everywhere(words[i].Text))
            {
                patterns.Add(bytes);
                indexes.Add(i);
            }
        }

        return new Everywhere(new ByteAutomaton(patterns), [.. indexes]);
    }

    private sealed record Everywhere(ByteAutomaton Automaton, int[] Words);
}
