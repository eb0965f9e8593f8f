using System.Diagnostics;
using Pacsbin.Dicom;
using Pacsbin.Studies;

namespace Pacsbin.Deidentification.Verification;

/// <summary>Checks one written copy at a time for what its source says; belongs to one thread.</summary>
/// <remarks>
/// Apart from the rules that made the copy: no protected attribute may show a value of its source (PS3.15 Table E.1-1), and no name, number, date,
/// address or UID of the source may stand anywhere in text, in bytes of unknown meaning, or in encapsulated documents.
/// Pixels are not looked at: what is burned in, a person sees. Numbers are not read as text.
/// </remarks>
internal sealed class CopyVerifier(LeakCheck check)
{
    private static readonly string[] Details = [.. Enum.GetValues<IdentifierKind>().Select(k => $"Of kind {k}.")];
    private readonly SourceIdentifiers source = new(check.Protections);
    private DicomStudy? study;
    private StudyIdentifiers? identifiers;

    /// <summary>The first bytes of the copy; to be filled while it is written.</summary>
    public WrittenStart Start { get; } = new();

    /// <summary>The attributes in which the last copy had something left because a script's rule decides them; none if anything else was left too, or a UID.</summary>
    public IReadOnlySet<Tag> LeftByRules { get; private set; } = new HashSet<Tag>();

    /// <summary>The time that checking took.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>Checks a copy that was just written.</summary>
    /// <param name="of">The study that the source is from.</param>
    /// <param name="original">The source.</param>
    /// <param name="path">The copy; its first bytes are taken from <see cref="Start"/>.</param>
    /// <param name="length">The copy's bytes.</param>
    /// <param name="names">What the copy's file and folder are called.</param>
    /// <returns>What the allow list calls harmless; what is left too, if the check only reports.</returns>
    /// <exception cref="PacsbinException">IdentifierLeft, with kind and place.</exception>
    public IEnumerable<Finding> Check(DicomStudy of, DicomFile original, string path, long length, params ReadOnlySpan<string> names)
    {
        var started = Stopwatch.GetTimestamp();
        if (study != of)
        {
            (study, identifiers) = (of, new StudyIdentifiers(of));
        }

        identifiers!.Begin();
        source.Clear();
        source.Read(original, identifiers);
        using var copy = DicomFile.OpenWithoutPixels(DicomSource.Open(path, Start.Bytes, length));
        var walk = new CopyWalk(check, source, identifiers.Search, copy);
        walk.Run(Start.Bytes.Span, names);
        Elapsed += Stopwatch.GetElapsedTime(started);
        if (check.ReportsOnly)
        {
            return [.. walk.Leaks.Select(l => new Finding(FindingKind.IdentifierLeft, l.Tag, Details[(int)l.Kind])), .. walk.Allowed];
        }

        if (walk.Leaks is [var leak, ..])
        {
            LeftByRules = walk.Leaks.All(l => l.Kind != IdentifierKind.Uid && l.Tag is { } tag && check.IsDecided(tag, copy.Dataset)) ? walk.Leaks.Select(l => l.Tag!.Value).ToHashSet() : new HashSet<Tag>();
            throw new PacsbinException(PacsbinError.IdentifierLeft, $"An identifier of the source, of kind {leak.Kind}, was still in the copy, which therefore does not count.", leak.Tag);
        }

        return walk.Allowed;
    }
}
