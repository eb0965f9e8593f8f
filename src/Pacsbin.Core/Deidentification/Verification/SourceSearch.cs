using System.Text;
using Pacsbin.Dicom;
using Pacsbin.Studies;

namespace Pacsbin.Deidentification.Verification;

/// <summary>What all files of some source studies say, to be looked for in whatever was made of them. Safe for use by several threads, except for <see cref="Learn"/>.</summary>
internal sealed class SourceSearch
{
    private readonly LeakCheck check;
    private readonly SourceIdentifiers source;
    private readonly StudyIdentifiers identifiers;

    private SourceSearch(LeakCheck check, SourceIdentifiers source, StudyIdentifiers identifiers)
    {
        this.check = check;
        this.source = source;
        this.identifiers = identifiers;
    }

    /// <summary>Reads the sources.</summary>
    /// <param name="studies">The studies.</param>
    /// <param name="check">What may stay.</param>
    /// <param name="rejected">Receives each file that cannot be read.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    public static SourceSearch Of(IReadOnlyList<DicomStudy> studies, LeakCheck check, Action<string, PacsbinException> rejected, CancellationToken cancellationToken)
    {
        var source = new SourceIdentifiers(check.Protections);
        var identifiers = new StudyIdentifiers(studies);
        using var archives = new ArchiveCache();
        foreach (var instance in studies.SelectMany(s => s.Series).SelectMany(s => s.Instances))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                using var file = DicomFile.Open(instance.File.Open(archives));
                source.Read(file, identifiers);
            }
            catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
            {
                rejected(instance.Path, known);
            }
        }

        _ = identifiers.Search; // made before several threads want it
        return new SourceSearch(check, source, identifiers);
    }

    /// <summary>Adds an original that is known from elsewhere.</summary>
    public void Learn(string? value, IdentifierKind kind, WordForm form)
    {
        if (value is not null)
        {
            identifiers.Learn(StudyIdentifiers.OfStudy, [value], kind, form);
        }
    }

    /// <summary>Adds a UID that is known from elsewhere.</summary>
    public void LearnUid(string? uid)
    {
        if (uid is not null)
        {
            source.AddUid(Encoding.ASCII.GetBytes(uid));
        }
    }

    /// <summary>What a copy still holds.</summary>
    /// <param name="copy">The copy.</param>
    /// <param name="start">Its first bytes.</param>
    /// <param name="names">What its file and folder are called.</param>
    public IReadOnlyList<Leak> LeaksIn(DicomFile copy, ReadOnlySpan<byte> start, params ReadOnlySpan<string> names)
    {
        var walk = new CopyWalk(check, source, identifiers.Search, copy, comparesDates: false);
        walk.Run(start, names);
        return walk.Leaks;
    }

    /// <summary>The kinds of identifiers that a text holds, each once.</summary>
    public IReadOnlyList<IdentifierKind> KindsIn(string text)
    {
        List<SearchWord>? found = null;
        var bytes = Encoding.UTF8.GetBytes(text);
        identifiers.Search.Find(bytes, isText: true, ref found);
        var kinds = (found ?? []).Where(w => source.Has(w) && !check.Allows(w)).Select(w => w.Kind);
        return [.. (source.HasUidIn(bytes) ? kinds.Append(IdentifierKind.Uid) : kinds).Distinct()];
    }
}
