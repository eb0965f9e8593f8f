using System.Diagnostics;
using System.Text.Json;
using Pacsbin.Dicom;
using Xunit;

namespace Pacsbin.Tests.Dicom;

/// <summary>Keeps tests that measure the process's memory apart from all others.</summary>
[CollectionDefinition(nameof(AloneInTheProcess), DisableParallelization = true)]
public sealed class AloneInTheProcess;

[Collection(nameof(AloneInTheProcess))]
public class CorpusTests
{
    private static readonly TimeSpan LongestPerFile = TimeSpan.FromSeconds(5);

    /// <summary>Public files that three other readers read and we do not, with the reason.</summary>
    private static readonly Dictionary<string, string> Rejected = [];

    [Fact]
    public void Every_file_opens_or_is_refused_in_time_and_memory()
    {
        const long most = 512L * 1024 * 1024;
        var before = GC.GetTotalMemory(forceFullCollection: true); // what tests before this one left
        long peak = 0;
        foreach (var file in TestData.CorpusFiles())
        {
            var watch = Stopwatch.StartNew();
            try
            {
                using var opened = DicomFile.Open(file.Path);
                using var copy = new MemoryStream();
                opened.Save(copy);
            }
            catch (PacsbinException)
            {
            }

            peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false) - before);
            Assert.True(watch.Elapsed < LongestPerFile, $"{file.Name} took {watch.Elapsed.TotalSeconds} s.");
        }

        Assert.InRange(peak, 0, most);
    }

    [Fact]
    public void Files_that_three_other_readers_read_are_read()
    {
        var failures = new List<string>();
        foreach (var file in TestData.CorpusFiles().Where(f => f.IsUndisputed && !Rejected.ContainsKey(f.Name)))
        {
            try
            {
                using var opened = DicomFile.Open(file.Path);
                Assert.NotEqual(0, opened.Dataset.Count);
            }
            catch (PacsbinException e)
            {
                failures.Add($"{file.Name}: {e.Message}");
            }
        }

        Assert.Empty(failures);
    }

    [Fact]
    public void Writing_and_reading_again_changes_nothing()
    {
        var failures = new List<string>();
        var compared = 0;
        foreach (var file in TestData.CorpusFiles())
        {
            using var opened = OpenOrNull(file.Path);
            if (opened is null)
            {
                continue;
            }

            using var stream = new MemoryStream();
            opened.Save(stream);
            using var again = DicomFile.Open(new DicomSource(stream.ToArray()));
            var difference = new DatasetComparison(opened.Source, again.Source).Difference(opened.Dataset, again.Dataset);
            if (difference is not null || again.TransferSyntax != opened.TransferSyntax)
            {
                failures.Add($"{file.Name}: {difference ?? "another transfer syntax"}");
            }

            compared++;
        }

        Assert.Empty(failures);
        Assert.InRange(compared, 900, int.MaxValue);
    }

    [Fact]
    public void Pydicom_reads_the_same_from_the_copy()
    {
        var files = TestData.CorpusFiles();
        Peer.RequirePython("pydicom");
        var folder = Directory.CreateTempSubdirectory("pacsbin-tests-").FullName;
        try
        {
            var script = Path.Combine(folder, "compare.py");
            File.WriteAllText(script, PydicomComparison.Script);
            var pairs = new List<object>();
            foreach (var file in files.Where(f => f.ReadBy.Contains("pydicom")))
            {
                using var opened = OpenOrNull(file.Path);
                if (opened is null || PydicomComparison.ReadsOtherwise(opened))
                {
                    continue;
                }

                var copy = Path.Combine(folder, file.Name);
                using (var output = File.Create(copy))
                {
                    opened.Save(output);
                }

                pairs.Add(new { name = file.Name, original = file.Path, copy });
            }

            var result = Peer.Run(Peer.Python, [script], JsonSerializer.Serialize(pairs));
            Assert.Equal("", result.Error);
            var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            Assert.True(lines is [var last] && last == $"{pairs.Count} compared", result.Output);
            Assert.InRange(pairs.Count, 850, int.MaxValue);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static DicomFile? OpenOrNull(string path)
    {
        try
        {
            return DicomFile.Open(path);
        }
        catch (PacsbinException)
        {
            return null;
        }
    }
}
