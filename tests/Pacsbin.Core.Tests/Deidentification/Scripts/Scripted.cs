using Pacsbin.Deidentification;
using Pacsbin.Deidentification.Scripts;
using Pacsbin.Deidentification.Scripts.Compiled;
using Pacsbin.Dicom;
using Pacsbin.Projects;
using Xunit;

namespace Pacsbin.Tests.Deidentification.Scripts;

/// <summary>Takes a file's bytes through a script, writing and reading again.</summary>
internal static class Scripted
{
    /// <summary>The copy, read again; the caller disposes of it.</summary>
    public static DicomFile Open(byte[] file, string script, bool exact = false, List<Finding>? findings = null, DeidentificationProfile? profile = null)
    {
        using var pseudonymizer = new Pseudonymizer(Deidentified.Key);
        var deidentifier = new Deidentifier(profile ?? DeidentificationProfile.Basic, pseudonymizer)
        {
            Script = CompiledScript.Compile(AnonymizerScript.Parse(script, exact), new ScriptEnvironment()),
        };
        using var source = DicomFile.Open(new DicomSource(file));
        using var copy = deidentifier.Apply(source, cancellationToken: TestContext.Current.CancellationToken);
        findings?.AddRange(copy.Findings);
        using var output = new MemoryStream();
        copy.Write(output);
        return DicomFile.Open(new DicomSource(output.ToArray()));
    }
}
