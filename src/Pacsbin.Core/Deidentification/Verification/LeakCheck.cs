using Pacsbin.Deidentification.Scripts;
using Pacsbin.Dicom;

namespace Pacsbin.Deidentification.Verification;

/// <summary>What all checks of a run share: the options that say what may stay, and the words that a project calls harmless.</summary>
/// <param name="options">The options of the profile that the copies are made with.</param>
/// <param name="allowedWords">Words that are no leak although a source has them as an identifier, such as CHEST; case does not matter.</param>
/// <param name="decided">Attributes that a script's rules decide, and not the profile; null for none. Words are looked for in them all the same.</param>
/// <param name="reportsOnly">Whether a copy in which something is left stays, with findings, because a script is run exactly.</param>
internal sealed class LeakCheck(ProfileOptions options, IEnumerable<string> allowedWords, ScriptKeyMap<string>? decided = null, bool reportsOnly = false)
{
    private readonly HashSet<string> allowed = new(allowedWords.Select(w => w.Trim()), StringComparer.OrdinalIgnoreCase);

    public ProtectedAttributes Protections { get; } = new(options);

    /// <summary>Whether private attributes of PS3.15 Table E.3.10-1 may stay.</summary>
    public bool KeepsSafePrivate { get; } = options.HasFlag(ProfileOptions.RetainSafePrivate);

    /// <summary>Whether what is left is no reason to delete a copy.</summary>
    public bool ReportsOnly { get; } = reportsOnly;

    /// <summary>Whether a script's rule decides an attribute.</summary>
    public bool IsDecided(Tag tag, DicomDataset dataset) => decided?.Find(tag, dataset) is not null;

    public bool Allows(SearchWord word) => allowed.Contains(word.Text);
}
