using Pacsbin.Deidentification;
using Pacsbin.Deidentification.Scripts;
using Pacsbin.Deidentification.Scripts.Compiled;
using Pacsbin.Dicom;
using Pacsbin.Projects;
using Pacsbin.Redaction.Devices;
using Xunit;

namespace Pacsbin.Tests.Deidentification.Scripts;

public sealed class ExactScriptTests
{
    /// <summary>Names of cases.txt that are not keywords.</summary>
    private static readonly Dictionary<string, string> Names = new()
    {
        ["RefImageSeq"] = "00081140[0]",
        ["RefSeriesSeq"] = "00081115[0]",
        ["RefSOPInstanceUID"] = "00081155",
        ["RefSOPClassUID"] = "00081150",
        ["DeIdentificationMethodCodeSeq"] = "00120064[0]",
        ["DeIdentificationMethod"] = "00120063",
    };

    /// <summary>Elements in which ours differ, and why.</summary>
    private static readonly Dictionary<string, string> Reasons = new()
    {
        ["00020012"] = "The writer's own UID.",
        ["00020013"] = "The writer's own name.",
        ["keep.safeprivate 00090010"] = "Its list of safe creators is longer than that of PS3.15 Table E.3.10-1.",
    };

    [Fact]
    public void Cases_give_what_ctp_gives()
    {
        var (cases, values) = (0, 0);
        foreach (var run in PublishedScript.Cases())
        {
            cases++;
            var script = AnonymizerScript.Parse(run.Text, exact: true);
            using var pseudonymizer = Pseudonymizer.CreateRandom();
            var deidentifier = new Deidentifier(DeidentificationProfile.Basic, pseudonymizer) { Script = CompiledScript.Compile(script, Environment) };
            using var source = DicomFile.Open(TestData.RequireShared("ctp", "cases-input.dcm"));
            if (run.Status.StartsWith("QUARANTINE", StringComparison.Ordinal))
            {
                Assert.Equal(PacsbinError.Quarantined, Assert.Throws<PacsbinException>(() => deidentifier.Apply(source, cancellationToken: TestContext.Current.CancellationToken)).Error);
                continue;
            }

            using var copy = deidentifier.Apply(source, cancellationToken: TestContext.Current.CancellationToken);
            using var output = new MemoryStream();
            copy.Write(output);
            using var written = DicomFile.Open(new DicomSource(output.ToArray()));
            var ours = CtpOutput.Of(written);
            if (run.Status.StartsWith("SKIP", StringComparison.Ordinal))
            {
                Assert.Equal(CtpOutput.Of(source), ours);
                continue;
            }

            foreach (var (name, value) in run.Values)
            {
                var path = string.Join('.', name.Split("::").Select(step => Names.GetValueOrDefault(step) ?? (AttributeNames.TryGet(step, out var tag) ? $"{tag.Value:X8}" : step)));
                var mine = path.StartsWith("0002", StringComparison.Ordinal) ? written.FileMeta.GetString(Tag.TryParse(path, out var meta) ? meta : default) : ours.GetValueOrDefault(path);
                // One word, which CTP prints as a number.
                var theirs = mine?.StartsWith("sha256:", StringComparison.Ordinal) == true ? CtpOutput.HashOf([.. Enumerable.Reverse(Convert.FromHexString(value!))]) : value;
                Assert.True(Reasons.ContainsKey(path) || Reasons.ContainsKey($"{run.Name} {path}") || mine?.Trim() == theirs, $"{run.Name}: {name} is {mine}, CTP's {value}.");
                values++;
            }
        }

        Assert.Equal((58, 104), (cases, values));
    }

    private static ScriptEnvironment Environment { get; } = new()
    {
        Now = () => new DateTime(2026, 11, 22, 14, 22, 54, DateTimeKind.Local),
        Lookup = key => new Dictionary<string, string> { ["ptid/PATID1"] = "SUBJ-001", ["dt/PATID1"] = "-30", ["base/PATID1"] = "1/1/2020" }.GetValueOrDefault(key),
    };

    /// <summary>CTP writes a deflated file's pixels empty; file meta is each writer's own.</summary>
    private static bool IsReencoded(string path, string file) =>
        path.StartsWith("0002", StringComparison.Ordinal) || (path == "7FE00010" && file.EndsWith("CT_small_deflated.dcm", StringComparison.Ordinal));

    [Theory]
    [InlineData("expected-dicom-service.jsonl")]
    [InlineData("expected-pacsbin.jsonl")]
    public void Copies_are_what_ctp_makes_element_by_element(string expectation)
    {
        var script = AnonymizerScript.Load(expectation.Contains("pacsbin", StringComparison.Ordinal) ? PublishedScript.PacsbinPath : PublishedScript.CtpPath, exact: true);
        using var pseudonymizer = Pseudonymizer.CreateRandom();
        var deidentifier = new Deidentifier(DeidentificationProfile.Basic, pseudonymizer) { Script = CompiledScript.Compile(script, new ScriptEnvironment()) };
        List<string> differences = [];
        var compared = 0;
        foreach (var expected in CtpOutput.Read(TestData.RequireShared("ctp", expectation)))
        {
            using var source = DicomFile.Open(TestData.RequireShared("corpus", "files", expected.File));
            using var copy = deidentifier.Apply(source, cancellationToken: TestContext.Current.CancellationToken);
            using var output = new MemoryStream();
            copy.Write(output);
            using var written = DicomFile.Open(new DicomSource(output.ToArray()));
            var ours = CtpOutput.Of(written);
            foreach (var path in ours.Keys.Union(expected.Elements.Keys).Where(p => p is not "00120063" && !IsReencoded(p, expected.File)))
            {
                compared++;
                var (mine, theirs) = (ours.GetValueOrDefault(path), expected.Elements.GetValueOrDefault(path));
                if (mine is null || theirs is null || !CtpOutput.AreSame(mine, theirs))
                {
                    differences.Add($"{expected.File} {path}: '{mine}' '{theirs}'");
                }
            }
        }

        Assert.True(differences.Count == 0, $"{differences.Count} of {compared}:\n{string.Join('\n', differences.Take(150))}");
        Assert.InRange(compared, 10_000, int.MaxValue);
    }
}
