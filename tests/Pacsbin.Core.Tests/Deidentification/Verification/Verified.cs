using Pacsbin.Deidentification;
using Pacsbin.Deidentification.Verification;
using Pacsbin.Dicom;

namespace Pacsbin.Tests.Deidentification.Verification;

/// <summary>Runs the leak check on a copy and its source.</summary>
internal static class Verified
{
    /// <summary>What the copy still holds of the source.</summary>
    public static IReadOnlyList<Leak> Leaks(DicomFile source, DicomFile copy, ReadOnlySpan<byte> start, ProfileOptions options, params string[] allowedWords)
    {
        return Walk(source, copy, start, options, allowedWords).Leaks;
    }

    /// <summary>Walks a copy for what its source says.</summary>
    public static CopyWalk Walk(DicomFile source, DicomFile copy, ReadOnlySpan<byte> start, ProfileOptions options, string[] allowedWords, params ReadOnlySpan<string> names)
    {
        var check = new LeakCheck(options, allowedWords);
        var identifiers = new SourceIdentifiers(check.Protections);
        var study = new StudyIdentifiers();
        identifiers.Read(source, study);
        var walk = new CopyWalk(check, identifiers, study.Search, copy);
        walk.Run(start, names);
        return walk;
    }

    /// <summary>What a copy's bytes still hold of a source's.</summary>
    public static IReadOnlyList<Leak> Leaks(byte[] source, byte[] copy, ProfileOptions options, params string[] allowedWords)
    {
        using var original = DicomFile.Open(new DicomSource(source));
        using var written = DicomFile.Open(new DicomSource(copy));
        return Leaks(original, written, copy, options, allowedWords);
    }
}
