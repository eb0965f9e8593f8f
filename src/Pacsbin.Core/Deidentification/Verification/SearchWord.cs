using System.Buffers;

namespace Pacsbin.Deidentification.Verification;

/// <summary>A word that is looked for in a copy.</summary>
/// <param name="Text">The word, as the source has it.</param>
/// <param name="Kind">What it says.</param>
internal sealed record SearchWord(string Text, IdentifierKind Kind)
{
    // Within a longer word, a shorter one is chance: LEE in SLEEP.
    private const int ShortestInside = 5;
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");

    /// <summary>The values at their attributes that it is from, as <see cref="SourceIdentifiers"/> knows them; 0 if it is of the whole study.</summary>
    public List<ulong> Keys { get; } = [];

    /// <summary>Whether it is a number.</summary>
    public bool IsNumber { get; } = !Text.AsSpan().ContainsAnyExcept(Digits);

    /// <summary>Whether it counts inside a longer word, too.</summary>
    public bool CountsInside { get; } = Text.Length >= ShortestInside && !Text.AsSpan().ContainsAny(Digits) && Kind is IdentifierKind.Patient or IdentifierKind.PersonName;

    /// <summary>Whether a letter or digit before it means that it is another word.</summary>
    public bool IsBrokenBefore(byte neighbor) =>
        IsNumber ? char.IsAsciiDigit((char)neighbor) : !CountsInside && (char.IsAsciiLetterOrDigit((char)neighbor) || neighbor >= 0x80);

    /// <summary>Whether a letter or digit behind it means that it is another word; behind a date there may be a time of day.</summary>
    public bool IsBrokenBehind(byte neighbor) => !(IsNumber && Kind == IdentifierKind.Date) && IsBrokenBefore(neighbor);

    /// <summary>Nothing: an identifier must not get into a log by way of a type's text.</summary>
    public override string ToString() => nameof(SearchWord);
}
