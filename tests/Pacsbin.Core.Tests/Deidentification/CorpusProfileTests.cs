using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Deidentification;

[Collection(nameof(DeidentifiedCorpus))]
public class CorpusProfileTests(DeidentifiedCorpus corpus)
{
    /// <summary>Public files that all three other readers read and that give no output, with the reason.</summary>
    private static readonly Dictionary<string, string> Reasons = new()
    {
        ["d0a8cb30516c_genFile.dcm"] = "its JPEG fragment holds no JPEG",
        ["fca09b87787b_example3.dcm"] = "its JPEG fragment holds no JPEG",
    };

    [Fact]
    public void No_file_takes_five_seconds()
    {
        var slow = corpus.Copies.Where(c => c.Elapsed > TimeSpan.FromSeconds(5)).Select(c => $"{c.Source.Name}: {c.Elapsed.TotalSeconds} s");
        Assert.Empty(slow);
    }

    [Fact]
    public void At_most_one_in_a_hundred_undisputed_files_is_rejected_each_for_a_known_reason()
    {
        var undisputed = corpus.Copies.Where(c => c.Source.IsUndisputed).ToList();
        var rejected = undisputed.Where(c => c.Error is not null).ToList();
        Assert.Equal(
            Reasons.Keys.Order(StringComparer.Ordinal),
            rejected.Select(c => c.Source.Name).Order(StringComparer.Ordinal));
        Assert.InRange(rejected.Count * 100, 0, undisputed.Count);
        Assert.InRange(undisputed.Count, 400, int.MaxValue);
    }

    [Fact]
    public void Every_copy_reads_again_and_says_what_was_done_to_it()
    {
        var failures = new List<string>();
        foreach (var copy in corpus.Copies.Where(c => c.Copy is not null))
        {
            using var file = DicomFile.Open(copy.Copy!);
            if (file.Dataset.GetString(Tags.PatientIdentityRemoved) != "YES" || file.Findings.Count > 0)
            {
                failures.Add($"{copy.Source.Name}: {string.Join(", ", file.Findings)}");
            }
        }

        Assert.Empty(failures);
    }

    [Fact]
    public void No_error_tells_a_value()
    {
        // Of the files with a token an error must not repeat it.
        var tokens = TestData.Hazards().ToDictionary(h => h.Name, h => h.Token);
        Assert.DoesNotContain(corpus.Copies, c => c.Error is not null && tokens.TryGetValue(c.Source.Name, out var token) && c.Error.ToString().Contains(token, StringComparison.OrdinalIgnoreCase));
    }
}
