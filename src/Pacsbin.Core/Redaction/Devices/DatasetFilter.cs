using Pacsbin.Dicom;

namespace Pacsbin.Redaction.Devices;

/// <summary>A condition on the attributes of a file, in the language of CTP's filters: <c>Modality.equals("US") * !Rows.isLessThan("600")</c>.</summary>
/// <remarks>
/// Terms are <c>attribute.method("value")</c>, <c>true.</c> and <c>false.</c>; <c>!</c> binds before <c>*</c> (and) before <c>+</c> (or);
/// parentheses group; <c>//</c> starts a comment. Methods: equals, contains, startsWith and endsWith, each also with IgnoreCase appended; matches, a
/// regular expression for the whole value; isLessThan and isGreaterThan, which take all but digits and periods away and are false where no number is left.
/// An attribute is a keyword, <c>[gggg,eeee]</c>, a private <c>gggg[Creator]ee</c>, or a path <c>A::B</c> into first items. One that is missing is empty;
/// several values are joined by backslashes. Group 0002 is read from the file meta group.
/// </remarks>
public sealed class DatasetFilter
{
    private const int MostBytes = 1024 * 1024;
    private readonly AttributeTable attributes;
    private readonly FilterTerm term;

    private DatasetFilter(string text, AttributeTable attributes, FilterTerm term, IReadOnlyList<ScriptProblem> problems)
    {
        Text = text;
        this.attributes = attributes;
        this.term = term;
        Problems = problems;
    }

    /// <summary>The filter as it was written, without the space around it.</summary>
    public string Text { get; }

    /// <summary>What was read and yet looks wrong.</summary>
    public IReadOnlyList<ScriptProblem> Problems { get; }

    /// <summary>Reads a filter.</summary>
    /// <param name="text">The filter alone.</param>
    /// <param name="exact">
    /// Whether what cannot be read is taken as CTP takes it, with a problem instead of an error: an unknown keyword as an empty value, a term with an unknown
    /// method as false, and the whole filter as false if it is empty or malformed.
    /// </param>
    /// <exception cref="PacsbinException">InvalidScript with line and column, unless <paramref name="exact"/>.</exception>
    public static DatasetFilter Parse(string text, bool exact = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(new ScriptText(text), 0, text.Length, new AttributeTable(), exact);
    }

    /// <summary>Reads the file of a filter: UTF-8, UTF-16 with its mark, or Latin-1.</summary>
    /// <param name="path">The file.</param>
    /// <param name="exact">As in <see cref="Parse(string, bool)"/>.</param>
    /// <exception cref="PacsbinException">InvalidScript with line and column, unless <paramref name="exact"/>; FileNotFound, FileAccessDenied or FileIo.</exception>
    public static DatasetFilter Load(string path, bool exact = false) => Parse(ScriptFile.Read(path, "filter", MostBytes, static _ => false), exact);

    /// <summary>Whether a file is meant.</summary>
    /// <exception cref="PacsbinException">InvalidScript if a regular expression takes too long on a value.</exception>
    public bool Matches(DicomFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Matches(file.Dataset, file.FileMeta);
    }

    /// <summary>Whether a data set is meant; without its file meta group, group 0002 is read from the data set itself.</summary>
    /// <exception cref="PacsbinException">InvalidScript if a regular expression takes too long on a value.</exception>
    internal bool Matches(DicomDataset dataset, DicomDataset? fileMeta) => term(new AttributeValues(attributes, dataset, fileMeta));

    public override string ToString() => Text;

    /// <summary>Reads a filter that is a part of a script and shares its attributes with the script's other filters.</summary>
    internal static DatasetFilter Parse(ScriptText source, int start, int end, AttributeTable attributes, bool exact)
    {
        var problems = new List<ScriptProblem>();
        FilterTerm term;
        try
        {
            term = new FilterParser(source, start, end, attributes, problems, exact).Parse();
        }
        catch (PacsbinException e) when (exact && e.Error == PacsbinError.InvalidScript)
        {
            var (line, column) = source.PositionOf(start);
            problems.Add(new ScriptProblem(line, column, $"The filter is always false. {e.Message}"));
            term = static _ => false;
        }

        return new DatasetFilter(source.Text[start..end].Trim(), attributes, term, problems);
    }

    /// <summary>Whether a file is meant, by values that were read for all filters of a script.</summary>
    internal bool Matches(AttributeValues values) => term(values);
}
