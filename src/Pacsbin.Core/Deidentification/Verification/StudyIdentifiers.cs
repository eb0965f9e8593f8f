using Pacsbin.Studies;

namespace Pacsbin.Deidentification.Verification;

/// <summary>The words of a study's files that one thread looks for in their copies.</summary>
/// <remarks>Nearly all files of a study say the same, so that the search is made once. What it finds counts only for a file whose own source says it.</remarks>
internal sealed class StudyIdentifiers
{
    /// <summary>With more values than these, such as those of a DICOMDIR of a whole archive, the search begins anew at the next file.</summary>
    private const int MostValues = 5000;

    /// <summary>More than these in one file are refused: nobody could say that all were looked for.</summary>
    private const int MostValuesInAFile = 20_000;

    /// <summary>The key of words that count for every file.</summary>
    public const ulong OfStudy = 0;

    private readonly HashSet<ulong> keys = [];
    private readonly Dictionary<(string Value, WordForm Form), IReadOnlyList<SearchWord>> byValue = [];
    private readonly IEnumerable<DicomStudy> studies;
    private WordSearch? search;

    public StudyIdentifiers(params IEnumerable<DicomStudy> studies)
    {
        this.studies = studies;
        LearnStudies();
    }

    /// <summary>Looks for all words that were learned.</summary>
    public WordSearch Search => search ??= new WordSearch([.. byValue.Values.SelectMany(w => w)]);

    /// <summary>Begins a file.</summary>
    public void Begin()
    {
        if (keys.Count > MostValues)
        {
            keys.Clear();
            byValue.Clear();
            LearnStudies();
        }
    }

    /// <summary>Whether the words of a value are looked for already; notes that they are from now on.</summary>
    /// <exception cref="PacsbinException">LimitExceeded.</exception>
    public bool Knows(ulong key) => !keys.Add(key) || (keys.Count > MostValuesInAFile + MostValues
        ? throw new PacsbinException(PacsbinError.LimitExceeded, $"The file has more than {MostValuesInAFile} names and numbers that would have to be looked for in its copy.")
        : false);

    /// <summary>Looks for the words of a value.</summary>
    public void Learn(ulong key, IReadOnlyList<string> values, IdentifierKind kind, WordForm form)
    {
        foreach (var value in values)
        {
            Add(value, kind, form, key);
        }
    }

    private void LearnStudies()
    {
        foreach (var study in studies)
        {
            Add(study.AccessionNumber ?? "", IdentifierKind.Id, WordForm.Code, OfStudy);
            foreach (var patient in study.Patients)
            {
                Add(patient.Key.Id, IdentifierKind.Patient, WordForm.Code, OfStudy);
                Add(patient.Name ?? "", IdentifierKind.Patient, WordForm.Name, OfStudy);
            }
        }
    }

    /// <summary>Looks for the words of a value, which may be that of several attributes; the first says what they are.</summary>
    private void Add(string value, IdentifierKind kind, WordForm form, ulong key)
    {
        var whole = form == WordForm.Date ? SearchWords.DayOf(value.Trim()) : value.Trim();
        if (!byValue.TryGetValue((whole, form), out var words))
        {
            words = [.. SearchWords.Of(whole, form).Select(w => new SearchWord(w, kind))];
            byValue.Add((whole, form), words);
            search = null;
        }

        foreach (var word in words)
        {
            word.Keys.Add(key);
        }
    }
}
