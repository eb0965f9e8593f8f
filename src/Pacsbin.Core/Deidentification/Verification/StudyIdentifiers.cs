using Pacsbin.Studies;

namespace Pacsbin.Deidentification.Verification;

/// <summary>The words of a study's files that one thread looks for in their copies.</summary>
/// <remarks>Nearly all files of a study say the same, so that the search is made once. What it finds counts only for a file whose own source says it.</remarks>
internal sealed class StudyIdentifiers
{
    /// <summary>With more values than these, such as those of a DICOMDIR of a whole archive, the search begins anew at the next file.</summary>
    private const int MostValues = 5000;

    private readonly HashSet<ulong> keys = [];
    private readonly List<SearchWord> words = [];
    private readonly int ofStudy;
    private WordSearch? search;

    public StudyIdentifiers(params IEnumerable<DicomStudy> studies)
    {
        foreach (var study in studies)
        {
            Add(study.AccessionNumber ?? "", IdentifierKind.Id, WordForm.Code, 0);
            foreach (var patient in study.Patients)
            {
                Add(patient.Key.Id, IdentifierKind.Patient, WordForm.Code, 0);
                Add(patient.Name ?? "", IdentifierKind.Patient, WordForm.Name, 0);
            }
        }

        ofStudy = words.Count;
    }

    /// <summary>Looks for all words that were learned.</summary>
    public WordSearch Search => search ??= new WordSearch([.. words]);

    /// <summary>Begins a file.</summary>
    public void Begin()
    {
        if (keys.Count > MostValues)
        {
            keys.Clear();
            words.RemoveRange(ofStudy, words.Count - ofStudy);
            search = null;
        }
    }

    /// <summary>Whether the words of a value are looked for already; notes that they are from now on.</summary>
    public bool Knows(ulong key) => !keys.Add(key);

    /// <summary>Looks for the words of a value.</summary>
    public void Learn(ulong key, IReadOnlyList<string> values, IdentifierKind kind, WordForm form)
    {
        foreach (var value in values)
        {
            Add(value, kind, form, key);
        }
    }

    private void Add(string value, IdentifierKind kind, WordForm form, ulong key)
    {
        var count = words.Count;
        words.AddRange(SearchWords.Of(value, form).Select(w => new SearchWord(w, kind, value.Trim(), key)));
        search = words.Count > count ? null : search;
    }
}
