using Pacsbin.Deidentification;
using Pacsbin.Deidentification.Verification;
using Pacsbin.Dicom;
using Pacsbin.Projects;
using Xunit;

namespace Pacsbin.Tests.Deidentification.Verification;

/// <summary>Forgets one rule of Table E.1-1 at a time and asks the leak check to notice.</summary>
public class MutantTests
{
    private const string Ct = "1.2.840.10008.5.1.4.1.1.2";

    /// <summary>Referenced Series Sequence: not in the table, so it is kept and walked.</summary>
    private const uint Kept = 0x00081115;

    /// <summary>Rows that the check cannot see forgotten, with the reason.</summary>
    private static readonly Dictionary<uint, string> Invisible = new()
    {
        [0x00081111] = KeptReferences, [0x00081140] = KeptReferences, [0x00082112] = KeptReferences,
    };

    private const string KeptReferences =
        "The other action of the row (D, U*) is to keep the sequence and to replace the UIDs in it; forgotten, it is taken, and no identifier is left.";

    [Theory]
    [InlineData("Basic", false)]
    [InlineData("Basic", true)]
    [InlineData("Pacsbin", false)]
    [InlineData("Pacsbin", true)]
    public void Every_forgotten_rule_is_noticed(string name, bool isNested)
    {
        var profile = name == "Basic" ? DeidentificationProfile.Basic : DeidentificationProfile.Pacsbin;
        using var pseudonymizer = new Pseudonymizer(Deidentified.Key);
        var sound = new Deidentifier(profile, pseudonymizer);
        int caught = 0, harmless = 0;
        var missed = new List<Tag>();
        foreach (var row in ProfileTable.Rows)
        {
            var source = Source(row, isNested);
            var right = Copy(sound, source);
            Assert.Empty(Verified.Leaks(source, right, profile.Options));
            var wrong = Copy(new Deidentifier(profile, pseudonymizer) { Rules = sound.Rules.Without(DicomDictionary.IndexOf(row.Tag)) }, source);
            if (wrong.AsSpan().SequenceEqual(right))
            {
                harmless++;
            }
            else if (Verified.Leaks(source, wrong, profile.Options).Count > 0)
            {
                caught++;
            }
            else
            {
                missed.Add(row.Tag);
            }
        }

        TestContext.Current.SendDiagnosticMessage($"{name}, {(isNested ? "nested" : "root")}: {caught} caught, {harmless} without effect, {missed.Count} not seen.");
        Assert.Equal([], missed.Where(t => !Invisible.ContainsKey(t.Value)));
        Assert.InRange(caught, 590, 656);
    }

    private static byte[] Source(ProfileRow row, bool isNested)
    {
        var file = new DicomBuilder();
        if (!isNested && row.Tag.Value < 0x00080016)
        {
            file.Original(row.Tag, row.Vr);
        }

        file.Element(0x00080016, "UI", Originals.Ascii(Ct));
        if (isNested)
        {
            file.Sequence(Kept, undefined: true, item => item.Original(row.Tag, row.Vr));
        }
        else if (row.Tag.Value > 0x00080016)
        {
            file.Original(row.Tag, row.Vr);
        }

        return file.ToFile();
    }

    private static byte[] Copy(Deidentifier deidentifier, byte[] source)
    {
        using var original = DicomFile.Open(new DicomSource(source));
        using var copy = deidentifier.Apply(original);
        using var output = new MemoryStream();
        copy.Write(output);
        return output.ToArray();
    }
}
