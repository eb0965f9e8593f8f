using Pacsbin.Deidentification;
using Pacsbin.Deidentification.Verification;
using Pacsbin.Dicom;
using Pacsbin.Studies;

namespace Pacsbin.Tests.Deidentification.Verification;

/// <summary>Runs the leak check on a copy and its source.</summary>
internal static class Verified
{
    /// <summary>What the copy still holds of the source.</summary>
    public static IReadOnlyList<Leak> Leaks(DicomFile source, DicomFile copy, ReadOnlySpan<byte> start, ProfileOptions options, params string[] allowedWords)
    {
        var verifier = new CopyVerifier(new LeakCheck(options, allowedWords));
        verifier.Begin(new DicomStudy("", ""));
        verifier.Read(source);
        return verifier.Walk(copy, start).Leaks;
    }

    /// <summary>What a copy's bytes still hold of a source's.</summary>
    public static IReadOnlyList<Leak> Leaks(byte[] source, byte[] copy, ProfileOptions options, params string[] allowedWords)
    {
        using var original = DicomFile.Open(new DicomSource(source));
        using var written = DicomFile.Open(new DicomSource(copy));
        return Leaks(original, written, copy, options, allowedWords);
    }
}
