namespace Pacsbin.Deidentification.Verification;

/// <summary>What all checks of a run share: the options that say what may stay, and the words that a project calls harmless.</summary>
/// <param name="options">The options of the profile that the copies are made with.</param>
/// <param name="allowedWords">Words that are no leak although a source has them as an identifier, such as CHEST; case does not matter.</param>
internal sealed class LeakCheck(ProfileOptions options, IEnumerable<string> allowedWords)
{
    private readonly HashSet<string> allowed = new(allowedWords.Select(w => w.Trim()), StringComparer.OrdinalIgnoreCase);

    public ProtectedAttributes Protections { get; } = new(options);

    /// <summary>Whether private attributes of PS3.15 Table E.3.10-1 may stay.</summary>
    public bool KeepsSafePrivate { get; } = options.HasFlag(ProfileOptions.RetainSafePrivate);

    public bool Allows(SearchWord word) => allowed.Contains(word.Text);
}
