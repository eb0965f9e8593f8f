using System.Text;
using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Pacsbin.Projects;
using Pacsbin.Studies;

namespace Pacsbin.Tests.Deidentification;

/// <summary>Takes a file's bytes through reading, profile, writing and reading again.</summary>
internal static class Deidentified
{
    public static readonly byte[] Key = Encoding.ASCII.GetBytes("a key for tests of profiles");

    /// <summary>The copy's bytes.</summary>
    public static byte[] Bytes(byte[] file, DeidentificationProfile profile, PatientKey? patient = null, byte[]? key = null, List<Finding>? findings = null)
    {
        using var pseudonymizer = new Pseudonymizer(key ?? Key);
        var deidentifier = new Deidentifier(profile, pseudonymizer);
        using var source = DicomFile.Open(new DicomSource(file));
        using var copy = deidentifier.Apply(source, patient is { } p ? deidentifier.PseudonymOf(p) : null);
        findings?.AddRange(copy.Findings);
        using var output = new MemoryStream();
        copy.Write(output);
        return output.ToArray();
    }

    /// <summary>The copy, read again; the caller disposes of it.</summary>
    public static DicomFile Open(byte[] file, DeidentificationProfile profile, PatientKey? patient = null, byte[]? key = null, List<Finding>? findings = null) =>
        DicomFile.Open(new DicomSource(Bytes(file, profile, patient, key, findings)));

    /// <summary>What the test key makes of a patient.</summary>
    public static PatientPseudonym PseudonymOf(PatientKey patient)
    {
        using var pseudonymizer = new Pseudonymizer(Key);
        return new Deidentifier(DeidentificationProfile.Basic, pseudonymizer).PseudonymOf(patient);
    }

    /// <summary>What the test key makes of a UID.</summary>
    public static string UidOf(string uid)
    {
        using var pseudonymizer = new Pseudonymizer(Key);
        return pseudonymizer.Uid(uid);
    }

    /// <summary>A value without its padding.</summary>
    public static string? Text(this DicomDataset dataset, uint tag) =>
        dataset.TryGet(new Tag(tag), out var element) ? Encoding.Latin1.GetString(element.Value.Span).TrimEnd(' ', '\0') : null;

    /// <summary>An item of a sequence.</summary>
    public static DicomDataset Item(this DicomDataset dataset, uint tag, int index = 0) =>
        dataset.TryGet(new Tag(tag), out var element) && element.Sequence is { } sequence ? sequence.Items[index] : throw new KeyNotFoundException(new Tag(tag).ToString());
}
